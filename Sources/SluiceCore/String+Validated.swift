extension String {
    /// The text that bytes are in UTF-8; nil where they are none. `String(validating:as:)` is made for any encoding and
    /// element, and takes several times as long for short texts.
    package init?(utf8 bytes: ArraySlice<UInt8>) {
        guard let text = try? UTF8Span(validating: bytes.span) else { return nil }
        self.init(copying: text)
    }
}
