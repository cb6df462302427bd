extension String {
    /// The text as messages show it: on one line, without what steers a terminal, and not longer than what a reader takes in.
    var shown: String {
        let most = 80
        var shown = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(most) {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: shown.append(" ")
            case .format: shown.append("\u{FFFD}")
            default: shown.append(scalar)
            }
        }
        return String(shown) + (unicodeScalars.count > most ? "…" : "")
    }
}
