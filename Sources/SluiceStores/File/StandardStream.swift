internal import Glibc
package import SluiceCore

/// Standard input as a source of one object of unknown size.
package struct StandardInputSource: ObjectSource {
    package init() {}

    package var location: Location { .standardStream }
    package var isRereadable: Bool { false }
    package var isSingleObject: Bool { true }
    package var allowsReadThrough: Bool { false }

    package func list(_ body: (ListEntry) throws -> Void) throws {
        try body(.item(SourceItem(name: "stdin", size: nil)))
    }

    package func open(_ item: SourceItem) throws -> any ReadableObject { StandardInput() }
}

/// Standard input, read once from front to back by one thread.
package final class StandardInput: ReadableObject {
    private let position = Locked(0)

    package var size: Int? { nil }
    package var modified: Timestamp? { nil }
    package var metadata: ObjectMetadata { ObjectMetadata() }
    package func checkUnchanged() throws {}

    package func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        precondition(offset == position.withLock { $0 }, "standard input can't be read out of order")
        var filled = 0
        while filled < buffer.count {
            let count = try SystemCall.waiting(STDIN_FILENO, POLLIN, "standard input can't be read") {
                unsafe Glibc.read(STDIN_FILENO, buffer.baseAddress! + filled, buffer.count - filled)
            }
            if count == 0 { break }
            filled += count
        }
        position.withLock { [filled] in $0 += filled }
        return filled
    }
}

/// Standard output as a sink of one object.
package struct StandardOutputSink: ObjectSink {
    private let pace: (any Pace)?

    /// - Parameter pace: the rate at which bytes are written at most.
    package init(pace: (any Pace)? = nil) { self.pace = pace }

    package var location: Location { .standardStream }
    package var traits: SinkTraits {
        var traits = SinkTraits(placement: .sequential, isRemote: false)
        traits.canStartOver = false
        return traits
    }
    package func validate(name: String) throws {}
    package func prepare() throws {}

    package func serve(_ feed: any StepFeed, slots: Int) {
        var scratch = [UInt8](repeating: 0, count: 256 << 10)
        while case .step(let step) = feed.next(waker: nil, held: 0) {
            let count = step.body.count
            do {
                try unsafe scratch.withUnsafeMutableBytes { buffer in try unsafe send(step, by: buffer) }
                feed.finish(step, .confirmed(StepOutcome(bytesSent: count)))
            } catch {
                feed.finish(step, .failed(SluiceCore.failure(from: error)))
            }
        }
    }

    private func send(_ step: borrowing SinkStep, by scratch: UnsafeMutableRawBufferPointer) throws {
        switch step.action {
        case .whole:
            if let bytes = unsafe step.body.contents { try unsafe write(bytes) }
            guard let through = step.body.through else { return }
            var done = 0
            while done < step.body.count {
                let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(scratch.count, step.body.count - done)])
                let count = try unsafe through.object.read(at: through.offset + done, into: piece)
                guard count > 0 else { throw StoreError(.sourceChanged, "the source ended at byte \(through.offset + done)") }
                try unsafe write(UnsafeRawBufferPointer(rebasing: piece[..<count]))
                done += count
            }
        case .stream(let stream, _):
            defer { stream.close() }
            while true {
                switch unsafe stream.read(into: scratch, waker: nil) {
                case .bytes(let count): try unsafe write(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
                case .end: return
                case .wait, .broken: throw StoreError(.cancelled, "the source broke off")
                }
            }
        case .begin, .block, .commit, .abort:
            preconditionFailure("standard output takes whole objects")
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) throws {
        var done = 0
        // What the pace lets go.
        var end = pace == nil ? bytes.count : 0
        while done < bytes.count {
            if let pace, done == end { end += pace.take(upTo: bytes.count - done) }
            done += try SystemCall.waiting(STDOUT_FILENO, POLLOUT, "standard output can't be written") {
                unsafe Glibc.write(STDOUT_FILENO, bytes.baseAddress! + done, end - done)
            }
        }
    }
}
