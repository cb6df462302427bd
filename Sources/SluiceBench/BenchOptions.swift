package import SluiceCodecs
package import SluiceCore
package import SluiceEngine

/// What a bench is asked to do.
package struct BenchOptions: Sendable {
    /// Connections, credentials and memory of the copies that are measured; its locations count where they are given
    /// below.
    package var base: CopySpecification
    package var source: Location?
    package var sink: Location?
    /// The codecs that are measured on the sample.
    package var codecs: [CodecChoice] = BenchOptions.fastCodecs
    /// The codecs that copies are measured with, besides none.
    package var copyCodecs: [CodecChoice] = []
    /// How long the bench may take, about.
    package var time = Duration.seconds(45)
    /// Where the temporary file is made that the disk is measured by.
    package var temporaryDirectory = "/tmp"
    /// Words that belong to the command line of a copy besides those that the bench chooses: connection options, as
    /// they were given.
    package var commandWords: [String] = []
    /// The program's version, for the report.
    package var version = ""

    package init(base: CopySpecification) { self.base = base }

    /// All that are fast enough for a line of today, and gzip's usual level to compare with.
    package static let fastCodecs = ["gzip:1", "gzip:6", "zstd:1", "zstd:3", "lz4:1"].compactMap {
        try? CodecChoice(parsing: $0)
    }
}
