package import SluiceCore

extension ItemRecord {
    /// Writes the item's line of the manifest.
    package func writeManifestLine(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("sinkName", sinkName)
            json.field("link", link)
            switch outcome {
            case .copied:
                json.field("size", bytesWritten)
                json.field("sourceSize", bytesRead)
            case .resumed: json.field("size", bytesWritten)
            case .unchanged, .skipped, .failed: break
            }
            json.field("rows", rows?.copied)
            if let skipped = rows?.skipped, skipped > 0 { json.field("rowsSkipped", skipped) }
            json.field("modified", modified?.rfc3339)
            if let checksum {
                json.objectField("digests") { $0.field(checksum.algorithm.rawValue, checksum.base64) }
            }
            json.field("entityTag", entityTag)
            if isConfirmedByDigest { json.field("confirmedByDigest", true) }
            if isReadBack { json.field("readBack", true) }
            json.field("outcome", outcome.name)
            if let failure = outcome.failure {
                json.objectField("error") { json in
                    json.field("code", failure.kind.rawValue)
                    json.field("message", failure.description)
                }
            }
        }
        json.endLine()
    }
}

extension ItemRecord.Outcome {
    /// `copied`, `unchanged`, `skipped` or `failed`.
    package var name: String {
        switch self {
        case .copied, .resumed: "copied"
        case .unchanged: "unchanged"
        case .skipped: "skipped"
        case .failed: "failed"
        }
    }

    /// Why it was not copied.
    package var failure: (any Failure)? {
        switch self {
        case .copied, .resumed, .unchanged: nil
        case .skipped(let failure), .failed(let failure): failure
        }
    }
}
