package import SluiceCore
package import SluiceStores

/// Where a copy lies between its source and its sink, and how.
package struct StagingOptions: Sendable {
    /// The folder in which each run has a folder of its own.
    package var location: Location
    /// The folder of the run in it.
    package var run = "run"
    package var connection = ConnectionOptions()
    /// Compresses what is staged; nil for nothing.
    package var codec: (any ChunkCodec)?
    /// Whether what is staged stays there.
    package var keeps = false
    /// Bytes that may lie there at a time, those on their way included; nil for any number. One object may be larger.
    package var limit: ByteCount?
    /// The statement by which the sink's database loads an object itself; nil where rows are read here and sent.
    package var statement: LoadStatement?

    package init(location: Location) { self.location = location }
}

extension StagingOptions {
    /// The run's folder.
    var folder: Location { location.asFolder.folder(run) }
}
