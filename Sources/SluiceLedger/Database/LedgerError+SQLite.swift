internal import GRDB

extension LedgerError {
    /// The error that SQLite's code is.
    ///
    /// - Parameter path: the ledger's file.
    init(_ error: DatabaseError, path: String) {
        let cause = error.message.map { "\($0) (SQLite \(error.extendedResultCode.rawValue))" } ?? "\(error)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            self = .damaged(path, cause: cause)
        case .SQLITE_FULL:
            self.init(
                .full,
                "the ledger \"\(path)\" can't be written",
                cause: cause,
                advice: "Free some space there, or set SLUICE_STATE_DIRECTORY to another place"
            )
        case .SQLITE_READONLY, .SQLITE_CANTOPEN, .SQLITE_PERM:
            self.init(
                .unavailable,
                "the ledger \"\(path)\" can't be opened for writing",
                cause: cause,
                advice:
                    "Check the permissions of the file and its directory, or set SLUICE_STATE_DIRECTORY to another place"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(
                .unavailable,
                "the ledger \"\(path)\" is held by another process for too long",
                cause: cause,
                advice: "See what has it open (fuser \"\(path)\")"
            )
        default:
            self.init(.unavailable, "the ledger \"\(path)\" can't be read or written", cause: cause)
        }
    }

    static func damaged(_ path: String, cause: String) -> LedgerError {
        LedgerError(
            .damaged,
            "the ledger \"\(path)\" is damaged",
            cause: cause,
            advice:
                "Move it aside together with its -wal and -shm files and start again; runs that only it knows can't be gone on with"
        )
    }

    static func newer(_ path: String) -> LedgerError {
        LedgerError(
            .newer,
            "the ledger \"\(path)\" was written by a newer version of sluice",
            advice: "Use that version, or set SLUICE_STATE_DIRECTORY to another place"
        )
    }

    /// Runs `body` and tells SQLite's errors as the ledger's.
    static func translating<Value>(_ path: String, _ body: () throws -> Value) throws(LedgerError) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw LedgerError(error, path: path)
        } catch let error as LedgerError {
            throw error
        } catch {
            throw LedgerError(.unavailable, "the ledger \"\(path)\" can't be used", cause: "\(error)")
        }
    }
}
