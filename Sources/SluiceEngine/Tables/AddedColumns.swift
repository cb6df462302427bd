internal import SluiceCore

/// Columns that rows of a file get beside its own: values that all have, and those that the names of its folders tell, as
/// `year=2026` does.
package struct AddedColumns: Sendable, Hashable {
    package struct Value: Sendable, Hashable {
        package let name: String
        /// `$$FILEPATH` stands for the file's name relative to the source.
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package var values: [Value] = []
    /// The folder, relative to the source, below which names of folders are columns; nil where none is.
    package var folders: String?

    package init() {}

    package var isEmpty: Bool { values.isEmpty && folders == nil }

    /// Those of the file of this name, relative to the source.
    func columns(of name: String) -> [(name: String, value: String)] {
        let fixed = values.map { ($0.name, $0.value.replacing("$$FILEPATH", with: name)) }
        guard let folders, let rest = folders.isEmpty ? name : name.remainder(after: folders.path(of: "")) else {
            return fixed
        }
        return fixed + rest.pathParts.dropLast().compactMap { AddedColumns.pair($0) }
    }

    /// The column that a folder's name tells; nil for other folders.
    package static func pair(_ folder: String) -> (name: String, value: String)? {
        guard let sign = folder.firstIndex(of: "="), sign != folder.startIndex else { return nil }
        return (String(folder[..<sign]), String(folder[folder.index(after: sign)...]))
    }
}
