/// Where somebody else, a database say, reads an object, and what lets it in.
///
/// The address holds only characters that need no quotes in a shell: other ones are percent-encoded, but for a path
/// of this machine, which is as it is. A credential has `&` between its parameters.
package struct ObjectAddress: Sendable, Hashable {
    /// An absolute URL, percent-encoded and without a query, or an absolute path of this machine.
    package let address: String
    /// What follows `?`: the query of a presigned address or a SAS. Nil where none is needed, or none was given.
    ///
    /// Whoever has it can read the object, and everything else that it is for, until it ends: it belongs in no message.
    package let credential: String?

    package init(address: String, credential: String? = nil) {
        self.address = address
        self.credential = credential
    }

    /// The address with its credential.
    package var signed: String { credential.map { "\(address)?\($0)" } ?? address }

    /// A text in which the credential's secrets are left out: for what a database says, which may quote its statement.
    package func withoutSecrets(_ text: String) -> String {
        var text = text
        for pair in (credential ?? "").split(separator: "&") {
            let name = pair.prefix { $0 != "=" }
            let value = pair.dropFirst(name.count + 1)
            if ObjectAddress.secrets.contains(name.lowercased()), !value.isEmpty {
                text = text.replacing(value, with: "…")
            }
        }
        return text
    }

    /// Without these a credential lets nobody in.
    private static let secrets: Set<String> = ["sig", "x-amz-signature", "x-amz-security-token"]
}

extension ObjectAddress: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Without the credential.
    package var description: String { address }
    package var debugDescription: String { address }
    package var customMirror: Mirror { Mirror(self, children: ["address": address]) }
}
