/// What is measured, without its values.
package struct Figure: Sendable, Equatable {
    /// Which part of the report it belongs to.
    package enum Group: String, Codable, Sendable, CaseIterable {
        case memory, disk, codec, digest, tls, loopback, source, sink, copy, connections, blockSize
    }

    /// What its values count.
    package enum Unit: String, Codable, Sendable {
        case bytesPerSecond = "bytes/s"
        case objectsPerSecond = "objects/s"
        /// Processor time, user and system, for a gibibyte.
        case secondsPerGibibyte = "cpu-s/GiB"

        /// Whether a larger value is the better one.
        package var isRate: Bool { self != .secondsPerGibibyte }
    }

    /// The same in every report, so that reports can be compared.
    package var id: String
    package var group: Group
    package var label: String
    package var unit = Unit.bytesPerSecond
    /// Bytes before compression for each byte behind it.
    package var ratio: Double?
    /// Threads or connections that worked at a time.
    package var workers: Int?
    /// The value of the setting that was tried: connections, or bytes of a block.
    package var setting: Int?
    /// What the figure does not say by itself.
    package var note: String?

    package init(_ id: String, _ group: Group, _ label: String, unit: Unit = .bytesPerSecond) {
        self.id = id
        self.group = group
        self.label = label
        self.unit = unit
    }
}

/// A figure and its values, one a round.
package struct Measurement: Codable, Sendable, Equatable {
    package var id: String
    package var group: Figure.Group
    package var label: String
    package var unit: Figure.Unit
    package var median: Double
    package var min: Double
    package var max: Double
    package var rounds: Int
    /// In the order of the rounds.
    package var values: [Double]
    package var ratio: Double?
    package var workers: Int?
    package var setting: Int?
    package var note: String?

    /// - Precondition: there is a value.
    package init(_ figure: Figure, values: [Double]) {
        precondition(!values.isEmpty, "a measurement has a round")
        let sorted = values.sorted()
        id = figure.id
        group = figure.group
        label = figure.label
        unit = figure.unit
        median = Measurement.median(sorted)
        min = sorted[0]
        max = sorted[sorted.count - 1]
        rounds = values.count
        self.values = values
        ratio = figure.ratio
        workers = figure.workers
        setting = figure.setting
        note = figure.note
    }

    /// How far the values lie apart, as a share of the median.
    package var spread: Double { median > 0 ? (max - min) / median : 0 }

    private static func median(_ sorted: [Double]) -> Double {
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
