package import SluiceCore

/// What came of the comparison of one object.
package struct VerifyRecord: Sendable {
    /// What the sameness of an object rests on.
    package enum Basis: String, Sendable, CaseIterable {
        /// A digest that a store keeps, or an earlier copy's record has.
        case digest
        /// Every byte of both.
        case reading
        /// Nothing but the size.
        case size
    }

    package enum Difference: Sendable, Equatable {
        /// It is not at the sink.
        case missing
        case size(source: Int, sink: Int)
        /// Its bytes differ, and where or how that was seen.
        case content(String)
        /// It is at the sink and not in the source.
        case extra
    }

    package enum Outcome: Sendable {
        case same(Basis)
        case different(Difference)
        /// It could not be compared.
        case failed(any Failure)
    }

    /// The name in the source, relative to its location, and that in the sink.
    package let name: String
    package let sinkName: String
    package let outcome: Outcome
    package var sourceSize: Int?
    package var sinkSize: Int?
    /// The digest that both have.
    package var checksum: Checksum?
    /// Bytes that were read for the comparison, of both.
    package var bytesRead = 0

    package init(name: String, sinkName: String, _ outcome: Outcome) {
        self.name = name
        self.sinkName = sinkName
        self.outcome = outcome
    }
}

extension VerifyRecord {
    /// Writes the object's line of the manifest.
    package func writeManifestLine(to json: inout JSONWriter) {
        json.object { json in
            json.field("name", name)
            json.field("sinkName", sinkName)
            json.field("size", sinkSize)
            json.field("sourceSize", sourceSize)
            if let checksum {
                json.objectField("digests") { $0.field(checksum.algorithm.rawValue, checksum.base64) }
            }
            json.field("outcome", outcome.name)
            switch outcome {
            case .same(let basis): json.field("comparedBy", basis.rawValue)
            case .different(.content(let detail)): json.field("detail", detail)
            case .different: break
            case .failed(let failure):
                json.objectField("error") { json in
                    json.field("code", failure.kind.rawValue)
                    json.field("message", failure.description)
                }
            }
        }
        json.endLine()
    }
}

extension VerifyRecord.Outcome {
    /// `same`, `missing`, `sizeDiffers`, `contentDiffers`, `extra` or `failed`.
    package var name: String {
        switch self {
        case .same: "same"
        case .different(.missing): "missing"
        case .different(.size): "sizeDiffers"
        case .different(.content): "contentDiffers"
        case .different(.extra): "extra"
        case .failed: "failed"
        }
    }
}

/// How many objects were compared how, and what came of it.
package struct VerifyCounts: Sendable, Equatable {
    package var byDigest = 0
    package var byReading = 0
    package var bySize = 0
    package var missing = 0
    package var sizeDiffers = 0
    package var contentDiffers = 0
    package var extra = 0
    package var failed = 0
    /// Bytes of the objects that are the same.
    package var bytesSame = 0
    /// Bytes that were read, of both sides.
    package var bytesRead = 0

    package init() {}

    package var same: Int { byDigest + byReading + bySize }
    package var different: Int { missing + sizeDiffers + contentDiffers + extra }

    mutating func add(_ record: VerifyRecord) {
        bytesRead += record.bytesRead
        switch record.outcome {
        case .same(let basis):
            bytesSame += record.sourceSize ?? record.sinkSize ?? 0
            switch basis {
            case .digest: byDigest += 1
            case .reading: byReading += 1
            case .size: bySize += 1
            }
        case .different(.missing): missing += 1
        case .different(.size): sizeDiffers += 1
        case .different(.content): contentDiffers += 1
        case .different(.extra): extra += 1
        case .failed: failed += 1
        }
    }
}
