/// A run as whoever starts it tells the ledger: how to know it again, and all that is needed to do it again.
///
/// Everything in it is written to disk as it is, so none of it may hold a secret.
package struct RunRecord: Sendable, Hashable {
    /// The run's identifier, unlike any other's.
    package var identifier: String
    /// The subcommand: `copy`.
    package var command: String
    /// Where the data comes from and goes to, as the user wrote it.
    package var source: String
    package var sink: String
    /// What the run was asked to do, in a form that its writer reads again; the ledger doesn't look into it.
    package var specification: String
    /// A digest of whatever decides which bytes end up where: the same copy asked for again has the same one.
    package var fingerprint: [UInt8]
    /// The program's version.
    package var version: String

    package init(
        identifier: String,
        command: String,
        source: String,
        sink: String,
        specification: String,
        fingerprint: [UInt8],
        version: String
    ) {
        self.identifier = identifier
        self.command = command
        self.source = source
        self.sink = sink
        self.specification = specification
        self.fingerprint = fingerprint
        self.version = version
    }
}
