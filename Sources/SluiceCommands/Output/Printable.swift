extension String {
    /// The text with its control characters as `\xNN`: a name can't move the cursor or start a line of its own.
    var printable: String {
        // In UTF-8 control characters are these bytes, or begin with 0xC2; nearly no name has one.
        guard utf8.contains(where: { $0 < 0x20 || $0 == 0x7F || $0 == 0xC2 }) else { return self }
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            guard scalar.properties.generalCategory == .control else {
                text.unicodeScalars.append(scalar)
                continue
            }
            let digits = String(scalar.value, radix: 16)
            text += "\\x" + (digits.count < 2 ? "0" : "") + digits
        }
        return text
    }
}
