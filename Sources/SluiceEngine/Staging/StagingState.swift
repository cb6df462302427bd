internal import SluiceCore

/// An object that is whole in the staging store.
struct StagedObject: Sendable, Hashable {
    /// Below the run's folder.
    let name: String
    /// As they are stored.
    let bytes: Int
    /// Of the bytes as they are stored; nil where none was made.
    let checksum: Checksum?
    /// The store's own tag of it, where that was told.
    let entityTag: String?
    /// What it was made of: its name in the source, and the bytes that were read for it.
    var sourceName = ""
    var sourceBytes = 0
    /// Rows that were written into it; nil where it holds none, or where that was forgotten since.
    let rows: RowCount?
}

/// What lies between the two halves of a staged copy, and what comes to the second one next: a pure value.
///
/// An object is admitted before it is read, staged once the store has confirmed it, and gone when nothing of it is left.
struct StagingState: Sendable {
    /// What the second half hears of the first.
    enum Arrival: Sendable {
        case staged(StagedObject)
        /// An item that does not come: it failed, was skipped, or need not be copied.
        case ended(ItemRecord)
        /// Nothing more comes.
        case last((any Failure)?)
    }

    private let limit: Int?
    /// Bytes that objects on their way may take, by their names in the source.
    private var admitted: [String: Int] = [:]
    private var reserved = 0
    private var largest = 0
    /// Objects that are there, by their names below the run's folder.
    private(set) var present: [String: StagedObject] = [:]
    private(set) var bytes = 0
    /// Names of objects of which nobody knows whether they are there.
    private(set) var doubtful: Set<String> = []
    /// The most bytes that lay there at a time, and what was put there in all.
    private(set) var peak = 0
    private(set) var staged = (objects: 0, bytes: 0)
    private var arrivals: [Arrival] = []
    private var next = 0
    private var isEnded = false
    private(set) var isClosed = false

    /// - Parameter limit: bytes that may lie there at a time; nil for any number.
    init(limit: Int?) { self.limit = limit }

    /// Whether another object may be read. Where nobody knows how large it is, it is taken to be as large as the largest
    /// that came, and as a quarter of what there is room for until one has.
    mutating func admit(_ name: String, size: Int?) -> Bool {
        guard let limit else { return true }
        let wanted = size ?? (largest > 0 ? largest : limit / 4)
        guard bytes + reserved == 0 || bytes + reserved + wanted <= limit else { return false }
        release(name)
        admitted[name] = wanted
        reserved += wanted
        return true
    }

    private mutating func release(_ name: String) { reserved -= admitted.removeValue(forKey: name) ?? 0 }

    /// The store has the object that `name` has become.
    mutating func stage(_ object: StagedObject, of name: String) {
        release(name)
        largest = max(largest, object.bytes)
        bytes += object.bytes - (present[object.name]?.bytes ?? 0)
        peak = max(peak, bytes)
        present[object.name] = object
        staged.objects += 1
        staged.bytes += object.bytes
        arrivals.append(.staged(object))
    }

    /// An item has come to its end without being staged.
    ///
    /// - Parameter name: under which it may lie in the store all the same, where it failed: it was cut off.
    mutating func end(_ record: ItemRecord, leaving name: String? = nil) {
        release(record.name)
        if case .failed = record.outcome, let name { doubtful.insert(name) }
        arrivals.append(.ended(record))
    }

    /// Nothing of an object is left in the store.
    mutating func remove(_ name: String) {
        bytes -= present.removeValue(forKey: name)?.bytes ?? 0
    }

    /// The first half has ended; why, where it came to no good end.
    mutating func finish(_ failure: (any Failure)?) {
        guard !isEnded else { return }
        isEnded = true
        arrivals.append(.last(failure))
    }

    /// Nobody waits any longer: nothing is admitted, and nothing comes.
    mutating func close() { isClosed = true }

    /// What comes next; nil where nothing has come yet.
    mutating func take() -> Arrival? {
        if isClosed { return .last(Cancelled()) }
        guard next < arrivals.count else { return nil }
        let arrival = arrivals[next]
        if case .last = arrival { return arrival }
        next += 1
        // What was taken goes, now and then.
        if next >= 1024 {
            arrivals.removeFirst(next)
            next = 0
        }
        return arrival
    }
}
