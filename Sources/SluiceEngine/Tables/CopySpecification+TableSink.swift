internal import SluiceCore
internal import SluiceODBC
internal import SluiceStores

extension CopySpecification {
    /// Refuses what has no meaning for rows that go into a table.
    package func checkTableSink() throws(CopyError) {
        let others = [
            (codec != nil, "--compress"), (layout != .preserve, "--layout \(layout.rawValue)"),
            (overwrite != .always, "--overwrite \(overwrite.rawValue)"), (!preserved.isEmpty, "--preserve"),
            (verification == .readback, "--verify readback"), (deletesSource, "--delete-source"),
            (blockSize != nil, "--block-size"),
            (links == .copy, "--symlinks copy"),
        ]
        if let other = others.first(where: \.0)?.1 {
            throw CopyError(.usage, "\(other) has no meaning for rows that go into a table", advice: "Leave it out")
        }
        guard tableSink.table != nil else {
            throw CopyError.manyTables(advice: "Name the one that rows go into with --table")
        }
        if case .odbc = source, table.query == nil {
            throw CopyError.manyTables(advice: "Name the one to read with --table or --query")
        }
        if source == sink, let name = tableSink.table, table.query == .table(name) {
            throw CopyError(.usage, "table \(name) is both source and sink", advice: "Choose another table for the copy")
        }
    }
}
