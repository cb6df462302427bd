extension Catalogue {
    private static func service(_ properties: [Property]) -> [Property] {
        [
            Property("connectVia", .anything, "The runtime that reaches it").withoutEffect("it is reached from here"),
            Property(
                "parameters",
                .map(.object("parameter")),
                "Values that a reference gives, as `@linkedService().NAME`"
            ),
            Property("version", .anything, "The version of ADF's connector").withoutEffect("there is one"),
            Property("hubName", .text, "First version").withoutEffect("it is ADF's own"),
        ] + Property.decoration + properties
    }

    private static let encrypted = Property("encryptedCredential", .text, "A secret that ADF has encrypted")
        .refused("only ADF's own machine can read it; leave it out and give the secret by the environment")
    private static let gateway = Property("gatewayName", .text, "First version: the gateway that reaches it")
        .withoutEffect("it is reached from here")
    private static let mounted = "files are reached as the user who runs sluice; mount the share with these"

    static let linkedServices = Family("linked service", "A store or a database, and how it is reached.")
        .with(
            "FileServer",
            also: ["OnPremisesFileServer"],
            "Files of this machine; a share is one that is mounted.",
            service([.object("typeProperties", "file server", "Where they are").required])
        )
        .with(
            "Odbc",
            also: ["OnPremisesOdbc"],
            "A database.",
            service([.object("typeProperties", "odbc", "How it is reached").required])
        )
        .with(
            "AzureBlobStorage",
            also: ["AzureStorage"],
            "A storage account of Azure.",
            service([.object("typeProperties", "azure blob storage", "How it is reached").required])
        )
        .with(
            "AmazonS3",
            also: ["AwsAccessKey"],
            "S3.",
            service([.object("typeProperties", "s3", "How it is reached")])
        )
        .with(
            "AmazonS3Compatible",
            "What speaks S3.",
            service([.object("typeProperties", "s3", "How it is reached").required])
        )
        .with(
            "HttpServer",
            also: ["Http"],
            "A server of HTTPS.",
            service([.object("typeProperties", "http server", "How it is reached").required])
        )
        .without(
            [
                "SqlServer", "OnPremisesSqlServer", "AzureSqlDatabase", "AzureSqlDW", "AzureSqlMI", "Oracle",
                "OnPremisesOracle", "PostgreSql",
                "PostgreSqlV2", "OnPremisesPostgreSql", "AzurePostgreSql", "MySql", "OnPremisesMySql", "AzureMySql",
                "MariaDB", "Db2", "OnPremisesDb2",
                "Teradata", "OnPremisesTeradata", "Sybase", "OnPremisesSybase", "Snowflake", "SnowflakeV2", "SapHana",
                "Informix", "MicrosoftAccess",
            ],
            throughODBC
        )
        .without(["GoogleCloudStorage", "OracleCloudStorage"], "reach it as S3, by AmazonS3Compatible")
        .without(
            ["AzureBlobFS", "AzureDataLakeStore", "AzureFileStorage", "Sftp", "FtpServer", "Hdfs", "LakeHouse"],
            "there are files of this machine (a share is one that is mounted), HTTPS, Azure Blob, S3 and what speaks it"
        )
        .without(["AzureKeyVault"], "secrets of Azure Key Vault can't be fetched; give them by the environment")

    static let linkedServiceParts = [
        Shape(
            "file server",
            "A FileServer's `typeProperties`.",
            [
                .text("host", "The directory that datasets' folders are below, such as `/mnt/share`").required,
                Property("userId", .text, "The share's user").also("userName").withoutEffect(mounted),
                Property("password", .secret, "The share's password").withoutEffect(mounted), encrypted, gateway,
            ]
        ),
        Shape(
            "odbc",
            "An Odbc linked service's `typeProperties`.",
            [
                .secret("connectionString", "What ODBC calls a connection string, without user and password").required,
                .choice("authenticationType", ["Basic", "Anonymous"], "Whether a user and a password are given"),
                .text("userName", "The user"), .secret("password", "The password"),
                Property("credential", .secret, "More of the connection string, which is secret").refused(
                    "give user and password"
                ), encrypted, gateway,
            ]
        ),
        Shape(
            "azure blob storage",
            "An AzureBlobStorage's `typeProperties`.",
            [
                .secret(
                    "connectionString",
                    "`DefaultEndpointsProtocol=…;AccountName=…`, without the key where others can read it"
                ),
                .secret("accountKey", "The account's key"),
                .secret("sasUri", "The account's or the container's address, with its signature"),
                .secret("sasToken", "The signature, where the address has none"),
                .text("containerUri", "A public container's address"),
                .text("serviceEndpoint", "The account's address, for a service principal"),
                .choice(
                    "authenticationType",
                    ["AccountKey", "SasUri", "Anonymous", "ServicePrincipal"],
                    "How it is proven who asks"
                ),
                .text("servicePrincipalId", "The service principal"), .text("tenant", "Its tenant"),
                .secret("servicePrincipalKey", "Its secret").also("servicePrincipalCredential"),
                Property(
                    "servicePrincipalCredentialType",
                    .choice(["ServicePrincipalKey"]),
                    "What kind of secret it is"
                ).withoutEffect("there is one kind"),
                Property("accountKind", .text, "The account's kind").withoutEffect("the service knows it"),
                Property("azureCloudType", .text, "The cloud").withoutEffect("the address says it"),
                Property("credential", .anything, "ADF's credential").refused(
                    "ADF's own credentials are not known here"
                ), encrypted,
            ]
        ),
        Shape(
            "s3",
            "The `typeProperties` of AmazonS3 and AmazonS3Compatible.",
            [
                .choice("authenticationType", ["AccessKey", "TemporarySecurityCredentials"], "Which keys are given"),
                .text("accessKeyId", "The key's identifier"), .secret("secretAccessKey", "The key"),
                .secret("sessionToken", "The token of a temporary key"),
                .text("serviceUrl", "The service's address; Amazon's where nothing is said"),
                .flag("forcePathStyle", "Whether buckets are in paths; they are where there is a serviceUrl"),
                encrypted,
            ]
        ),
        Shape(
            "http server",
            "An HttpServer's `typeProperties`.",
            [
                .text("url", "The address that datasets' addresses are below").required,
                .choice(
                    "authenticationType",
                    ["Anonymous", "Basic", "ClientCertificate"],
                    "How it is proven who asks"
                ),
                .flag("enableServerCertificateValidation", "Whether the server's certificate is checked; it always is"),
                .text("userName", "The user"), .secret("password", "The password"),
                Property("authHeaders", .map(.secret), "Headers that prove who asks").also("authHeader"),
                Property("certThumbprint", .text, "A certificate of Windows").refused(
                    "give --client-certificate and --client-key"
                ),
                Property("embeddedCertData", .secret, "A certificate in the document").refused(
                    "give --client-certificate and --client-key"
                ),
                encrypted, gateway,
            ]
        ),
    ]

    private static let environment =
        "there is no vault in this version; leave it out and give the secret by the environment"

    static let secrets = Family("secret", "What must not be read by others.")
        .with(
            "SecureString",
            "The secret itself: only in a file that no one else can read.",
            [.text("value", "The secret").required]
        )
        .without(
            ["AzureKeyVaultSecret"],
            "secrets of Azure Key Vault can't be fetched; leave it out and give the secret by the environment"
        )
        .without(["VaultSecret"], environment)
}
