/// How a database makes one text of a row, with names in braces for what it is made of: drivers take as long for each cell
/// as for a whole row.
struct PackingProfile: Sendable {
    /// An expression that gives the text of a row of `{cells}`: a parenthesis, the cells with commas between them, and a
    /// parenthesis. NULL is nothing at all; what is empty, or holds a comma, a parenthesis, a quote, a backslash or a space, is
    /// in quotes, within which quotes and backslashes are doubled.
    var row: Template?
    /// What is put there by the database's name of a type. Without an entry, text and all that the driver gives as text is
    /// `{column}`; bytes and floating-point numbers have to have one, by which bytes are hexadecimal digits.
    var cells: [String: Template] = [:]
    /// Gives a row where it pays for `{relation-text}`: a value as long as that of many cells is passed on as fast by itself.
    var condition: Template?
    /// A statement that gives many rows' texts at a time with line feeds between them: `{row}` for all rows of `{relation}` of
    /// which `{condition}` is true, `{blocks}` blocks at a time.
    var blocks: Template?
    /// Gives a row where `{relation-text}` can be read in that way, and values are short.
    var blocksCondition: Template?

    /// Blocks whose rows come as one text: 128 KiB in PostgreSQL.
    static let blocksAtATime = 16
    /// Such texts that the driver asks for at a time: 2 MiB, more than a line of 100 ms carries meanwhile at 20 MB/s.
    static let textsAtATime = 16
}
