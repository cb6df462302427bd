internal import SluiceEngine

/// The log of a Delete activity as ADF keeps it: a line of text for each file, and each folder that was empty then.
enum DeletionLog {
    static let head = "Name,Category,Status,Error"

    static func line(_ removal: ObjectDeletion.Removal) -> [UInt8] {
        let category = removal.isFolder ? "Folder" : "File"
        let ending = removal.failure.map { "Failed,\(quoted($0.description))" } ?? "Deleted,"
        return Array("\(quoted(removal.name)),\(category),\(ending)\n".utf8)
    }

    private static func quoted(_ text: String) -> String { "\"" + text.replacing("\"", with: "\"\"") + "\"" }
}
