internal import SluiceCore
internal import SluiceStores

/// What the manifest of an earlier copy says is at the sink, read line by line and never held.
struct CopiedObjects: Sendable {
    /// A file, or `-` for standard input.
    let path: String

    /// What a line says.
    enum Entry: Sendable, Equatable {
        case object(CopiedObject)
        /// Something that was not copied, or of which too little is known, and why.
        case unknown(name: String, cause: String)
    }

    /// Calls `body` for each line but empty ones; blocks.
    /// - Throws: a `CopyError` of kind `.usage` when the manifest can't be read, and whatever `body` throws.
    func read(_ body: (Entry) throws -> Void) throws {
        var number = 0
        let reader = LineReader(path: path, what: "the manifest", advice: "Give what --manifest of a copy has written")
        try reader.read { line in
            number += 1
            guard !line.isEmpty else { return }
            try body(CopiedObjects.entry(line, number: number))
        }
    }

    /// What a line says.
    static func entry(_ line: [UInt8], number: Int) -> Entry {
        guard let fields = JSONFields(line), let name = fields["name"], let outcome = fields["outcome"] else {
            return .unknown(name: "line \(number)", cause: "it is no line of a manifest")
        }
        guard ["copied", "unchanged", "same"].contains(outcome) else {
            return .unknown(name: name, cause: "the manifest says that it was not copied: \(outcome)")
        }
        let digest = digest(in: fields)
        let size = fields["size"].flatMap { Int($0) }
        let link = fields["link"]
        guard size != nil || digest != nil || link != nil else {
            return .unknown(name: name, cause: "the manifest has neither its size nor its digest")
        }
        return .object(CopiedObject(name: name, sinkName: fields["sinkName"] ?? name, size: size, digest: digest, link: link))
    }

    private static func digest(in fields: JSONFields) -> Checksum? {
        for algorithm in ChecksumAlgorithm.allCases {
            guard let bytes = fields["digests.\(algorithm.rawValue)"].flatMap({ Base64.decode($0) }),
                bytes.count == algorithm.length
            else { continue }
            return Checksum(algorithm: algorithm, bytes: bytes)
        }
        return nil
    }
}

/// An object as an earlier copy has put it.
struct CopiedObject: Sendable, Equatable {
    let name: String
    let sinkName: String
    /// Bytes in the sink.
    let size: Int?
    /// The digest of the bytes in the sink.
    let digest: Checksum?
    /// The target of a symbolic link.
    var link: String?
}

extension ChecksumAlgorithm {
    /// Bytes of a digest.
    fileprivate var length: Int {
        switch self {
        case .crc32c: 4
        case .crc64nvme: 8
        case .md5: 16
        case .sha256: 32
        }
    }
}
