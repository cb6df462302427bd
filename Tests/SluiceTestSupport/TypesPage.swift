internal import FoundationEssentials

/// The tables of Sources/SluiceTables/TYPES.md, so that tests hold them against the code.
package enum TypesPage {
    /// The cells of the table below a heading, without what marks them as code.
    package static func table(_ heading: String) throws -> [[String]] {
        let root = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = try String(contentsOfFile: "/\(root)/Sources/SluiceTables/TYPES.md", encoding: .utf8)
        let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(of: "## \(heading)") else { return [] }
        let rows = lines[start...].dropFirst().prefix { !$0.hasPrefix("## ") }.filter { $0.hasPrefix("|") }
        return rows.dropFirst(2).map { line in
            line.split(separator: "|", omittingEmptySubsequences: false).dropFirst().dropLast().map { cell in
                var text = cell[...]
                while text.first == " " { text.removeFirst() }
                while text.last == " " { text.removeLast() }
                return String(text)
            }
        }
    }

    /// What stands between the first pair of code marks; nothing without one.
    package static func code(_ cell: String) -> String {
        let parts = cell.split(separator: "`", omittingEmptySubsequences: false)
        return parts.count >= 3 ? String(parts[1]) : ""
    }
}
