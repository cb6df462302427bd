internal import SluiceCore

/// Where one role's credentials and endpoints are looked up: variables, and files that variables name.
///
/// The order is the command line's: an entry of the vault (the caller's matter) comes before all that is here; then
/// for each level (the role's own variables, `AWS_PROFILE_SINK`, then those without a suffix) what the store's own
/// lookup says; then the cloud's metadata service (the caller's matter); then none. A level is taken as a whole, so
/// that a key of one level is never joined with a secret of the other.
package struct CredentialEnvironment: Sendable {
    package let role: StoreRole
    private let variables: [String: String]
    private let read: @Sendable (String) throws -> [UInt8]?

    /// - Parameters:
    ///   - variables: the environment; an empty value counts as none.
    ///   - read: a file's bytes by its path; nil when there is no such file.
    package init(
        role: StoreRole,
        variables: [String: String],
        read: @escaping @Sendable (String) throws -> [UInt8]? = { _ in nil }
    ) {
        self.role = role
        self.variables = variables
        self.read = read
    }

    /// One set of variables: the role's own, or everybody's.
    struct Level {
        let suffix: String
        private let variables: [String: String]

        fileprivate init(suffix: String, variables: [String: String]) {
            self.suffix = suffix
            self.variables = variables
        }

        /// A variable's value without white space at its ends; nil when it is unset or empty.
        subscript(_ name: String) -> String? {
            guard let value = variables[name + suffix]?.trimmed, !value.isEmpty else { return nil }
            return value
        }

        /// A variable's name as the user wrote it, for messages.
        func name(_ name: String) -> String { name + suffix }
    }

    /// The role's own level first.
    var levels: [Level] {
        [Level(suffix: role.suffix, variables: variables), Level(suffix: "", variables: variables)]
    }

    /// The first value of the first level that has one, with the variable that holds it.
    func first(of names: String...) -> (value: String, name: String)? {
        for level in levels {
            for name in names {
                if let value = level[name] { return (value, level.name(name)) }
            }
        }
        return nil
    }

    /// A variable that has no role, like `HOME`.
    func common(_ name: String) -> String? {
        guard let value = variables[name], !value.isEmpty else { return nil }
        return value
    }

    /// A file's bytes; nil when there is none.
    func file(_ path: String) throws -> [UInt8]? { try read(path) }

    /// A database's password, from `SLUICE_ODBC_PASSWORD`; nil when it is unset.
    package func odbcPassword() -> Secret? { first(of: "SLUICE_ODBC_PASSWORD").map { Secret($0.value) } }

    /// The value of the `Authorization` header for plain HTTP, from `SLUICE_HTTP_AUTHORIZATION`; nil when it is unset.
    /// - Throws: `CredentialError` when it can't be a header's value.
    package func httpAuthorization() throws -> Secret? {
        guard let (value, name) = first(of: "SLUICE_HTTP_AUTHORIZATION") else { return nil }
        guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw CredentialError(
                "\(name) holds a control character",
                advice: "Write the header's value on one line, for example \"Basic dXNlcjpwYXNzd29yZA==\""
            )
        }
        return Secret(value)
    }
}

extension StringProtocol {
    /// Without spaces, tabs and line ends at both ends.
    var trimmed: String {
        // Nearly all texts have nothing to trim.
        if !utf8.contains(where: { $0 <= 0x20 }) { return String(self) }
        func isSpace(_ character: Character) -> Bool {
            character == " " || character == "\t" || character == "\n" || character == "\r" || character == "\r\n"
        }
        guard let start = firstIndex(where: { !isSpace($0) }), let end = lastIndex(where: { !isSpace($0) }) else {
            return ""
        }
        return String(self[start...end])
    }
}
