internal import SluiceCore

/// A plan in words, a line a fact, as `run --dry-run` prints it. No secret is in it.
package struct PlanWords: Sendable {
    /// Without line ends; what belongs to the line before is set in by two spaces.
    package let lines: [String]

    package init(_ plan: ActivityPlan) {
        var lines: [String]
        switch plan.work {
        case _ where plan.policy.concealsInput: lines = ["what it is given is not shown"]
        case .copy(let copy): lines = PlanWords.lines(copy)
        case .script(let script): lines = PlanWords.lines(script)
        case .delete(let delete): lines = PlanWords.lines(delete)
        case .forEach(let each):
            let width = each.width == 1 ? "one after another" : "\(each.width) at a time"
            lines = ["for each of \(each.items.count) items, \(width)"]
        }
        let policy = plan.policy
        if policy.retries > 0 {
            lines.append("tried again \(policy.retries) times at most, \(PlanWords.words(policy.interval)) apart")
        }
        lines.append("given up after \(PlanWords.words(policy.timeout))")
        if policy.concealsOutput { lines.append("what it puts out is not shown") }
        self.lines = ["\(plan.name):"] + lines.map { "  " + $0 }
    }

    // MARK: Copies

    private static func lines(_ plan: CopyPlan) -> [String] {
        var lines: [String] = []
        switch plan.source {
        case .objects(let source): lines += self.lines(source, "copies")
        case .table(let source): lines += self.lines(source)
        }
        switch plan.sink {
        case .objects(let sink): lines += self.lines(sink)
        case .table(let sink): lines += self.lines(sink)
        }
        if let staging = plan.staging {
            lines.append("by way of \(words(staging.store))" + (staging.compresses ? ", compressed" : ""))
            if let statement = staging.loadStatement {
                lines.append("  from where the database fetches it: \(oneLine(statement))")
            }
        }
        if case .explicit(let pairs) = plan.mapping {
            lines.append("columns: " + pairs.map { "\($0.source) → \($0.sink)" }.joined(separator: ", "))
        }
        if plan.allowsTruncation { lines.append("values may lose what does not fit") }
        if plan.takesBooleansAsNumbers { lines.append("true is 1 where a number is wanted") }
        for column in plan.additions { lines.append("with the column \(column.name) = \(column.value)") }
        if let connections = plan.connections { lines.append("over \(connections) connections at most") }
        if plan.readsBack { lines.append("everything is read back and compared") }
        if !plan.preserved.isEmpty {
            lines.append(
                "keeps "
                    + CopyPlan.Preserved.allCases.filter(plan.preserved.contains).map(\.rawValue).joined(
                        separator: ", "
                    )
            )
        }
        return lines + self.lines(plan.tolerance) + self.lines(plan.log) + plan.notes
    }

    private static func lines(_ source: ObjectSourcePlan, _ verb: String) -> [String] {
        var lines = ["\(verb) \(words(source.store)), \(words(source.format))"]
        let selection = source.selection
        if !selection.includes.isEmpty {
            lines.append("  what matches " + selection.includes.joined(separator: " or "))
        }
        if let from = selection.modifiedFrom { lines.append("  changed at \(from.rfc3339) or later") }
        if let before = selection.modifiedBefore { lines.append("  changed before \(before.rfc3339)") }
        if !selection.recursive { lines.append("  nothing in folders below") }
        if let list = selection.filesFrom { lines.append("  what \(list) names") }
        if let columns = source.folderColumns {
            let below = columns.below.isEmpty ? "it" : columns.below
            lines.append("  folders such as year=2026 below \(below) become columns")
            for column in columns.fixed { lines.append("  with the column \(column.name) = \(column.value)") }
        }
        if let timeout = source.requestTimeout {
            lines.append("  where a request that gets nothing for \(words(timeout)) is made again")
        }
        if source.deletesAfterCopy { lines.append("  each is removed there once the sink has confirmed it") }
        return lines
    }

    private static func lines(_ source: TableSourcePlan) -> [String] {
        let what =
            switch source.rows {
            case .table(let name): "the table \(name)"
            case .query(let sql): "the rows of \"\(oneLine(sql))\""
            }
        var lines = ["copies \(what) of \(words(source.store))"]
        if let column = source.watermarkColumn {
            lines.append("  with --incremental those whose \(column) is above what was the highest the last time")
        }
        let count = source.partitionCount.map { "\($0) partitions" } ?? "partitions"
        switch source.partitions {
        case .physical: lines.append("  in \(count) as the database has them")
        case .ranges(let column): lines.append("  in \(count) by ranges of \(column)")
        case nil: break
        }
        return lines
    }

    private static func lines(_ sink: ObjectSinkPlan) -> [String] {
        var lines = ["to \(words(sink.store)), \(words(sink.format))"]
        switch sink.layout {
        case .preserve: break
        case .flatten: lines.append("  without folders")
        case .merge: lines.append("  as one object")
        }
        if let size = sink.blockSize { lines.append("  in blocks of \(size)") }
        if let rows = sink.mostRowsPerFile { lines.append("  \(rows) rows a file at most") }
        if let timeout = sink.requestTimeout {
            lines.append("  where a request that gets nothing for \(words(timeout)) is made again")
        }
        if !sink.metadata.isEmpty {
            lines.append("  with " + sink.metadata.map { "\($0.name) = \($0.value)" }.joined(separator: ", "))
        }
        return lines
    }

    private static func lines(_ sink: TableSinkPlan) -> [String] {
        var lines = ["to the table \(sink.table) of \(words(sink.store))"]
        for statement in sink.before { lines.append("  before the first row: \(oneLine(statement))") }
        if sink.createsTable { lines.append("  which is made where there is none") }
        if !sink.keys.isEmpty {
            lines.append("  where a row replaces the one with its \(sink.keys.joined(separator: ", "))")
        }
        if let rows = sink.batchRows { lines.append("  \(rows) rows a transaction") }
        return lines
    }

    private static func lines(_ plan: TolerancePlan) -> [String] {
        var kinds: [String] = []
        if plan.skipsMissing { kinds.append("vanish") }
        if plan.skipsForbidden { kinds.append("may not be read") }
        if plan.skipsInconsistent { kinds.append("differ at the sink") }
        if plan.skipsInvalidNames { kinds.append("have names that the sink can't hold") }
        var lines = kinds.isEmpty ? [] : ["skips files that " + kinds.joined(separator: ", or ")]
        if plan.skipsBadRows {
            lines.append("skips bad rows" + (plan.badRows.map { ", and keeps them in \(words($0))" } ?? ""))
        }
        return lines
    }

    private static func lines(_ log: LogPlan?) -> [String] {
        guard let log else { return [] }
        let what = log.tellsAll ? "each file" : "what is skipped"
        return ["tells \(what) in a log in \(words(log.store))" + (log.isReliable ? ", before it goes on" : "")]
    }

    // MARK: Others

    private static func lines(_ plan: ScriptPlan) -> [String] {
        ["in \(words(plan.store)):"]
            + plan.blocks.map { "  " + ($0.isQuery ? "puts out " : "runs ") + oneLine($0.text) }
    }

    private static func lines(_ plan: DeletePlan) -> [String] {
        lines(plan.source, "deletes") + (plan.log.map { ["tells what was deleted in a log in \(words($0))"] } ?? [])
    }

    // MARK: Words

    private static func words(_ store: StorePlan) -> String {
        store.location.description + (store.endpoint.map { " at \($0)" } ?? "") + " (\(store.service))"
    }

    private static func words(_ format: FormatPlan) -> String {
        let what =
            switch format.kind {
            case .binary: "as it is"
            case .delimited(let text):
                "delimited text" + (text.hasHeader ? " with a header" : "") + (text.encoding.map { " in \($0)" } ?? "")
            case .json(_, let isArray): isArray ? "JSON, one array" : "JSON"
            case .parquet: "Parquet"
            }
        return what + (format.codec.map { ", \($0)" } ?? "")
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ").shown
    }

    private static func words(_ duration: Duration) -> String {
        let seconds = duration.components.seconds
        if seconds % 3600 == 0, seconds > 0 { return "\(seconds / 3600) h" }
        return seconds % 60 == 0 && seconds > 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }
}
