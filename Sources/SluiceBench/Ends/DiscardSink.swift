internal import SluiceCore

/// A sink that takes everything at once and keeps nothing, so that a source is measured alone.
struct DiscardSink: ObjectSink {
    var location: Location { .file(path: "/", isDirectory: true) }
    /// As a local file: chunks in any order.
    var traits: SinkTraits { SinkTraits(placement: .positioned, isRemote: false) }
    func validate(name: String) throws {}
    func prepare() throws {}

    func serve(_ feed: any StepFeed, slots: Int) {
        while case .step(let step) = feed.next(waker: nil, held: 0) {
            let count = step.body.count
            feed.finish(step, .confirmed(StepOutcome(bytesSent: count)))
        }
    }
}
