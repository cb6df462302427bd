import Glibc
import SluiceCore
import Testing

@testable import SluiceStores

/// The socket watch with pairs of local sockets in the place of connections.
struct SocketWatchTests {
    private let watch: SocketWatch
    private let ours: Int32
    private let theirs: Int32

    init() throws {
        watch = try SocketWatch()
        (ours, theirs) = try SocketWatchTests.pair()
    }

    private static func pair() throws -> (Int32, Int32) {
        var pair: [Int32] = [-1, -1]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &pair) == 0)
        return (pair[0], pair[1])
    }

    // EPOLLIN and EPOLLOUT of Linux: Glibc's module has no epoll.
    private static let input: UInt32 = 1
    private static let output: UInt32 = 4

    private func say(to descriptor: Int32) { #expect(unsafe write(descriptor, "x", 1) == 1) }

    /// The sockets that have something to do now.
    private func ready() -> [Int32] {
        var ready: [Int32] = []
        watch.wait(0) { descriptor, _ in ready.append(descriptor) }
        return ready
    }

    private func end(_ descriptors: Int32...) { for descriptor in descriptors { #expect(close(descriptor) == 0) } }

    @Test func aSocketThatHasSomethingToDoIsGiven() {
        watch.adopt(ours)
        watch.set(ours, Self.input)
        #expect(ready().isEmpty)
        say(to: theirs)
        #expect(ready() == [ours])
        end(ours, theirs)
    }

    @Test func aConnectionStaysInTheSetBetweenRequests() {
        watch.adopt(ours)
        watch.set(ours, Self.input)
        watch.set(ours, 0)
        #expect(watch.holds(ours))
        watch.set(ours, Self.input)
        say(to: theirs)
        #expect(ready() == [ours])
        end(ours, theirs)
    }

    @Test func whatAnIdleConnectionSaysIsNotGivenAndTakesItOut() {
        watch.adopt(ours)
        watch.set(ours, Self.input)
        watch.set(ours, 0)
        say(to: theirs)
        #expect(ready().isEmpty)
        // Else every wait from here on would return at once.
        #expect(!watch.holds(ours))
        watch.set(ours, Self.input)
        #expect(ready() == [ours])
        end(ours, theirs)
    }

    @Test func aSocketThatIsClosedElsewhereLeavesAtOnceSoThatItsNumberCanBeAnothers() throws {
        watch.set(ours, Self.input)
        watch.set(ours, 0)
        #expect(!watch.holds(ours))
        // The kernel gives the lowest number that is free.
        end(ours, theirs)
        let (next, peer) = try Self.pair()
        watch.set(next, Self.input)
        say(to: peer)
        #expect(ready() == [next])
        end(next, peer)
    }

    @Test func aNumberThatWasForgottenCanBeAnothers() throws {
        watch.adopt(ours)
        watch.set(ours, Self.input)
        watch.set(ours, 0)
        watch.forget(ours)
        end(ours, theirs)
        let (next, peer) = try Self.pair()
        watch.adopt(next)
        watch.set(next, Self.input)
        say(to: peer)
        #expect(ready() == [next])
        end(next, peer)
    }

    @Test func whatIsWaitedForCanChange() {
        watch.adopt(ours)
        watch.set(ours, Self.input | Self.output)
        #expect(ready() == [ours])
        watch.set(ours, Self.input)
        #expect(ready().isEmpty)
        end(ours, theirs)
    }
}
