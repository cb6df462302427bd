package import SluicePipeline

/// The meters of the four stages.
package struct StageMeters: Sendable {
    /// Not a stage of the data: what finds the objects.
    package let lister = StageMeter()
    package let reader = StageMeter()
    package let chunker = StageMeter()
    package let compressor = StageMeter()
    package let writer = StageMeter()

    package init() {}

    /// Name and sums of each stage, in the order of the flow.
    package var readings: [(name: String, reading: StageReading)] {
        [
            ("reader", reader.reading), ("chunker", chunker.reading), ("compressor", compressor.reading),
            ("writer", writer.reading),
        ]
    }
}
