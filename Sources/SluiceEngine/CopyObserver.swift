/// Hears what becomes of a copy's objects and rows while it goes on, from several threads: what keeps the log of a job's
/// activity.
package protocol CopyObserver: Sendable {
    /// An object has ended. The copy goes on with what its thread does next once this returns; it may block.
    func ended(_ record: ItemRecord)

    /// A row was skipped, and none behind it was looked at.
    func skipped(_ row: SkippedRow)
}
