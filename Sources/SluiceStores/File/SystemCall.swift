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
        default: return StoreError(.inputOutput, what, cause: cause)
        }
    }
}
