package import SluiceCore

/// When an object's upload begins, commits, aborts and ends: decided from what is pending, without threads.
///
/// Pieces are whatever is alive of the object between its source and the sink's answer: chunks that are read or
/// compressed, and steps. The object is committed when its source has ended and every block is confirmed; it ends
/// when no piece is left. What was begun is aborted as soon as no block of it is with the sink: a source that hangs
/// must not keep a cancelled run from taking back what it put.
package struct Committer: Sendable {
    package enum Action: Sendable, Equatable {
        case none
        /// Submit the step that begins the upload; blocks are kept back until it is confirmed.
        case begin
        /// Submit the blocks that were kept back.
        case release
        /// Submit the commit of these blocks, in order.
        case commit([BlockReceipt])
        /// Submit the abort of what was begun.
        case abort
        /// The object is done; nothing is pending.
        case end
    }

    private enum Upload: Sendable, Equatable {
        case notBegun
        case beginning
        case begun
        case committing
        case aborting
        /// Committed, aborted, or in no need of either.
        case closed
    }

    private var upload = Upload.notBegun
    private var receipts: [BlockReceipt] = []
    private var blocks: Int?
    private var hasEnded = false
    /// What went wrong first.
    package private(set) var failure: (any Failure)?
    /// Chunks and steps that are alive.
    package private(set) var pending = 0
    /// Blocks that are with the sink.
    private var sent = 0

    /// Whether an upload that failed for a passing reason is left as it is, for another process to go on with.
    private let mayLeave: Bool

    /// Whether nothing of the upload is open at the sink: it was committed, aborted, or needed neither.
    package var isClosed: Bool { upload == .closed }

    /// An object of which nothing is with the sink.
    ///
    /// - Parameter mayLeave: whether an upload that failed for a passing reason, or was cancelled, is left as it is rather
    ///   than aborted, because what is needed to go on with it is recorded.
    package init(mayLeave: Bool = false) { self.mayLeave = mayLeave }

    /// An object whose upload an earlier process has begun.
    ///
    /// - Parameters:
    ///   - confirmed: the blocks that are with the sink.
    ///   - mayLeave: as above.
    package init(resuming confirmed: [BlockReceipt], mayLeave: Bool = true) {
        self.mayLeave = mayLeave
        upload = .begun
        receipts = confirmed
    }

    /// The whole object went or goes in one request, without blocks.
    package private(set) var isWhole = false

    /// A piece that was made of a living one has come to life.
    package mutating func add() {
        precondition(!hasEnded, "an object that has ended gets no more pieces")
        pending += 1
    }

    /// A piece is to come to life; false when the object has failed, and perhaps ended, in between.
    package mutating func admit() -> Bool {
        guard failure == nil else { return false }
        add()
        return true
    }

    /// A chunk was dropped or became part of another piece.
    package mutating func remove() -> Action {
        pending -= 1
        return afterChange()
    }

    /// A block is ready to be sent. `.begin` when it is the first; `isReleased` says whether it may go now.
    package mutating func blockReady() -> Action {
        guard upload == .notBegun else { return .none }
        upload = .beginning
        pending += 1
        return .begin
    }

    /// Whether blocks may be sent.
    package var isReleased: Bool { upload == .begun && failure == nil }

    /// A block goes to the sink; its piece lives on there.
    package mutating func blockSent() {
        precondition(isReleased, "a block is kept back until its upload has begun, and dropped after a failure")
        sent += 1
    }

    /// The upload was begun.
    package mutating func begun() -> Action {
        pending -= 1
        upload = .begun
        let next = afterChange()
        return next == .none ? .release : next
    }

    /// The upload could not be begun.
    package mutating func beginFailed(_ problem: any Failure) -> Action {
        pending -= 1
        upload = .closed
        return fail(problem)
    }

    /// The object goes in one request, whose step is one of the pieces.
    package mutating func goesWhole() {
        isWhole = true
        blocks = 0
    }

    /// A block was confirmed.
    package mutating func confirmed(_ receipt: BlockReceipt) -> Action {
        pending -= 1
        sent -= 1
        receipts.append(receipt)
        return afterChange()
    }

    /// The step that puts the whole object was confirmed.
    package mutating func wholeConfirmed() -> Action {
        pending -= 1
        upload = .closed
        return afterChange()
    }

    /// The source has ended after `count` blocks.
    package mutating func sourceEnded(blocks count: Int) -> Action {
        blocks = count
        return afterChange()
    }

    /// A block that was sent failed.
    package mutating func blockFailed(_ problem: any Failure) -> Action {
        pending -= 1
        sent -= 1
        return fail(problem)
    }

    /// A piece that is no block with the sink failed and is gone.
    package mutating func failed(_ problem: any Failure) -> Action {
        pending -= 1
        return fail(problem)
    }

    /// Something failed that is no piece: what is pending will be dropped.
    package mutating func fail(_ problem: any Failure) -> Action {
        if failure == nil { failure = problem }
        return afterChange()
    }

    /// The commit was confirmed.
    package mutating func committed() -> Action {
        pending -= 1
        upload = .closed
        // It came too late for this object: it is in place.
        if failure?.kind == .cancelled { failure = nil }
        return afterChange()
    }

    /// The commit failed.
    package mutating func commitFailed(_ problem: any Failure) -> Action {
        pending -= 1
        if failure == nil { failure = problem }
        // What was put is still there; whether the commit took effect in spite of the error is not known, and an
        // abort after a commit does no harm.
        upload = .begun
        return afterChange()
    }

    /// The abort has ended, whatever came of it.
    package mutating func aborted() -> Action {
        pending -= 1
        upload = .closed
        return afterChange()
    }

    private mutating func afterChange() -> Action {
        guard !hasEnded else { return .none }
        if failure != nil { return afterFailure() }
        if upload == .begun, let blocks, receipts.count == blocks, pending == 0 {
            upload = .committing
            pending += 1
            return .commit(receipts.sorted { $0.ordinal < $1.ordinal })
        }
        if upload == .closed, pending == 0 {
            hasEnded = true
            return .end
        }
        return .none
    }

    /// Whether what failed may well succeed another time; a refused credential would be refused for an abort, too.
    private var isPassing: Bool {
        guard let failure else { return false }
        return failure.isRetryable || failure.kind == .cancelled || failure.kind == .forbidden
    }

    private mutating func afterFailure() -> Action {
        switch upload {
        case .begun where mayLeave && isPassing:
            guard pending == 0 else { return .none }
            hasEnded = true
            return .end
        case .begun:
            guard sent == 0 else { return .none }
            upload = .aborting
            pending += 1
            return .abort
        case .notBegun, .closed:
            guard pending == 0 else { return .none }
            hasEnded = true
            return .end
        case .beginning, .committing, .aborting:
            return .none
        }
    }
}
