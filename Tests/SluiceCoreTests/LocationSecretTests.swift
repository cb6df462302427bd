import SluiceCore
import Testing

/// A location that holds the secret `hush`, and where the secret belongs instead.
struct Careless: CustomTestStringConvertible, Sendable {
    let text: String
    let instead: String
    var testDescription: String { text }

    init(_ text: String, _ instead: String) { (self.text, self.instead) = (text, instead) }
}

@Suite struct LocationSecretTests {
    @Test(
        "a secret in a location is refused, not repeated, and its right place named",
        arguments: [
            Careless("https://acct.blob.core.windows.net/c/x?sv=2024&sig=hush", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("https://acct.blob.core.windows.net/c?SIG=hush", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("https://host:10000/acct/c/x?sig=hush&se=1", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("http://127.0.0.1/c/x?sig=hush", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("az://acct/c/x?sv=2024&sig=hush", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("az://acct/c?sig=hush", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("https://bucket.s3.amazonaws.com/k?X-Amz-Signature=hush&X-Amz-Date=1", "AWS_SECRET_ACCESS_KEY"),
            Careless("https://bucket.s3.amazonaws.com/k?AWSAccessKeyId=a&Signature=hush", "AWS_SECRET_ACCESS_KEY"),
            Careless("s3://bucket/k?X-Amz-Signature=hush", "AWS_SECRET_ACCESS_KEY"),
            Careless("s3://AKIA:hush@bucket/k", "AWS_SECRET_ACCESS_KEY"),
            Careless("https://me:hush@host/x", "SLUICE_HTTP_AUTHORIZATION"),
            Careless("https://hush@host/x", "SLUICE_HTTP_AUTHORIZATION"),
            Careless("https://me:hush@acct.blob.core.windows.net/c/x", "SLUICE_HTTP_AUTHORIZATION"),
            Careless("https://me:hu@sh@host/x", "SLUICE_HTTP_AUTHORIZATION"),
            Careless("odbc:DSN=x;UID=me;PWD=hush", "SLUICE_ODBC_PASSWORD"),
            Careless("odbc:Pwd=hush", "SLUICE_ODBC_PASSWORD"),
            Careless("odbc:DSN=x; password = hush", "SLUICE_ODBC_PASSWORD"),
            Careless("odbc:DSN=x;pwd={hush;}", "SLUICE_ODBC_PASSWORD"),
            // Malformed besides: the secret must not come out with the complaint about the rest.
            Careless("https://host/a b?sig=hush", "%20"),
            Careless("https://host:port/x?sig=hush", "port"),
            Careless("https://me:hush@host/a b", "SLUICE_HTTP_AUTHORIZATION"),
            Careless("https://acct.blob.core.windows.net/?sv=1&sig=hush", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("ftp://me:hush@host/x", "file, https, s3, az and odbc"),
            Careless("az://acct?sig=hush", "AZURE_STORAGE_SAS_TOKEN"),
            Careless("file://me:hush@host/x", "file:///PATH"),
        ]
    )
    func refusal(careless: Careless) {
        let error = #expect(throws: LocationError.self) { try Location(parsing: careless.text) }
        #expect(error?.kind == .usage)
        #expect(error?.description.contains(careless.instead) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("hush") == false, "\(error?.description ?? "")")
    }

    @Test(
        "words that only look like a secret are no secret",
        arguments: [
            "https://host/x?design=1&signed=2", "https://host/sig=1", "odbc:DSN=x;PWDFILE=1", "odbc:DSN=passwords",
            "az://acct/c/sig=1", "s3://bucket/sig=1", "./x?sig=1",
        ]
    )
    func harmless(text: String) {
        #expect(throws: Never.self) { try Location(parsing: text) }
    }
}
