internal import Dispatch

/// Two halves of what is used in turns: while one is taken, the other is filled on a thread of its own. Used by one thread at
/// a time; dropping it waits for what is under way.
final class Halves<Half: AnyObject> {
    /// What came of filling a half.
    enum Filling {
        /// There is nothing in it: the end.
        case ended
        /// The other one may be filled while it is taken.
        case filled
        /// The other one has to wait until it was taken.
        case filledAlone
    }

    // @unchecked: the queue has it from when it is told to run until that was waited for, and its owner otherwise.
    private final class Filler: @unchecked Sendable {
        let fill: (Half) throws -> Filling
        var half: Half
        var filling = Result<Filling, any Error>.success(.filled)

        init(_ half: Half, _ fill: @escaping (Half) throws -> Filling) {
            self.half = half
            self.fill = fill
        }

        func run() { filling = Result { try fill(half) } }
    }

    private let filler: Filler
    private let queue = DispatchQueue(label: "rows of a database")
    private var taken: Half
    private var isUnderWay = false
    private var hasEnded = false

    /// - Parameters:
    ///   - second: the first one again where there is only one, which is then filled whenever it was taken.
    ///   - fill: fills a half; it is called by one thread at a time, and with the other half than the one that is taken.
    init(_ first: Half, _ second: Half, fill: @escaping (Half) throws -> Filling) {
        filler = Filler(first, fill)
        taken = second
    }

    deinit { wait() }

    /// The next half that was filled, which is the caller's until the next call; nil at the end. Blocks.
    /// - Throws: what `fill` has thrown, once all halves before were taken, and again from then on.
    func next() throws -> Half? {
        if isUnderWay {
            wait()
        } else if !hasEnded {
            filler.run()
        }
        hasEnded = true
        let filling = try filler.filling.get()
        if case .ended = filling { return nil }
        hasEnded = false
        swap(&taken, &filler.half)
        if case .filled = filling, taken !== filler.half {
            isUnderWay = true
            queue.async { [filler] in filler.run() }
        }
        return taken
    }

    private func wait() {
        if isUnderWay { queue.sync {} }
        isUnderWay = false
    }
}
