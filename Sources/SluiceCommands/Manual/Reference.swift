/// What holds for all subcommands, for the manual page.
enum Reference {
    struct Section: Sendable, Equatable {
        let title: String
        let rows: [Row]
    }

    struct Row: Sendable, Equatable {
        let term: String
        let meaning: String

        init(_ term: String, _ meaning: String) {
            self.term = term
            self.meaning = meaning
        }
    }

    static let sections = [locations, environment, exitStatus]

    static let locations = Section(
        title: "Locations",
        rows: [
            Row("PATH, file:///PATH", "A local file or directory; a slash at the end says directory."),
            Row("-", "Standard input as a source, standard output as a sink."),
            Row("https://HOST/PATH", "Plain HTTPS: GET as a source, PUT as a sink."),
            Row("az://ACCOUNT/CONTAINER[/NAME]", "Azure block blobs; https://ACCOUNT.blob.core.windows.net/… too."),
            Row("s3://BUCKET[/KEY]", "S3 and what speaks it."),
        ]
    )

    static let environment = Section(
        title: "Environment",
        rows: [
            Row(
                "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE",
                "Credentials for s3://. With _SOURCE or _SINK behind its name each of them holds for that end only."
            ),
            Row(
                "AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN, AZURE_STORAGE_CONNECTION_STRING",
                "Credentials for az://; or AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET."
            ),
            Row("SLUICE_HTTP_AUTHORIZATION", "The Authorization header for https://, for example \"Bearer …\"."),
            Row("SLUICE_PARAMETER_NAME", "The value of the parameter NAME of a job document, where that is a secret."),
            Row("SLUICE_PROXY_USERPWD", "USER:PASSWORD for the proxy."),
            Row("https_proxy, http_proxy, all_proxy, no_proxy", "The proxy, unless --proxy says otherwise."),
        ]
    )

    static let exitStatus = Section(
        title: "Exit status",
        rows: [
            Row("0", "Everything asked for is at the sink and confirmed."),
            Row("1", "Failed; the report says what and why."),
            Row("2", "The command line is wrong; nothing was touched."),
            Row("3", "Finished, but some items failed or were skipped; the manifest names them."),
            Row("4", "What was read back differs from what was sent, or what was compared differs."),
            Row("5", "The source matched nothing."),
            Row("130, 143", "Interrupted; sluice resume goes on with it."),
        ]
    )
}
