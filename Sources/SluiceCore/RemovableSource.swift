/// A source from which objects can be removed.
package protocol RemovableSource: ObjectSource {
    /// Removes the object if it is still of the version that `item` says; blocks; from several threads at once. One that
    /// is not there any more is no error.
    ///
    /// - Throws: a `Failure` of kind `.sourceChanged` when another version stands there, and what the store says.
    func remove(_ item: SourceItem) throws
}
