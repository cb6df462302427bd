/// What a bench found out: what `--json` writes, and what table and page are made from.
package struct BenchReport: Codable, Sendable, Equatable {
    /// The form of the document. A reader of version 1 understands everything that calls itself so.
    package static let currentSchema = "sluice-bench/1"

    package var schema = BenchReport.currentSchema
    /// The program's version.
    package var version: String
    /// RFC 3339, UTC.
    package var startedAt: String
    package var secondsAsked: Double
    package var secondsTaken: Double
    package var machine: MachineDescription
    package var sample: SampleDescription
    /// The ends that were measured, as they were written; absent where none was given.
    package var source: String?
    package var sink: String?
    package var measurements: [Measurement]
    /// What the machine allows with each codec, by its processors and the source.
    package var allowances: [CodecAllowance]
    /// What the stages of the copy did: of the first codec that was asked for, or none.
    package var stages: [StageShare]
    /// The share of the processors' time that this copy had; absent where nothing was copied.
    package var processorShare: Double?
    /// What follows from the figures, a sentence each.
    package var findings: [String]
    /// The copy with the settings that were found best.
    package var commandLine: String?

    /// The first measurement of this id.
    package func measurement(_ id: String) -> Measurement? { measurements.first { $0.id == id } }

    package func measurements(of group: Figure.Group) -> [Measurement] { measurements.filter { $0.group == group } }
}

/// The data that codecs and digests worked on.
package struct SampleDescription: Codable, Sendable, Equatable {
    /// Where they are from, as a clause: `generated rows of a CSV file`.
    package var origin: String
    package var isGenerated: Bool
    package var bytes: Int
}

/// How the time of one stage's workers was spent, in shares of 1.
package struct StageShare: Codable, Sendable, Equatable {
    package var name: String
    package var busy: Double
    package var waitingForInput: Double
    package var waitingForOutput: Double
    package var bytesIn: Int
    package var bytesOut: Int
    /// The stages' seconds, added up over their workers.
    package var seconds: Double

    package init(
        name: String,
        busy: Double,
        waitingForInput: Double,
        waitingForOutput: Double,
        bytesIn: Int,
        bytesOut: Int,
        seconds: Double
    ) {
        self.name = name
        self.busy = busy
        self.waitingForInput = waitingForInput
        self.waitingForOutput = waitingForOutput
        self.bytesIn = bytesIn
        self.bytesOut = bytesOut
        self.seconds = seconds
    }
}

/// The rate that the machine allows for a copy with one codec.
package struct CodecAllowance: Codable, Sendable, Equatable {
    /// What bounds the rate.
    package enum Limit: String, Codable, Sendable {
        case processors, compression, source, line
    }

    /// On a line of so many bits a second.
    package struct OnLine: Codable, Sendable, Equatable {
        package var bitsPerSecond: Double
        package var rate: Double
        package var limit: Limit
    }

    /// As the command line writes it; `none` for none.
    package var codec: String
    /// Bytes before compression for each byte behind it; 1 without.
    package var ratio: Double
    /// Bytes of the source a second, where the line is no limit.
    package var rate: Double
    /// What of that is sent, in bytes a second.
    package var wireRate: Double
    package var limit: Limit
    /// The share of the processors' time that goes into compression.
    package var compressionShare: Double
    /// Processor time for a gibibyte of the source.
    package var secondsPerGibibyte: Double
    package var onLines: [OnLine]
}
