/// What later attempts have to know of a table that is cut into files: how it is divided, and how far each partition is.
struct KeptCut: Equatable, Sendable {
    struct Partition: Equatable, Sendable {
        /// Readings that have begun.
        var reading = 0
        /// The most files that any of them has begun.
        var begun = 0
        /// Files of the last one, all of which have been copied; nil where they haven't.
        var files: Int?
    }

    /// By ordinals from 0 on.
    var partitions: [Partition] = []
    /// As the table keeps it.
    var division: [UInt8]?

    init() {}

    /// Nil for what is none.
    init?(_ bytes: [UInt8]) {
        guard let end = bytes.firstIndex(of: 0) else { return nil }
        for text in String(decoding: bytes[..<end], as: UTF8.self).split(separator: ";") {
            let numbers = text.split(separator: ",").map { Int($0) }
            guard numbers.count == 3, let reading = numbers[0], let begun = numbers[1], let files = numbers[2] else {
                return nil
            }
            partitions.append(Partition(reading: reading, begun: begun, files: files < 0 ? nil : files))
        }
        division = Array(bytes[(end + 1)...])
    }

    var encoded: [UInt8] {
        let texts = partitions.map { "\($0.reading),\($0.begun),\($0.files ?? -1)" }
        return Array(texts.joined(separator: ";").utf8) + [0] + (division ?? [])
    }
}
