extension RowScanner.Problem {
    /// What is wrong with a row of a table that has so many columns, told of them by `name`.
    func clause(of columns: Int, _ name: (Int) -> String) -> String {
        switch self {
        case .textBehindQuote(let column): "\(name(column)) has text behind the quote that closes it"
        case .openQuote(let column): "\(name(column)) begins with a quote that is not closed"
        case .openEscape(let column): "\(name(column)) ends with an escape"
        case .width(let count): "the number of its values is \(count), that of the columns \(columns)"
        case .text(let column):
            "\(name(column)) holds bytes that are no UTF-8; name the text's encoding if it has another"
        }
    }

    func code(of columns: Int) -> BadRow.Code {
        switch self {
        case .textBehindQuote, .openQuote, .openEscape: .badQuote
        case .width(let count): count > columns ? .moreColumns : .fewerColumns
        case .text: .badText
        }
    }

    /// The same for these columns, by number and name.
    func message(_ columns: [Column]) -> String {
        clause(of: columns.count) { column in
            column < columns.count ? "column \(column + 1) (\(columns[column].name))" : "column \(column + 1)"
        }
    }
}
