/// The places of a copy that can have credentials and endpoints of their own.
package enum StoreRole: String, Sendable, CaseIterable {
    case source
    case sink
    case staging

    /// What the names of this role's own variables end with: `_SINK`.
    package var suffix: String { "_" + rawValue.uppercased() }
}
