internal import SluiceCore

/// Where a source begins, and which names below it are taken: what a dataset names, and ADF's wildcards and prefixes, which are
/// for the whole of a container.
struct FileNames: Hashable {
    /// The folder that is listed; nil for all there is.
    let folder: String?
    /// The one file; nil where several may be meant.
    let name: String?
    /// Patterns of names relative to the folder, as `--include` takes them.
    let patterns: [String]

    /// Whether names in folders below may match.
    var hasFolders: Bool { patterns.contains { $0.dropFirst().utf8.contains(UInt8(ascii: "/")) } }

    /// - Parameters:
    ///   - folder: the dataset's.
    ///   - name: the dataset's; the first version has wildcards in it.
    ///   - wildcardFolder: instead of the dataset's folder.
    ///   - wildcardName: in whichever folder it is.
    ///   - prefix: instead of all of these.
    init(
        folder: String?,
        name: String?,
        wildcardFolder: String?,
        wildcardName: String?,
        prefix: String?,
        isRecursive: Bool
    ) {
        if let prefix, !prefix.isEmpty, wildcardFolder == nil, wildcardName == nil {
            // What names begin with, up to the last slash, is a folder.
            let parts = prefix.pathParts
            let rest = FileNames.escaped(parts.last ?? "")
            self.folder = parts.count > 1 ? parts.dropLast().joined(separator: "/") : nil
            self.name = nil
            patterns = rest.isEmpty ? [] : ["/" + rest + (isRecursive ? "**" : "*")]
            return
        }
        let pattern = wildcardName ?? name.flatMap { FileNames.isPattern($0) ? $0 : nil }
        guard let wildcardFolder, FileNames.isPattern(wildcardFolder) else {
            self.folder = wildcardFolder ?? folder
            let single = wildcardName == nil && pattern == nil ? name : nil
            self.name = single?.isEmpty ?? true ? nil : single
            // Without a slash it is for the last part of names, at any depth.
            patterns = pattern.map { $0.isEmpty || $0 == "*" ? [] : [$0] } ?? []
            return
        }
        let parts = wildcardFolder.withoutSlashes.pathParts
        let literal = parts.prefix { !FileNames.isPattern($0) }
        self.folder = literal.isEmpty ? nil : literal.joined(separator: "/")
        self.name = nil
        let rest = parts.dropFirst(literal.count).joined(separator: "/")
        patterns = [rest + (isRecursive ? "/**/" : "/") + (pattern ?? "*")]
    }

    private static func isPattern(_ text: String) -> Bool { text.contains { $0 == "*" || $0 == "?" } }

    /// A text in which nothing stands for anything else.
    private static func escaped(_ text: String) -> String {
        String(text.flatMap { "*?^".contains($0) ? ["^", $0] : [$0] })
    }
}
