internal import SluiceCore

/// What a driver must be told, and how its database renders values exactly: data, not code.
package struct DriverProfile: Sendable, Hashable {
    /// The section's name in the file of profiles.
    package var name = "generic"
    /// Parts of driver names, in lower case, that it is for.
    var drivers: [String] = []
    /// What the connection string gets where it doesn't say otherwise.
    var options: [(key: String, value: String)] = []
    /// Statements at the beginning of each session.
    var onConnect: [String] = []
    /// Whether a value that was longer than its buffer can be read again by its row and column.
    var rereadsCells = false
    /// The driver's attribute of a connection by which it is told how many rows to ask for at a time, and hold.
    var fetchAttribute: Int?
    /// Whether a column's type is only what its table says, and any row may hold something else.
    var typesAreClaims = false
    /// Expressions by the database's name of a type: what is selected instead of a column of it; `*` stands
    /// for types that have none. `{column}` is the column's quoted name.
    var expressions: [String: String] = [:]
    /// The database's own numbers of errors that mean that the connection has gone.
    var lostConnection: Set<Int> = []
    /// How a table is divided.
    var division = DivisionProfile()
    /// How rows are made texts by the database.
    var packing = PackingProfile()
    /// How several connections come to see one state of the database.
    var snapshot = SnapshotProfile()
    /// How rows are written.
    var writing = WritingProfile()

    package static func == (left: Self, right: Self) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// The profiles that there are: the user's before those that Sluice brings.
package struct DriverProfiles: Sendable {
    private var profiles: [DriverProfile]

    /// - Parameter own: the text of the user's file, if there is one.
    package init(own: String? = nil) throws(ODBCError) {
        let known = try DriverProfiles.parse(DriverProfiles.known)
        profiles =
            try own.map { text throws(ODBCError) in try DriverProfiles.parse(text, like: known) + known } ?? known
    }

    /// The profile of a driver, which is a library (`psqlodbcw.so`) or a name (`PostgreSQL Unicode`).
    func profile(forDriver driver: String) -> DriverProfile {
        let driver = driver.lowercased()
        return profiles.first { $0.drivers.contains { driver.contains($0) } } ?? DriverProfile()
    }

    /// Reads sections of `KEY = VALUE`, as odbcinst.ini has them; `;` and `#` begin comments.
    ///
    /// - Parameter known: profiles that a section can begin with, by `like = NAME`.
    static func parse(_ text: String, like known: [DriverProfile] = []) throws(ODBCError) -> [DriverProfile] {
        var found: [DriverProfile] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let line = line.trimmed
            guard let first = line.first, first != ";", first != "#" else { continue }
            if first == "[", line.last == "]" {
                found.append(DriverProfile())
                found[found.count - 1].name = String(line.dropFirst().dropLast())
                continue
            }
            guard let sign = line.firstIndex(of: "="), !found.isEmpty else {
                throw malformed(number, "\"\(line)\" is neither [SECTION] nor KEY = VALUE")
            }
            let key = line[..<sign].trimmed
            let value = line[sign...].dropFirst().trimmed
            if key == "like" {
                guard var like = known.first(where: { $0.name == value }) else {
                    throw malformed(number, "there is no profile \"\(value)\"")
                }
                like.name = found[found.count - 1].name
                like.drivers = found[found.count - 1].drivers
                found[found.count - 1] = like
                continue
            }
            guard found[found.count - 1].set(key, value) else {
                throw malformed(number, "there is no key \"\(key)\"")
            }
        }
        return found
    }

    private static func malformed(_ number: Int, _ cause: String) -> ODBCError {
        ODBCError(
            .usage,
            "line \(number + 1) of the driver profiles can't be read",
            cause: cause,
            advice: "See the README's section on databases"
        )
    }
}

extension DriverProfile {
    /// False for a key that there isn't.
    fileprivate mutating func set(_ key: String, _ value: String) -> Bool {
        switch key {
        case "drivers": drivers = value.split(separator: ",").map { $0.trimmed.lowercased() }
        case "on-connect": onConnect.append(value)
        case "rereads-cells": rereadsCells = value == "yes"
        case "types-are-claims": typesAreClaims = value == "yes"
        case "lost-connection": lostConnection = Set(value.split(separator: ",").compactMap { Int($0.trimmed) })
        case "block-mark": division.blockMark = Template(text: value)
        case "blocks-moved": division.blocksMoved = Template(text: value)
        case "estimate": division.estimate = Template(text: value)
        case "slice-key": division.sliceKey = Template(text: value)
        case "slice-bound": division.sliceBound = Template(text: value)
        case "sample": division.sample = Template(text: value)
        case "sample-table": division.tableSample = Template(text: value)
        case "orders-as-it-compares": division.ordersAsItCompares = value == "yes"
        case "blocks": division.blocks = Template(text: value)
        case "block-from": division.fromBlock = Template(text: value)
        case "block-to": division.toBlock = Template(text: value)
        case "snapshot-by-transaction": snapshot.isByTransaction = value == "yes"
        case "snapshot-begin": snapshot.begin.append(value)
        case "snapshot-export": snapshot.export = value
        case "snapshot-import": snapshot.adopt = Template(text: value)
        case "snapshot-hold": snapshot.hold.append(value)
        case "snapshot-release": snapshot.release.append(value)
        case "pack-row": packing.row = Template(text: value)
        case "pack-where": packing.condition = Template(text: value)
        case "pack-blocks": packing.blocks = Template(text: value)
        case "pack-blocks-where": packing.blocksCondition = Template(text: value)
        case "fetch-attribute": fetchAttribute = Int(value)
        case _ where key.hasPrefix("pack."): packing.cells[String(key.dropFirst(5))] = Template(text: value)
        case _ where key.hasPrefix("hash."): division.hashes[String(key.dropFirst(5))] = Template(text: value)
        case _ where key.hasPrefix("literal."): division.literals[String(key.dropFirst(8))] = Template(text: value)
        case _ where key.hasPrefix("option."):
            let name = String(key.dropFirst(7))
            options.removeAll { $0.key == name }
            options.append((name, value))
        case _ where key.hasPrefix("read."): expressions[String(key.dropFirst(5)).lowercased()] = value
        default: return writing.set(key, value)
        }
        return true
    }
}
