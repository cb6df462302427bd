internal import SluiceCore

extension SinkStep {
    /// What a step does, as the start of an error's sentence: `putting block 3 of "a.csv" into s3://bucket`.
    borrowing func doing(at place: String) -> String {
        let name = "\"\(upload.name)\""
        return switch action {
        case .whole, .stream: "putting \(name) into \(place)"
        case .begin: "starting the upload of \(name) to \(place)"
        case .block(let ordinal, _): "putting block \(ordinal) of \(name) into \(place)"
        case .commit(let receipts): "committing \(name) of \(receipts.count) blocks in \(place)"
        case .abort: "giving up the upload of \(name) to \(place)"
        }
    }

    /// Words that matter when a condition fails, or an upload is gone, on a step that was tried before.
    var mayHaveSucceededBefore: String? {
        attempt > 0 && (upload.condition != .none || action.isCommit)
            ? "An earlier attempt may have succeeded although its answer was lost: compare what stands there" : nil
    }
}
