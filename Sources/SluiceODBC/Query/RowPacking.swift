internal import SluiceTables

/// The statement by which a database makes one text of each row, or of many, and what is made of their cells here.
struct RowPacking: Sendable {
    /// Whether a text is that of many rows.
    let isByBlocks: Bool
    let cells: [PackedCell]
    private let profile: PackingProfile
    private let relation: String
    private let row: String

    /// - Parameters:
    ///   - names: of the columns, quoted.
    ///   - isByBlocks: whether many rows can come at a time.
    /// - Returns: nil where the database has no way to do it, or not for some column.
    init?(
        _ profile: PackingProfile,
        _ relation: String,
        names: [String],
        types: [String],
        _ bindings: [CellBinding],
        isByBlocks: Bool
    ) {
        guard let template = profile.row, Set(names).count == names.count, names.count <= RowPacking.mostColumns else {
            return nil
        }
        var expressions: [String] = []
        var cells: [PackedCell] = []
        for ((name, type), binding) in zip(zip(names, types), bindings) {
            let own = profile.cells[type]
            guard own != nil || binding.kind == .text else { return nil }
            expressions.append(own?.filled(["column": name]) ?? name)
            cells.append(PackedCell(binding))
        }
        // The parentheses are cells of their own, so that a line is a row.
        row = template.filled(["cells": (["null"] + expressions + ["null"]).joined(separator: ", ")])
        self.cells = cells
        self.profile = profile
        self.relation = relation
        self.isByBlocks = isByBlocks && profile.blocks != nil
    }

    /// PostgreSQL's, of a row's expressions.
    private static let mostColumns = 1600

    /// How the texts are to be read.
    static let format: DelimitedFormat = {
        var format = DelimitedFormat()
        format.escape = UInt8(ascii: "\\")
        format.hasHeader = false
        return format
    }()

    /// The columns of a line.
    var columns: [Column] {
        let parenthesis = Column("", .text(length: nil))
        return [parenthesis] + cells.map { Column($0.column.name, .text(length: nil)) } + [parenthesis]
    }

    /// The statement for rows of which `condition` is true; for all of them without one.
    func sql(where condition: String?) -> String {
        guard isByBlocks, let blocks = profile.blocks else {
            return "select \(row) from \(relation)\(condition.map { " where \($0)" } ?? "")"
        }
        return blocks.filled([
            "row": row, "relation": relation, "relation-text": TableQuery.text(relation),
            "blocks": String(PackingProfile.blocksAtATime),
            "condition": condition ?? "true",
        ])
    }
}

/// What becomes of the text that a column's value is in a row's.
struct PackedCell: Sendable {
    enum Manner: Sendable {
        case asItIs
        case canonical(CanonicalCell)
        case bytes
        case real(bits: Int)
    }

    /// As it is without packing.
    let column: Column
    let manner: Manner

    init(_ binding: CellBinding) {
        column = binding.column
        manner =
            switch binding.kind {
            case .text: CanonicalCell(binding.column.type).map { .canonical($0) } ?? .asItIs
            case .bytes: .bytes
            case .double: .real(bits: 64)
            case .float: .real(bits: 32)
            }
    }
}
