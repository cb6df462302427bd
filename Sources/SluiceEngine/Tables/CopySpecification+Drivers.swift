internal import SluiceCore
package import SluiceODBC
internal import SluiceStores

extension CopySpecification {
    /// What is known of ODBC drivers, and what the user's own file says of them.
    package func driverProfiles() throws -> DriverProfiles {
        guard let path = environment["SLUICE_ODBC_PROFILES"], !path.isEmpty else { return try DriverProfiles() }
        guard let text = try CredentialEnvironment.readFile(path) else {
            throw CopyError(.usage, "there are no driver profiles \"\(path)\"", advice: "Check SLUICE_ODBC_PROFILES")
        }
        return try DriverProfiles(own: String(decoding: text, as: UTF8.self))
    }
}
