internal import SluiceCore

/// The two ends of a copy, ready to be used.
struct CopyEndpoints: Sendable {
    var source: any ObjectSource
    var sink: any ObjectSink
    let naming: SinkNaming
    /// The sink's store as a source, for objects to be read back by their sink's names; nil where it isn't asked for.
    let readBack: (any LookupSource)?
    /// Whether the sink's service can copy the source's objects by itself.
    var copiesByService = false
    /// The source's store, for objects to be removed from; nil where they stay.
    var removable: (any RemovableSource)?
}
