internal import SluiceCore
internal import SluiceJobs
internal import SluiceStores

/// Credentials that documents hold, as variables of one end of a copy: neither the other end nor another process has them.
struct JobCredentials {
    /// The environment of a copy.
    private(set) var environment: [String: String]

    init(_ environment: [String: String]) { self.environment = environment }

    /// Variables of which the first that is set decides who asks.
    private static let azure = [
        "AZURE_STORAGE_KEY", "AZURE_STORAGE_SAS_TOKEN", "AZURE_STORAGE_CONNECTION_STRING", "AZURE_TENANT_ID",
        "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET",
    ]
    private static let aws = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"]

    /// Has `role` ask with what a store's plan holds, if it holds anything.
    ///
    /// - Throws: an `UnsupportedPlan` for what can't be sent.
    mutating func use(_ store: StorePlan, as role: StoreRole) throws {
        switch store.credential {
        case .environment: break
        case .anonymous: conceal(JobCredentials.azure, from: role)
        case .azureKey(let key): set(["AZURE_STORAGE_KEY": key.text], of: JobCredentials.azure, role)
        case .azureSignature(let token):
            set(["AZURE_STORAGE_SAS_TOKEN": token.text], of: JobCredentials.azure, role)
        case .azurePrincipal(let tenant, let client, let secret):
            let values = [
                "AZURE_TENANT_ID": tenant, "AZURE_CLIENT_ID": client, "AZURE_CLIENT_SECRET": secret.text,
            ]
            set(values, of: JobCredentials.azure, role)
        case .aws(let key, let secret, let token):
            var values = ["AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": secret.text]
            values["AWS_SESSION_TOKEN"] = token?.text
            set(values, of: JobCredentials.aws, role)
        case .password(let user, let password):
            if case .http = store.location {
                let basic = "Basic " + Base64.encode(Array("\(user):\(password.text)".utf8))
                set(["SLUICE_HTTP_AUTHORIZATION": basic], of: ["SLUICE_HTTP_AUTHORIZATION"], role)
            } else {
                set(["SLUICE_ODBC_PASSWORD": password.text], of: ["SLUICE_ODBC_PASSWORD"], role)
            }
        case .headers(let headers):
            // Others go beside the protocol's own, with each request.
            guard let value = headers.first(where: { $0.key.lowercased() == "authorization" })?.value else { break }
            set(["SLUICE_HTTP_AUTHORIZATION": value.text], of: ["SLUICE_HTTP_AUTHORIZATION"], role)
        }
    }

    private mutating func set(_ values: [String: String], of family: [String], _ role: StoreRole) {
        // A level is taken as a whole: nothing of another credential may stand beside these.
        for name in family { environment[name + role.suffix] = values[name] }
    }

    /// Takes away from `role` what everybody has, which the others keep.
    private mutating func conceal(_ family: [String], from role: StoreRole) {
        for other in StoreRole.allCases where other != role {
            guard family.allSatisfy({ environment[$0 + other.suffix] == nil }) else { continue }
            for name in family { environment[name + other.suffix] = environment[name] }
        }
        for name in family {
            environment[name] = nil
            environment[name + role.suffix] = nil
        }
    }
}
