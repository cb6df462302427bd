package import SluiceCore

extension CopySpecification {
    /// The source, as a copy would read it.
    package func makeSource() throws -> any ObjectSource { try StoreFactory(self).source() }

    /// The sink, as a copy would write to it, and without being asked for anything yet.
    package func makeSink() throws -> any ObjectSink { try StoreFactory(self).sink(StoreTarget(sink)) }

    /// The name in the sink that a copy would give to `item`.
    /// - Parameter isSingle: whether the source is one object.
    package func sinkName(for item: SourceItem, isSingle: Bool) throws -> String {
        let target = try StoreTarget(sink)
        let suffix = codec?.suffix ?? ""
        let isFlat = layout == .flatten
        let naming = SinkNaming(
            target: target.name, isFolder: target.isFolder, isSingle: isSingle, suffix: suffix, isFlat: isFlat
        )
        return naming.name(for: item)
    }
}
