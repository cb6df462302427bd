/// A source that tells of one object without listing the others.
package protocol LookupSource: ObjectSource {
    /// The object of this name, relative to the location; blocks; from several threads at once.
    ///
    /// - Returns: nil where there is none.
    /// - Throws: a `Failure` when it can't be found out, or what stands there is no object.
    func find(_ name: String) throws -> SourceItem?
}
