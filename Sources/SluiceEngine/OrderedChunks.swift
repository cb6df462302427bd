internal import SluiceCore
internal import SluicePipeline

/// The frames of one object in order, as the body of one request.
final class OrderedChunks: ChunkStream {
    private struct State: ~Copyable {
        var sequencer = Sequencer<Frame>()
        var current: Frame?
        var position = 0
        var chunkCount: Int?
        var isBroken = false
        var isClosed = false
        var isAskedFor = false
        var wasReadToEnd = false
        var waker: (any StepWaker)?
        var digest = ObjectDigest()

        /// Whether all frames have been copied.
        func isAtEnd() -> Bool { current == nil && sequencer.next == chunkCount }
    }

    private final class Box {
        var state: State
        init(chunkCount: Int?) { state = State(chunkCount: chunkCount) }
    }

    private let monitor: Monitor<Box>
    /// Called when the first byte is asked for, without locks held.
    private let askedFor = Locked<(@Sendable () -> Void)?>(nil)
    /// Called whenever a frame was taken or dropped, without locks held.
    private let frameGone = Locked<(@Sendable (Int) -> Void)?>(nil)
    /// Asked before the end is told; an error breaks the body off.
    private let confirmEnd = Locked<(@Sendable () -> Bool)?>(nil)

    init(chunkCount: Int?) { monitor = Monitor(Box(chunkCount: chunkCount)) }

    /// - Parameters:
    ///   - askedFor: hears that a request is there that takes the bytes.
    ///   - frameGone: hears how many frames have left.
    ///   - confirmEnd: says whether the object is still what it was, before its last byte is told to be the last.
    func observe(
        askedFor: @escaping @Sendable () -> Void,
        frameGone: @escaping @Sendable (Int) -> Void,
        confirmEnd: @escaping @Sendable () -> Bool
    ) {
        self.askedFor.withLock { $0 = askedFor }
        self.frameGone.withLock { $0 = frameGone }
        self.confirmEnd.withLock { $0 = confirmEnd }
    }

    /// Whether a request takes the bytes.
    var isAskedFor: Bool { monitor.withLock { $0.state.isAskedFor } }
    /// The digest of the frames that were sent.
    var digest: Checksum? { monitor.withLock { $0.state.digest.checksum } }
    /// Whether the request had taken all bytes when it ended.
    var wasReadToEnd: Bool { monitor.withLock { $0.state.wasReadToEnd } }
    /// Bytes that were sent.
    var length: Int { monitor.withLock { $0.state.digest.length } }

    /// Puts a frame in; it is dropped when nobody reads any more.
    func append(_ frame: consuming Frame) {
        var held: Frame? = consume frame
        let waker: (any StepWaker)? = monitor.withLock { box in
            guard !box.state.isClosed, let frame = held.take() else { return nil }
            let ordinal = frame.ordinal
            box.state.sequencer.insert(frame, ordinal: ordinal)
            return box.state.waker.take()
        }
        if held != nil {
            held = nil
            notifyGone(1)
        }
        news(waker)
    }

    /// Says how many frames there are in all.
    func finish(count: Int) { update { $0.chunkCount = count } }

    /// Says that the object can't be completed.
    func breakOff() { update { $0.isBroken = true } }

    private func update(_ change: (inout State) -> Void) {
        let waker: (any StepWaker)? = monitor.withLock { box in
            change(&box.state)
            return box.state.waker.take()
        }
        news(waker)
    }

    private func news(_ waker: (any StepWaker)?) {
        monitor.broadcast()
        waker?.wake()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, waker: (any StepWaker)?) -> StreamRead {
        let isFirst = monitor.withLock { box in
            defer { box.state.isAskedFor = true }
            return !box.state.isAskedFor
        }
        if isFirst { askedFor.withLock { $0 }?() }
        var gone = 0
        var isAtEnd = false
        let result: StreamRead = monitor.wait { box -> StreamRead? in
            if box.state.isBroken { return .broken }
            let count = OrderedChunks.copy(from: &box.state, into: buffer, gone: &gone)
            isAtEnd = box.state.isAtEnd()
            if let count { return .bytes(count) }
            if isAtEnd { return .end }
            guard let waker else { return nil }
            box.state.waker = waker
            return .wait
        }
        if gone > 0 { notifyGone(gone) }
        // Before the last bytes leave: where the length was told beforehand, nobody asks for the end behind them.
        if isAtEnd, confirmEnd.withLock({ $0 })?() == false { return .broken }
        return result
    }

    /// Copies from the current frame, or the next in order; nil when it has not come yet.
    private static func copy(from state: inout State, into buffer: UnsafeMutableRawBufferPointer, gone: inout Int) -> Int? {
        while true {
            if state.current == nil {
                guard let frame = state.sequencer.popNext() else { return nil }
                state.digest.append(frame.checksum, length: frame.slab.count)
                state.current = consume frame
                state.position = 0
            }
            guard let frame = state.current.take() else { return nil }
            let count = min(buffer.count, frame.slab.count - state.position)
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: frame.slab.contents[state.position..<state.position + count]))
            state.position += count
            if state.position < frame.slab.count {
                state.current = consume frame
            } else {
                gone += 1
            }
            if count > 0 { return count }
        }
    }

    func close() {
        let dropped: Int = monitor.withLock { box in
            if !box.state.isClosed { box.state.wasReadToEnd = box.state.isAtEnd() && !box.state.isBroken }
            box.state.isClosed = true
            let current = box.state.current.take() != nil ? 1 : 0
            return current + box.state.sequencer.removeAll()
        }
        if dropped > 0 { notifyGone(dropped) }
    }

    private func notifyGone(_ count: Int) { frameGone.withLock { $0 }?(count) }
}
