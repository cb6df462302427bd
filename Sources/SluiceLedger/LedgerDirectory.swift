internal import Glibc

/// Where the ledger lives.
package struct LedgerDirectory: Sendable, Hashable {
    package let path: String

    package init(path: String) { self.path = path }

    /// `SLUICE_STATE_DIRECTORY`, or `sluice` in `XDG_STATE_HOME`, which is `~/.local/state` where it isn't set. It stays the
    /// same when the working directory changes, as it does when a run is gone on with.
    package init(environment: [String: String]) throws(LedgerError) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        if let chosen = value("SLUICE_STATE_DIRECTORY") {
            path = LedgerDirectory.absolute(chosen)
        } else if let state = value("XDG_STATE_HOME"), state.hasPrefix("/") {
            // The XDG base directory specification: a relative path is to be ignored.
            path = state + "/sluice"
        } else if let home = value("HOME") {
            path = home + "/.local/state/sluice"
        } else {
            throw LedgerError(
                .unavailable,
                "there is no place for the ledger",
                cause: "HOME isn't set",
                advice: "Set SLUICE_STATE_DIRECTORY"
            )
        }
    }

    private static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = unsafe getcwd(nil, 0) else { return path }
        defer { unsafe free(here) }
        return unsafe String(cString: here) + "/" + path
    }

    /// The database.
    package var ledger: String { path + "/ledger.sqlite" }

    /// The rows that a run has skipped, until they are where its user wants them.
    func badRows(of run: String) -> String { path + "/bad-rows-\(run).csv" }

    /// The file whose bytes are locked, one for each run: `RunLock`.
    var locks: String { path + "/ledger.lock" }

    /// Makes the directory for its owner alone, and those above it that are missing, and an empty ledger for SQLite to
    /// fill: SQLite itself would make one that others may read. What is there keeps its permissions.
    func prepare() throws(LedgerError) {
        try make(path)
        // Never opened where it is there already: closing it again would take away the locks that SQLite has on it
        // for this process (sqlite.org/howtocorrupt.html, 2.2).
        let descriptor = unsafe open(ledger, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        } else if errno != EEXIST {
            throw unavailable("the ledger \"\(ledger)\" can't be made", errno)
        }
    }

    private func make(_ path: String) throws(LedgerError) {
        if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return }
        let parent = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        guard errno == ENOENT, !parent.isEmpty else {
            throw unavailable("the directory \"\(path)\" can't be made", errno)
        }
        try make(parent)
        guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw unavailable("the directory \"\(path)\" can't be made", errno)
        }
    }

    private func unavailable(_ what: String, _ code: Int32) -> LedgerError {
        LedgerError(
            code == ENOSPC || code == EDQUOT ? .full : .unavailable,
            what + ", so the run can't be recorded",
            cause: unsafe String(cString: strerror(code)),
            advice: "Set SLUICE_STATE_DIRECTORY to a place that can be written"
        )
    }
}
