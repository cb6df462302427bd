import SluiceCore

@testable import SluiceCommands
@testable import SluiceStores

extension FuzzTarget {
    /// Files of the user's, and what an earlier run has written.
    static let kept = [profile, connectionString, signature, ticket, command]

    private static let secret = "s3cr3t"

    private static let profile = FuzzTarget(
        "profile",
        samples: [
            """
            # comment
            [default]
            aws_access_key_id = id
            aws_secret_access_key = \(secret)
            [profile work]
            region = eu-west-1 ; comment
            s3 =
              endpoint_url = https://localhost:9000
            """
        ],
        words: ["[", "]", "=", "\n", "#", ";", "  ", "profile ", "\n[x]\n", "\n= v", secret]
    ) { bytes in
        do {
            let file = try ProfileFile(bytes, path: "file")
            try require(file.sections.keys.allSatisfy { !$0.isEmpty }, "a section without a name")
            _ = file.value("region", in: "default")
        } catch let error as CredentialError {
            try require(!error.description.contains(secret), "the secret is told: \(error)")
        }
    }

    private static let connectionString = FuzzTarget(
        text: "connection-string",
        samples: [
            "DefaultEndpointsProtocol=https;AccountName=account;AccountKey=c2VjcmV0;EndpointSuffix=core.windows.net",
            "BlobEndpoint=https://localhost:10000/account;SharedAccessSignature=sv=2022&sig=\(secret)%3D&se=2026-11-21T05:19:51Z",
            "AccountName=account;AccountKey=\(secret)",
        ],
        words: [
            ";", "=", "AccountKey=", "BlobEndpoint=", "UseDevelopmentStorage=true", "%", "&", "sig=",
            "SharedAccessSignature=?",
        ]
    ) { text in
        let parsed: AzureConnectionString
        do {
            parsed = try AzureConnectionString(text, from: "it")
        } catch let error as CredentialError {
            try require(!error.description.contains(secret), "the secret is told: \(error)")
            return
        }
        _ = try? parsed.access(account: "account")
    }

    private static let signature = FuzzTarget(
        text: "sas",
        samples: ["?sv=2022-11-02&sr=c&sp=rw&se=2026-11-21T05:19:51Z&sig=a%2Bb%3D", "sig=\(secret)&sr=b"],
        words: ["&", "=", "%", "sig=", "se=", "?", "%zz", "#"]
    ) { text in
        do {
            let token = try SharedAccessSignature(text, from: "it")
            // It becomes part of an address.
            try require(
                token.query.value.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != UInt8(ascii: "#") },
                "\(token.query.value)"
            )
        } catch let error as CredentialError {
            try require(!error.description.contains(secret), "the secret is told: \(error)")
        }
    }

    private static let ticket = FuzzTarget(
        "ticket",
        samples: [
            "boot\n4711\n/data/.sluice-ab12.tmp", "\n0\n.sluice-.tmp", "b\n18446744073709551615\n/a\nb/.sluice-x.tmp",
        ],
        words: ["\n", "/", ".sluice-", ".tmp", "../"]
    ) { bytes in
        guard let ticket = TemporaryFileTicket(UploadTicket(bytes: bytes)) else { return }
        let name =
            ticket.path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last.map {
                Array($0)
            } ?? []
        try require(name.starts(with: ".sluice-".utf8), "\(ticket.path) is no file of ours")
        try require(name.reversed().starts(with: ".tmp".utf8.reversed()), "\(ticket.path) is no file of ours")
        try require(!ticket.path.utf8.contains(0), "the path ends within itself")
        try require(
            TemporaryFileTicket(UploadTicket(bytes: ticket.bytes)) == ticket,
            "\(ticket) is read back as another"
        )
    }

    private static let command = FuzzTarget(
        text: "command",
        samples: ["/home/user\ncopy\n/data/\ns3://bucket/a%20b\n--bandwidth=10M", "/\n", "%2F\na"],
        words: ["\n", "%0A", "%", "--report", "--report=x", "-q"]
    ) { text in
        if let record = CommandRecord(text: text) {
            try require(CommandRecord(text: record.text) == record, "\(record) is read back as another")
            _ = try record.fingerprint()
        }
        let words = text.split(separator: "\u{301}", omittingEmptySubsequences: false).map(String.init)
        let record = CommandRecord(directory: "/", arguments: words)
        try require(CommandRecord(text: record.text) == record, "\(record) is read back as another")
    }
}
