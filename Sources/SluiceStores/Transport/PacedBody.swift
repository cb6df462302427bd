internal import SluiceCore

/// A body that is sent no faster than a rate allows which all connections share.
///
/// It asks for its next share when the last is used up, and has the transport wait until that is due: so connections
/// take turns.
final class PacedBody: UploadBody {
    private let body: any UploadBody
    private let pace: any Pace
    /// Bytes that may go now.
    private var credit = 0
    /// What is promised next, and when to ask for it.
    private var share: (promise: PaceShare, due: ContinuousClock.Instant)?
    /// Bytes that have not gone; nil when it is not known.
    private var left: Int?

    init(_ body: any UploadBody, _ pace: any Pace) {
        self.body = body
        self.pace = pace
        left = body.count
    }

    deinit {
        let unused = credit + (share?.promise.count ?? 0)
        if unused > 0 { pace.giveBack(unused) }
    }

    var count: Int? { body.count }
    var failure: StoreError? { body.failure }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> StreamRead {
        if credit == 0, left != 0, !takeShare(upTo: min(buffer.count, left ?? .max)) { return .wait }
        let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, max(1, credit))])
        let result = unsafe body.read(into: piece)
        if case .bytes(let count) = result {
            credit -= count
            left = left.map { $0 - count }
        }
        return result
    }

    /// Makes the next share the credit; false when it is not due.
    private func takeShare(upTo wanted: Int) -> Bool {
        let promise = share?.promise ?? pace.reserve(upTo: wanted)
        if let due = pace.due(promise) {
            share = (promise, due)
            return false
        }
        share = nil
        credit = promise.count
        return true
    }

    var canResume: Bool {
        guard let (promise, due) = share else { return body.canResume }
        guard due <= .now else { return false }
        guard let later = pace.due(promise) else { return true }
        // The rate has changed.
        share = (promise, later)
        return false
    }

    var resumption: ContinuousClock.Instant? { share?.due }
}
