internal import SluiceCore
internal import SluiceStores

extension CopySpecification {
    /// The services of source and sink where the environment names them, and not the location or an option: beside the
    /// command line they decide where bytes come from and go. Empty texts where it doesn't.
    ///
    /// - Throws: a `Failure` of kind `.usage` when the environment's credentials or addresses are half given.
    package func servicesOfEnvironment() throws -> [String] {
        try [
            serviceOfEnvironment(source, sourceConnection, .source),
            serviceOfEnvironment(sink, sinkConnection, .sink),
        ]
    }

    private func serviceOfEnvironment(_ location: Location, _ options: ConnectionOptions, _ role: StoreRole) throws
        -> String
    {
        guard options.endpoint == nil else { return "" }
        let variables = CredentialEnvironment(role: role, variables: environment, read: CredentialEnvironment.readFile)
        switch location {
        case .s3: return try variables.awsEndpoint()?.description ?? ""
        case .azure(let account, _, _): return try variables.azureAccess(account: account).endpoint?.description ?? ""
        case .file, .standardStream, .http, .odbc: return ""
        }
    }
}
