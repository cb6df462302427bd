/// Which state of a database the readers of a table's partitions see.
package enum TableSnapshot: String, Sendable, Hashable {
    /// That of one statement, which reads all rows.
    case statement
    /// One state, whatever is written meanwhile.
    case shared
    /// One of its own for each connection: what is written between their beginnings is in some partitions.
    case separate
    /// Nothing is known of it.
    case unknown
}
