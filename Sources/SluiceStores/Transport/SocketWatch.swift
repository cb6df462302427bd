internal import CCurl
internal import CLinux
internal import Glibc
internal import SluiceCore

/// The sockets that libcurl waits for, in an epoll set. Used by one thread at a time.
///
/// libcurl takes a socket back after every request and wants it watched again for the next one. A connection's stays in
/// the set in between, so that a small request costs no call of epoll_ctl, where it would cost two. What an idle socket
/// has to say (the server has closed it) takes it out of the set; libcurl looks before it uses it again.
///
/// Only sockets that are opened and closed here are kept so: libcurl closes others, such as those of its resolver,
/// without a word, and their numbers are soon another socket's.
///
/// A class because libcurl's callbacks need its address.
@safe final class SocketWatch {
    private struct Entry {
        /// What libcurl waits for; 0 for nothing.
        var wanted: UInt32 = 0
        /// What the set watches for; 0 when the socket is not in it.
        var watched: UInt32 = 0
        /// Whether it was opened here, and will be closed here.
        var isOurs = false
    }

    /// By the sockets' numbers, which are small and used again.
    private var entries: [Entry] = []
    private var events = unsafe [epoll_event](repeating: epoll_event(), count: SocketWatch.eventsAtOnce)
    private let epoll: Int32

    /// Events fetched by one call.
    private static let eventsAtOnce = 64

    init() throws(StoreError) {
        epoll = try SystemCall.retrying("no sockets can be watched") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
    }

    deinit { close(epoll) }

    /// Watches `descriptor` for these events, and no more when there are none.
    func set(_ descriptor: Int32, _ wanted: UInt32) {
        let entry = entry(of: descriptor)
        let watched = entries[entry].watched
        entries[entry].wanted = wanted
        if wanted == 0 {
            if !entries[entry].isOurs { takeOut(descriptor) }
        } else if wanted != watched {
            control(watched == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD, descriptor, wanted)
            entries[entry].watched = wanted
        }
    }

    /// Says that a connection's socket was opened, and that `forget` will be called before it is closed.
    func adopt(_ descriptor: Int32) { entries[entry(of: descriptor)] = Entry(isOurs: true) }

    /// Forgets a socket that is about to be closed.
    func forget(_ descriptor: Int32) {
        let entry = entry(of: descriptor)
        takeOut(descriptor)
        entries[entry] = Entry()
    }

    private func entry(of descriptor: Int32) -> Int {
        let index = Int(descriptor)
        if index >= entries.count { entries += Array(repeating: Entry(), count: index + 64 - entries.count) }
        return index
    }

    /// Waits up to `milliseconds` for events and gives each that is waited for to `body`.
    func wait(_ milliseconds: Int32, _ body: (_ descriptor: Int32, _ events: UInt32) -> Void) {
        let count = unsafe epoll_wait(epoll, &events, Int32(events.count), milliseconds)
        for index in 0..<Int(max(0, count)) {
            let descriptor = unsafe events[index].data.fd
            if entries[Int(descriptor)].wanted == 0 {
                takeOut(descriptor)
            } else {
                body(descriptor, unsafe events[index].events)
            }
        }
    }

    /// Whether the set holds the socket.
    func holds(_ descriptor: Int32) -> Bool {
        entries.indices.contains(Int(descriptor)) && entries[Int(descriptor)].watched != 0
    }

    private func takeOut(_ descriptor: Int32) {
        guard entries[Int(descriptor)].watched != 0 else { return }
        entries[Int(descriptor)].watched = 0
        control(EPOLL_CTL_DEL, descriptor, 0)
    }

    private func control(_ operation: Int32, _ descriptor: Int32, _ wanted: UInt32) {
        var event = unsafe epoll_event(events: wanted, data: epoll_data_t(fd: descriptor))
        let code = unsafe epoll_ctl(epoll, operation, descriptor, &event)
        precondition(code == 0 || operation == EPOLL_CTL_DEL, "epoll takes every socket that is open")
    }
}

/// Opens a connection's socket for libcurl; the context is the watch.
func openWatched(
    context: UnsafeMutableRawPointer?,
    purpose: curlsocktype,
    address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard let context = unsafe context, let address = unsafe address?.pointee else { return CURL_SOCKET_BAD }
    // No program that is started meanwhile may hold it open.
    let descriptor = socket(address.family, address.socktype | Int32(SOCK_CLOEXEC.rawValue), address.protocol)
    if descriptor >= 0 { unsafe Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().adopt(descriptor) }
    return descriptor
}

/// Closes a socket that `openWatched` has opened.
func closeWatched(context: UnsafeMutableRawPointer?, socket: curl_socket_t) -> Int32 {
    if let context = unsafe context {
        unsafe Unmanaged<SocketWatch>.fromOpaque(context).takeUnretainedValue().forget(socket)
    }
    return close(socket)
}
