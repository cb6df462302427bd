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
        return naming(in: target, isSingle: isSingle).name(for: item)
    }

    /// The names that objects get in the sink.
    /// - Parameter isSingle: whether the source is one object.
    func naming(in target: StoreTarget, isSingle: Bool) -> SinkNaming {
        SinkNaming(
            target: target.name,
            isFolder: target.isFolder,
            isSingle: isSingle,
            suffix: codec?.suffix ?? "",
            isFlat: layout == .flatten
        )
    }
}
