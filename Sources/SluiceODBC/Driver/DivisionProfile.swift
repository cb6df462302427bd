/// How a database is asked for what divides a table: statements with names in braces for what they are about.
///
/// `{relation}` is the table or the query as it stands behind FROM, `{relation-text}` the same as a text in quotes,
/// `{column}` the column's quoted name, `{statement}` a whole SELECT, `{fraction}` a number up to 1, `{percent}` a hundred
/// times that.
struct DivisionProfile: Sendable {
    /// Tells about how many rows a statement gives: in a column called `rows`, behind `rows=`, or as the first value.
    var estimate: Template?
    /// Gives `{literal}` of about that fraction of all rows, in the order of the column.
    var sample: Template?
    /// The same, where there is a faster way, for what has `blocks`.
    var tableSample: Template?
    /// Expressions by kind (`number`, `time`, `text`, or `*`) that give a value of `{column}` as it stands in a statement.
    var literals: [String: Template] = [:]
    /// Whether ORDER BY has the order of `<`, however long the values are.
    var ordersAsItCompares = false
    /// Conditions by kind (`integer`, or `*` for all others) that are true of the rows in hash partition `{part}` of `{parts}`,
    /// from 0 on, by the value of `{column}`, and of each value in one of them.
    var hashes: [String: Template] = [:]
    /// Gives the name of the first column of a table's primary key as `column_name`; only where the driver holds the whole
    /// result of a statement, so that tables are to be read in slices.
    var sliceKey: Template?
    /// Gives `{literal}` of the row behind `{rows}` others of which `{condition}` is true, in the order of `{column}`.
    var sliceBound: Template?
    /// Gives the number of a table's blocks, and nothing for what has none.
    var blocks: Template?
    /// What is true of rows in block number `{block}` and behind it.
    var fromBlock: Template?
    /// What is true of rows in front of block number `{block}`.
    var toBlock: Template?
    /// Gives a text that says when this is.
    var blockMark: Template?
    /// Gives a row where some rows may lie in other blocks than they did at `{mark}`.
    var blocksMoved: Template?
}

/// How several connections come to see one state of the database: by a snapshot that one of them exports, or by
/// beginning while a connection of its own holds all changes up.
struct SnapshotProfile: Sendable {
    /// Whether the driver begins the transaction.
    var isByTransaction = false
    /// The first statements of a connection's transaction.
    var begin: [String] = []
    /// Gives the name of the transaction's snapshot.
    var export: String?
    /// Takes the snapshot that is called `{snapshot}`, before any other statement of a transaction.
    var adopt: Template?
    /// Holds changes up, and lets them go.
    var hold: [String] = []
    var release: [String] = []
}
