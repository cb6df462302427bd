internal import Glibc

/// One byte of the lock file, held for as long as this lives.
///
/// It is a lock of the open file (F_OFD_SETLK, fcntl(2)): the kernel gives it back when the process dies, however it
/// dies, and it also keeps two ledgers of one process apart. Nothing is left behind that a crash could make stale.
struct RunLock: ~Copyable, Sendable {
    private let descriptor: Int32

    /// The byte that is held while the ledger is opened and its schema brought up to date; runs are numbered from 1.
    static let opening = 0

    // <fcntl.h> has these under _GNU_SOURCE only, which the Glibc module is built without.
    private static let getOpenFileLock: Int32 = 36
    private static let setOpenFileLock: Int32 = 37
    private static let setOpenFileLockAndWait: Int32 = 38

    /// Takes the lock of a run; nil where another has it.
    static func take(_ run: Int, in directory: LedgerDirectory) throws(LedgerError) -> RunLock? {
        let lock = try RunLock(directory)
        guard try lock.control(setOpenFileLock, byte: run, directory) != nil else { return nil }
        return lock
    }

    /// Takes the lock of a run as soon as no other has it.
    static func wait(for run: Int, in directory: LedgerDirectory) throws(LedgerError) -> RunLock {
        let lock = try RunLock(directory)
        while try lock.control(setOpenFileLockAndWait, byte: run, directory) == nil {}
        return lock
    }

    /// Those of `runs` that someone has the lock of.
    static func held(_ runs: [Int], in directory: LedgerDirectory) throws(LedgerError) -> Set<Int> {
        let lock = try RunLock(directory)
        var held: Set<Int> = []
        for run in runs {
            let found = try lock.control(getOpenFileLock, byte: run, directory)
            if found?.l_type != Int16(F_UNLCK) { held.insert(run) }
        }
        return held
    }

    private init(_ directory: LedgerDirectory) throws(LedgerError) {
        descriptor = unsafe open(directory.locks, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw RunLock.error(errno, directory) }
    }

    deinit {
        // Not by closing alone: a child that is being spawned has the open file, and with it the lock, until it is another
        // program.
        var all = flock()
        all.l_type = Int16(F_UNLCK)
        all.l_whence = Int16(SEEK_SET)
        _ = unsafe fcntl(descriptor, RunLock.setOpenFileLock, &all)
        close(descriptor)
    }

    /// Nil where another holds the byte, or a signal interrupted the wait.
    private func control(_ command: Int32, byte: Int, _ directory: LedgerDirectory) throws(LedgerError) -> flock? {
        var range = flock()
        range.l_type = Int16(F_WRLCK)
        range.l_whence = Int16(SEEK_SET)
        range.l_start = byte
        range.l_len = 1
        if unsafe fcntl(descriptor, command, &range) == 0 { return range }
        guard errno == EAGAIN || errno == EACCES || errno == EINTR else { throw RunLock.error(errno, directory) }
        return nil
    }

    private static func error(_ code: Int32, _ directory: LedgerDirectory) -> LedgerError {
        LedgerError(
            .unavailable,
            "\"\(directory.locks)\" can't be locked",
            cause: unsafe String(cString: strerror(code)),
            advice: "Set SLUICE_STATE_DIRECTORY to a place on a local file system"
        )
    }
}
