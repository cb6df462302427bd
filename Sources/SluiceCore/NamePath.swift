/// Names and paths as the bytes that stores and kernels compare.
///
/// A `Character` may be a slash together with a mark behind it (U+0301) or in front of it (U+0600), so that a search for
/// "/" among Characters steps over a slash that the kernel sees; and `==` holds é in one scalar and é in two for the
/// same, which are two files.
extension String {
    /// The parts between the slashes, empty ones too.
    package var pathParts: [String] {
        utf8.split(separator: .slash, omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The last part that is not empty; nil where there is none.
    package var lastPathPart: String? {
        utf8.split(separator: .slash).last.map { String(decoding: $0, as: UTF8.self) }
    }

    package var endsWithSlash: Bool { utf8.last == .slash }

    /// The path without the slashes at its end; a path of slashes alone keeps one.
    package var withoutTrailingSlashes: String {
        let kept = utf8.dropLast(while: .slash)
        return kept.isEmpty && !utf8.isEmpty ? "/" : String(decoding: kept, as: UTF8.self)
    }

    /// The folder that the path is in; `.` for a bare name, `/` for the root itself.
    package var parentPath: String {
        let path = withoutTrailingSlashes
        guard let slash = path.utf8.lastIndex(of: .slash) else { return "." }
        let kept = path.utf8[..<slash].dropLast(while: .slash)
        return kept.isEmpty ? "/" : String(decoding: kept, as: UTF8.self)
    }

    /// `name` below this folder; an empty folder adds nothing.
    package func path(of name: String) -> String {
        isEmpty || endsWithSlash ? "\(self)\(name)" : "\(self)/\(name)"
    }

    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    /// What follows `prefix`; nil where the name starts otherwise.
    package func remainder(after prefix: String) -> String? {
        guard utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }
}

extension UInt8 {
    fileprivate static let slash = UInt8(ascii: "/")
}

extension BidirectionalCollection<UInt8> {
    /// Without the bytes of this value at the end.
    fileprivate func dropLast(while byte: UInt8) -> SubSequence {
        guard let last = lastIndex(where: { $0 != byte }) else { return prefix(0) }
        return self[...last]
    }
}
