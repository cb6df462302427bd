/// What is wrong with an XML document, and at which byte.
package struct XMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, as a clause without a full stop.
    package let what: String
    /// Where the reader stood, in bytes from the start.
    package let offset: Int

    init(_ what: String, at offset: Int) {
        self.what = what
        self.offset = offset
    }

    package var description: String { "\(what) (at byte \(offset))" }
}

/// What the reader takes at most, so that no answer makes it use more memory than the answer itself.
package struct XMLLimits: Sendable {
    /// Elements inside one another. What S3 and Azure answer is at most six deep.
    package var depth = 32
    /// Bytes of one element's text. The longest that the services send are keys and metadata of 8 KiB.
    package var text = 1 << 20
    /// Bytes of an element's or an attribute's name, and of an attribute's value; and the attributes of an element.
    package var name = 256
    package var attribute = 8 << 10
    package var attributes = 64

    package init() {}
}

/// An element's start tag.
package struct XMLTag: Sendable, Hashable {
    /// The name without its namespace prefix.
    package let name: String
    /// The attributes but the namespace declarations, under their names as written.
    package let attributes: [String: String]
}
