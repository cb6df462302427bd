package import SluiceCore

/// A small table beside the one that rows go into, which says which objects are in it: an object's rows and its mark are
/// committed together, so that whoever goes on after a crash knows, whatever was lost on the way.
///
/// A mark is put first. Another session that is still at the same object holds it up until that has ended, and one that
/// has committed it refuses it.
package struct LoadMarks: Sendable {
    package let relation: String
    private let type: String

    /// - Parameters:
    ///   - table: the one that rows go into; the marks stand in its schema.
    ///   - run: of letters, digits and hyphens.
    package init(beside table: String, run: String, _ connection: Connection) {
        let name = "sluice_" + run.lowercased().replacing("-", with: "_")
        relation = TableQuery.table(table).sibling(name, connection.traits)
        type = connection.profile.writing.markType
    }

    /// All that there are; none where there is no table of them. Blocks.
    package static func all(beside table: String, run: String, _ connection: Connection) -> Set<String> {
        let marks = LoadMarks(beside: table, run: run, connection)
        // Whatever keeps them from being read keeps objects from being marked, which is told.
        let rows = try? connection.texts(of: "select object from \(marks.relation)", columns: 1)
        return Set((rows ?? []).compactMap { $0[0] })
    }

    /// Makes the table where there is none; blocks.
    package func make(_ connection: Connection) throws {
        do {
            try connection.run(
                "create table \(relation) (object \(type) not null primary key, copied bigint not null, skipped bigint not null)"
            )
        } catch {
            // It may be there since an earlier attempt: what counts is whether it can be asked.
            do { _ = try find("", connection) } catch _ { throw error }
        }
    }

    /// Removes the table; blocks.
    package func drop(_ connection: Connection) throws { try connection.run("drop table \(relation)") }

    /// Rows of an object that are in, and those that were skipped; nil where none of that name is.
    ///
    /// - Parameter object: 64 characters at most, hexadecimal.
    package func find(_ object: String, _ connection: Connection) throws -> RowCount? {
        let rows = try connection.texts(
            of: "select copied, skipped from \(relation) where object = '\(object)'",
            columns: 2
        )
        guard let row = rows.first, let copied = row[0].flatMap({ Int($0) }), let skipped = row[1].flatMap({ Int($0) })
        else { return nil }
        return RowCount(read: copied + skipped, copied: copied, skipped: skipped)
    }

    func insertion(of object: String) -> String {
        "insert into \(relation) (object, copied, skipped) values ('\(object)', 0, 0)"
    }

    func update(of object: String, _ rows: RowCount) -> String {
        "update \(relation) set copied = \(rows.copied), skipped = \(rows.skipped) where object = '\(object)'"
    }
}
