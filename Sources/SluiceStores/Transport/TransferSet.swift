internal import CCurl
internal import CLinux
internal import Glibc
internal import SluiceCore

/// The transfers of one thread: a curl_multi handle whose sockets are watched by epoll.
///
/// libcurl says which sockets to watch and when to be called at the latest; only transfers whose socket has something
/// to do are touched. With curl_multi_perform every transfer would be asked, by a system call each, at every turn.
@safe final class TransferSet {
    @unsafe private let multi: UnsafeMutableRawPointer
    private let sockets: SocketWatch
    /// Counts wake-ups; readable when there was one.
    private let alarm: Int32
    /// When libcurl wants to be called at the latest.
    private var deadline: ContinuousClock.Instant?

    /// - Parameter connections: how many connections are kept when they are idle.
    init(connections: Int) throws(StoreError) {
        CurlLibrary.initialise()
        guard let multi = unsafe curl_multi_init() else {
            throw StoreError(.inputOutput, "libcurl gave no handle", advice: "The machine may be out of memory")
        }
        unsafe self.multi = multi
        do {
            sockets = try SocketWatch()
            alarm = try SystemCall.retrying("no sockets can be watched") {
                eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
            }
        } catch {
            unsafe curl_multi_cleanup(multi)
            throw error
        }
        sockets.set(alarm, EPOLLIN.rawValue)
        check(unsafe sluice_multi_set_long(multi, CURLMOPT_MAXCONNECTS, connections))
        let context = unsafe Unmanaged.passUnretained(self).toOpaque()
        check(unsafe sluice_multi_set_callbacks(multi, socketChanged, timerChanged, context))
    }

    deinit {
        // Closes the connections, and tells the watch.
        unsafe curl_multi_cleanup(multi)
        close(alarm)
    }

    /// To be called once for every handle before it is first added.
    func adopt(_ session: CurlSession) throws(StoreError) { try session.setSockets(sockets) }

    /// Makes `wait` return. May be called from any thread.
    func wake() {
        var one: UInt64 = 1
        // It can only fail when the counter is full, and then the wait returns anyway.
        _ = unsafe write(alarm, &one, 8)
    }

    @unsafe func add(_ handle: UnsafeMutableRawPointer) { check(unsafe curl_multi_add_handle(multi, handle)) }

    @unsafe func remove(_ handle: UnsafeMutableRawPointer) { check(unsafe curl_multi_remove_handle(multi, handle)) }

    /// Waits until a socket has something to do, a timer is due or somebody calls `wake`, and moves what can be moved.
    ///
    /// - Parameter moment: when the caller has something to do itself.
    func wait(until moment: ContinuousClock.Instant? = nil) {
        sockets.wait(timeout(moment)) { descriptor, events in
            if descriptor == alarm {
                var value: UInt64 = 0
                _ = unsafe read(alarm, &value, 8)
            } else {
                var running: Int32 = 0
                check(unsafe curl_multi_socket_action(multi, descriptor, TransferSet.mask(events), &running))
            }
        }
        runTimers()
    }

    /// Calls libcurl when the time that it asked for has come.
    func runTimers() {
        var running: Int32 = 0
        while let due = deadline, due <= .now {
            deadline = nil
            check(unsafe curl_multi_socket_action(multi, CURL_SOCKET_BAD, 0, &running))
        }
    }

    /// The next transfer that has ended, with its code.
    @unsafe func nextEnded() -> (handle: UnsafeMutableRawPointer, code: CURLcode)? {
        var left: Int32 = 0
        while let message = unsafe curl_multi_info_read(multi, &left) {
            guard unsafe message.pointee.msg == CURLMSG_DONE, let handle = unsafe message.pointee.easy_handle else {
                continue
            }
            return unsafe (handle, sluice_message_result(message))
        }
        return nil
    }

    /// Milliseconds for epoll_wait, rounded up so that the timer is due afterwards.
    private func timeout(_ moment: ContinuousClock.Instant?) -> Int32 {
        guard let deadline = deadline.map({ min($0, moment ?? $0) }) ?? moment else { return TransferSet.longestWait }
        let left = ContinuousClock.now.duration(to: deadline)
        guard left > .zero else { return 0 }
        let milliseconds =
            left.components.seconds * 1000 + (left.components.attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(min(Int64(TransferSet.longestWait), milliseconds))
    }

    /// A wake-up ends the wait early; this only bounds the harm of one that was missed.
    private static let longestWait: Int32 = 1000

    private static func mask(_ events: UInt32) -> Int32 {
        var mask: Int32 = 0
        if events & EPOLLIN.rawValue != 0 { mask |= CURL_CSELECT_IN }
        if events & EPOLLOUT.rawValue != 0 { mask |= CURL_CSELECT_OUT }
        if events & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0 { mask |= CURL_CSELECT_ERR }
        return mask
    }

    // MARK: What libcurl asks for

    fileprivate func setTimer(_ milliseconds: Int) {
        deadline = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
    }

    fileprivate func change(_ socket: Int32, _ what: Int32) {
        var wanted: UInt32 = 0
        if what != CURL_POLL_REMOVE {
            if what & CURL_POLL_IN != 0 { wanted |= EPOLLIN.rawValue }
            if what & CURL_POLL_OUT != 0 { wanted |= EPOLLOUT.rawValue }
        }
        sockets.set(socket, wanted)
    }

    /// libcurl's multi calls fail only for a programmer's mistake or for want of memory.
    private func check(_ code: CURLMcode) {
        precondition(code == CURLM_OK, "libcurl: \(unsafe String(cString: curl_multi_strerror(code)))")
    }
}

private func socketChanged(
    handle: UnsafeMutableRawPointer?,
    socket: Int32,
    what: Int32,
    context: UnsafeMutableRawPointer?,
    known: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<TransferSet>.fromOpaque(context).takeUnretainedValue().change(socket, what)
    return 0
}

private func timerChanged(multi: UnsafeMutableRawPointer?, milliseconds: Int, context: UnsafeMutableRawPointer?)
    -> Int32
{
    guard let context = unsafe context else { return 0 }
    unsafe Unmanaged<TransferSet>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
    return 0
}
