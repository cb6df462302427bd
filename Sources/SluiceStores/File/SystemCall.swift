internal import Glibc
internal import SluiceCore

/// Errors of system calls on local files.
enum SystemCall {
    /// Calls again while a signal interrupted; throws what `errno` says otherwise.
    static func retrying<Value: SignedInteger>(
        _ what: @autoclosure () -> String,
        _ call: () -> Value
    ) throws(StoreError) -> Value {
        while true {
            let value = call()
            if value >= 0 { return value }
            guard errno == EINTR else { throw error(errno, what()) }
        }
    }

    /// As `retrying`, on a descriptor that another process may have made non-blocking: waits until `events` are there.
    static func waiting(
        _ descriptor: Int32,
        _ events: Int32,
        _ what: @autoclosure () -> String,
        _ call: () -> Int
    ) throws(StoreError) -> Int {
        while true {
            let value = try retrying(what()) {
                let value = call()
                return value < 0 && errno == EAGAIN ? .max : value
            }
            guard value == .max else { return value }
            var state = pollfd(fd: descriptor, events: Int16(events), revents: 0)
            _ = try retrying(what()) { unsafe poll(&state, 1, -1) }
        }
    }

    /// The error that `code` is; `what` is the clause that says what was tried on which path.
    static func error(_ code: Int32, _ what: String) -> StoreError {
        let cause = unsafe String(cString: strerror(code))
        switch code {
        case ENOENT, ENOTDIR: return StoreError(.notFound, what, cause: cause, advice: "Check the path")
        case EACCES, EPERM: return StoreError(.forbidden, what, cause: cause, advice: "Check the permissions of the file and of the folders above it")
        case EROFS: return StoreError(.forbidden, what, cause: cause, advice: "The file system is mounted read-only")
        case ENOSPC, EDQUOT: return StoreError(.noSpace, what, cause: cause, advice: "Free some space, or choose another place")
        case EFBIG: return StoreError(.tooLarge, what, cause: cause, advice: "The file system can't hold a file of that size")
        case ENAMETOOLONG: return StoreError(.invalidName, what, cause: cause, advice: "Shorten the name")
        case EEXIST: return StoreError(.precondition, what, cause: cause, advice: "See --overwrite")
        case EISDIR: return StoreError(.usage, what, cause: cause, advice: "A directory stands where a file is meant")
        case EMFILE, ENFILE: return StoreError(.inputOutput, what, cause: cause, advice: "Raise the limit of open files (ulimit -n)")
        case ELOOP: return StoreError(.inputOutput, what, cause: cause, advice: "The symbolic links run in a circle")
        case EAGAIN: return StoreError(.transient, what, cause: cause)
        default: return StoreError(.inputOutput, what, cause: cause)
        }
    }
}
