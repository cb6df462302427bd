internal import SluiceCore
internal import SluiceEngine
internal import SluiceJobs
internal import SluiceStores

/// What every activity of a job is carried out with.
struct JobSettings: Sendable {
    /// The document's file, as it was named.
    let job: String
    /// How all stores are reached; documents name their addresses.
    let connection: ConnectionOptions
    /// Bound on everything buffered, by one copy.
    private(set) var memory: ByteCount
    let environment: [String: String]
    /// The job's run.
    let run: JobRun
    /// Whether copies take only what has come since the last time.
    let isIncremental: Bool

    /// What runs the activities: this machine.
    let runtime: String

    /// With what each of several copies has of it.
    func sharing(_ width: JobWidth) -> JobSettings {
        var settings = self
        settings.memory = ByteCount(memory.rawValue / width.copies)
        return settings
    }

    /// How a store of a plan is reached.
    func connection(to store: StorePlan) -> ConnectionOptions {
        var options = connection
        options.endpoint = store.endpoint
        options.headers = store.headers.map { .init($0.name, Secret($0.value)) }
        if case .headers(let headers) = store.credential {
            // Authorization has a way of its own, by which it is sent to nobody else.
            options.headers += headers.filter { $0.key.lowercased() != "authorization" }
                .sorted { $0.key < $1.key }.map { .init($0.key, Secret($0.value.text)) }
        }
        return options
    }
}

/// A document that is sound, and asks for what this version can't do with what it is given.
struct UnsupportedPlan: Failure, Equatable {
    let what: String
    let advice: String?
    var cause: String? { nil }
    var kind: FailureKind { .usage }

    /// - Parameter property: its name, or those of two that exclude each other.
    init(_ property: String, _ reason: String, advice: String? = nil) {
        what = "\"\(property)\" can't be carried out: \(reason)"
        self.advice = advice
    }

    private init(what: String, advice: String?) {
        self.what = what
        self.advice = advice
    }

    /// The same, with the activity's name in front.
    func of(_ activity: String) -> UnsupportedPlan {
        UnsupportedPlan(what: "\(activity.printable): \(what)", advice: advice)
    }
}
