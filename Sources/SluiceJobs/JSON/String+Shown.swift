extension String {
    /// The text as messages show it: on one line, and not longer than what a reader takes in.
    var shown: String {
        let most = 80
        let plain = String(prefix(most).map { $0.isNewline ? " " : $0 })
        return plain.utf8.count < utf8.count ? plain + "…" : plain
    }
}
