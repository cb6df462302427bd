internal import SluiceCore

/// One of the AWS tools' shared files: sections of settings.
///
/// Source: AWS SDKs and Tools Reference Guide, "Using shared config and credentials files" and "Service-specific
/// endpoints". A setting inside another (`s3 =`, then `endpoint_url = …` indented) is kept as `s3.endpoint_url`.
struct ProfileFile: Sendable {
    /// Settings by section, as it is written between the brackets: `default`, `profile work`, `services local`.
    private(set) var sections: [String: [String: Secret]] = [:]

    /// No settings.
    init() {}

    /// - Throws: `CredentialError` that names the line, and never quotes it: it may hold a key.
    init(_ bytes: [UInt8], path: String) throws(CredentialError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CredentialError("reading \(path) failed", cause: "it is not UTF-8")
        }
        var section: String?
        var parent = ""
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let content = ProfileFile.withoutComment(line)
            guard !content.isEmpty else { continue }
            if content.hasPrefix("[") {
                guard let name = ProfileFile.sectionName(content) else {
                    throw ProfileFile.malformed(path, index)
                }
                section = name
                sections[name, default: [:]] = sections[name] ?? [:]
                parent = ""
                continue
            }
            guard let section, let (key, value) = ProfileFile.setting(content) else {
                throw ProfileFile.malformed(path, index)
            }
            let isNested = line.first?.isWhitespace == true && !parent.isEmpty
            sections[section, default: [:]][isNested ? "\(parent).\(key)" : key] = Secret(value)
            if !isNested { parent = value.isEmpty ? key : "" }
        }
    }

    /// A setting that is there and not empty.
    func value(_ key: String, in section: String) -> String? {
        guard let text = sections[section]?[key]?.value, !text.isEmpty else { return nil }
        return text
    }

    private static func malformed(_ path: String, _ index: Int) -> CredentialError {
        CredentialError(
            "line \(index + 1) of \(path) is neither a [section] nor a setting (name = value) in one",
            advice: "Mend the line; `aws configure list-profiles` shows what other tools make of the file"
        )
    }

    /// A line without the comment that starts it, or that follows white space in it.
    private static func withoutComment(_ line: Substring) -> String {
        var previous: Character = " "
        for index in line.indices {
            let character = line[index]
            if character == "#" || character == ";", previous == " " || previous == "\t" {
                return line[..<index].trimmed
            }
            previous = character
        }
        return line.trimmed
    }

    private static func sectionName(_ content: String) -> String? {
        guard content.hasSuffix("]") else { return nil }
        let words = content.dropFirst().dropLast().split(whereSeparator: \.isWhitespace)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    private static func setting(_ content: String) -> (key: String, value: String)? {
        guard let equals = content.firstIndex(of: "=") else { return nil }
        let key = content[..<equals].trimmed.lowercased()
        guard !key.isEmpty else { return nil }
        return (key, content[content.index(after: equals)...].trimmed)
    }
}
