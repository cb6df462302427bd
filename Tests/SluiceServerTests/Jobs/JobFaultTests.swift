import FoundationEssentials
import Glibc
import SluiceTestSupport
import Testing

/// Jobs of which something goes wrong: policies, signals, credentials, and what is skipped rather than fails.
@Suite(.timeLimit(.minutes(30))) struct JobFaultTests {
    private let from: JobStore
    private let to: JobStore

    init() throws {
        from = try JobStore(.files)
        to = try JobStore(.nginx)
    }

    /// A copy from files to a server, or the other way.
    private func document(_ from: JobStore, _ to: JobStore, _ rest: String = "") throws -> JobDocument {
        var document = JobDocument()
        document.services = ["Source": try from.service(), "Sink": try to.service()]
        document.source = JobDocument.dataset("Binary", "Source", #""location":\#(try from.location("in/"))"#)
        document.sink = JobDocument.dataset("Binary", "Sink", #""location":\#(try to.location("out/"))"#)
        document.copy = """
            "source":{"type":"BinarySource","storeSettings":{"type":"\(from.readSettings)"}},
            "sink":{"type":"BinarySink","storeSettings":{"type":"\(to.writeSettings)"}}\(rest)
            """
        return document
    }

    /// A proxy in front of a store's server, and a document's text that goes through it.
    private func through(_ rules: String, _ store: JobStore, _ document: JobDocument) throws -> (Launcher, String) {
        let server = try store.server()
        let proxy = try Launcher(
            "faults",
            ["--https", "--upstream", server["endpoint"], "--upstream-ca", server["ca"]]
        )
        try proxy.change(#"{"rules":[\#(rules)]}"#)
        return (proxy, document.text.replacing(server["endpoint"], with: proxy["endpoint"]))
    }

    // MARK: Policies

    @Test("a copy that takes longer than its policy allows is ended, soon, with nothing half-written")
    func timeout() throws {
        try from.put("in/a", String(repeating: "a", count: 100_000))
        var document = try document(from, to)
        document.policy = #"{"retry":0,"timeout":"0.00:00:02"}"#
        let (proxy, text) = try through(#"{"match":"PUT","stall":true}"#, to, document)
        let start = ContinuousClock.now
        let ended = try JobUnderTest(text).run([:], ["--ca-certificate", proxy["ca"]], environment: [:])
        #expect(ended.status == 1, "\(ended.errors)")
        let error = ended.output?["Copy"]?.error
        #expect(error?.message.contains("ended after 2 s, its timeout") == true, "\(ended.errors)")
        // Without an end of its own it would be a minute, and another for each attempt.
        #expect(ContinuousClock.now - start < .seconds(50))
        #expect(try to.names().isEmpty)
    }

    @Test("a copy from a host that answers nothing ends soon after its time, too")
    func deadHost() throws {
        let (source, sink) = (try JobStore(.azure), try JobStore(.files))
        try source.put("in/a", "a")
        var document = try document(source, sink)
        // Whether it is an object or a folder is asked before anything that could be cancelled piece by piece.
        document.source = JobDocument.dataset("Binary", "Source", #""location":\#(try source.location("in/a"))"#)
        document.policy = #"{"retry":0,"timeout":"0.00:00:02"}"#
        let (proxy, text) = try through(#"{"match":"GET|HEAD","stall":true}"#, source, document)
        let start = ContinuousClock.now
        let ended = try JobUnderTest(text).run([:], ["--ca-certificate", proxy["ca"]], environment: [:])
        #expect(ended.status == 1, "\(ended.errors)")
        #expect(ended.output?["Copy"]?.error?.message.contains("its timeout") == true, "\(ended.errors)")
        #expect(ContinuousClock.now - start < .seconds(50))
        #expect(try sink.names().isEmpty)
    }

    @Test("a copy that fails is tried again once its interval has passed")
    func retry() throws {
        try from.put("in/a", "a")
        var document = try document(from, to)
        document.policy = #"{"retry":1,"retryIntervalInSeconds":30}"#
        let (proxy, text) = try through(#"{"match":"PUT","times":1,"respond":403}"#, to, document)
        let start = ContinuousClock.now
        let ended = try JobUnderTest(text).run([:], ["--ca-certificate", proxy["ca"]], environment: [:])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(ended.output?["Copy"]?.retryAttempt == 1)
        #expect(ContinuousClock.now - start >= .seconds(30))
        #expect(try to.text("out/a") == "a")
    }

    @Test("a server that sends nothing for requestTimeout is asked again")
    func requestTimeout() throws {
        let (source, sink) = (try JobStore(.nginx), try JobStore(.files))
        try source.put("in/a", String(repeating: "a", count: 9000))
        var document = try document(source, sink)
        document.source = JobDocument.dataset("Binary", "Source", #""location":\#(try source.location("in/a"))"#)
        document.copy = document.copy.replacing(
            "HttpReadSettings\"",
            with: "HttpReadSettings\",\"requestTimeout\":\"00:00:01\""
        )
        // Twice the usual limit of a minute has no room in it.
        document.policy = #"{"retry":0,"timeout":"0.00:00:50"}"#
        let (proxy, text) = try through(#"{"match":"GET","times":1,"stall":true}"#, source, document)
        let ended = try JobUnderTest(text).run([:], ["--ca-certificate", proxy["ca"]], environment: [:])
        #expect(ended.status == 0, "\(ended.errors)")
        #expect(try sink.text("out/a").utf8.count == 9000)
    }

    // MARK: Signals

    @Test("a job that is interrupted says so, and leaves nothing half-written")
    func interrupt() throws {
        try from.put("in/a", String(repeating: "a", count: 100_000))
        let (proxy, text) = try through(#"{"match":"PUT","stall":true}"#, to, try document(from, to))
        let job = try JobUnderTest(text)
        let begun = try job.start(["--ca-certificate", proxy["ca"]])
        try begun.kill(SIGINT) { try Command.run(["grep", "-c", "PUT", proxy["log"]]).status == 0 }
        #expect(begun.hasEnded)
        let (code, output) = try job.ending()
        #expect(code == 130)
        #expect(
            output?.status == "Cancelled" && output?["Copy"]?.status == "Cancelled",
            "\(String(describing: output))"
        )
        #expect(try to.names().isEmpty)
    }

    // MARK: What is skipped

    @Test(
        "a file that does not arrive as it was is skipped with nothing of it left, and told; without that it fails",
        arguments: [(JobStore.Kind.nginx, true), (.nginx, false), (.azure, true)]
    )
    func inconsistent(kind: JobStore.Kind, isSkipped: Bool) throws {
        let sink = try JobStore(kind)
        try from.put("in/good", "good")
        try from.put("in/bad", String(repeating: "b", count: 70_000))
        let log = try JobStore(.files)
        var document = try document(
            from,
            sink,
            """
            ,"validateDataConsistency":true,"skipErrorFile":{"dataInconsistency":\(isSkipped)},
            "logSettings":{"logLocationSettings":{"linkedServiceName":"Log","path":"\(try log.path("logs"))"}}
            """
        )
        document.services["Log"] = try log.service()
        let (proxy, text) = try through(#"{"match":"PUT .*/bad","corruptRequestByte":60000}"#, sink, document)
        let ended = try JobUnderTest(text).run([:], ["--ca-certificate", proxy["ca"]], environment: [:])
        let told = try log.text(try #require(try log.names().first))
        guard isSkipped else {
            #expect(ended.status == 4 && ended.output?.endings == ["Copy Failed"], "\(ended.errors)")
            #expect(told.contains(",Warning,FileWrite,\"bad\",\"File is not copied: "), "\(told)")
            return
        }
        #expect(ended.status == 3, "\(ended.errors)")
        #expect(ended.output?.endings == ["Copy Succeeded"])
        #expect(ended.output?["Copy"]?.output.filesSkipped == 1)
        #expect(ended.output?["Copy"]?.output.dataConsistencyVerification?["InconsistentData"] == "Skipped")
        #expect(try sink.names() == ["out/good"])
        #expect(told.contains(",Warning,FileSkip,\"bad\",\"File is skipped: "), "\(told)")
    }

    // MARK: Credentials

    @Test(
        "a server lets in who has the password, by Basic, by a header of the linked service or of the settings, at both ends"
    )
    func passwords() throws {
        let server = try to.server()
        let (user, password) = (server["user"], server["password"])
        let basic = "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        let url = server["endpoint"] + "/auth"
        let ways = [
            (
                #""authenticationType":"Basic","userName":"\#(user)","password":{"type":"SecureString","value":"\#(password)"}"#,
                ""
            ),
            (
                #""authenticationType":"Anonymous","authHeaders":{"Authorization":{"type":"SecureString","value":"\#(basic)"}}"#,
                ""
            ),
            (#""authenticationType":"Anonymous""#, #","additionalHeaders":"X-Job: a\nAuthorization: \#(basic)""#),
        ]
        for (number, (service, headers)) in ways.enumerated() {
            try from.put("in/a", "file \(number)")
            let way = #"{"type":"HttpServer","typeProperties":{"url":"\#(url)",\#(service)}}"#
            var up = try document(from, to)
            up.services["Sink"] = way
            up.copy = up.copy.replacing("HttpWriteSettings\"", with: "HttpWriteSettings\"" + headers)
            let put = try JobUnderTest(up.text).run([:], to.authority(), environment: [:])
            #expect(put.status == 0, "\(put.errors)")
            let back = try JobStore(.files)
            var down = try document(to, back)
            down.services["Source"] = way
            down.source = JobDocument.dataset("Binary", "Source", #""location":\#(try to.location("out/a"))"#)
            down.copy = down.copy.replacing("HttpReadSettings\"", with: "HttpReadSettings\"" + headers)
            let got = try JobUnderTest(down.text).run([:], to.authority(), environment: [:])
            #expect(got.status == 0, "\(got.errors)")
            #expect(try back.text("out/a") == "file \(number)")
            var wrong = up
            wrong.services["Sink"] = way.replacing(#""value":"\#(password)""#, with: #""value":"no""#).replacing(
                basic,
                with: "Basic bm86bm8="
            )
            wrong.copy = up.copy.replacing(basic, with: "Basic bm86bm8=")
            let refused = try JobUnderTest(wrong.text).run([:], to.authority(), environment: [:])
            #expect(
                refused.status == 1 && refused.output?["Copy"]?.error?.errorCode == "forbidden",
                "\(refused.errors)"
            )
        }
    }

    @Test("Azure lets in who has a signature, in the address or beside it, and a service principal")
    func azure() throws {
        let (store, server) = (try JobStore(.azure), try JobStore(.azure).server())
        try from.put("in/a", "a")
        let key = "AZURE_STORAGE_KEY=" + server["accountKey"]
        let reader = [
            Project.python, Project.root + "/Fixtures/readers/azure", server["endpoint"], server["ca"],
            server["container"],
            "sas", "racwdl",
        ]
        let signature = String(decoding: try Command.run(["env", key] + reader).output, as: UTF8.self)
        func secret(_ text: String) -> String { #"{"type":"SecureString","value":"\#(text)"}"# }
        let ways = [
            #""sasUri":\#(secret(server["endpoint"] + "?" + signature))"#,
            #""sasUri":\#(secret(server["endpoint"])),"sasToken":\#(secret("?" + signature))"#,
            #""serviceEndpoint":"\#(server["endpoint"])","tenant":"\#(server["tenant"])","servicePrincipalId":"\#(server["clientId"])","servicePrincipalKey":\#(secret(server["clientSecret"]))"#,
        ]
        for (number, way) in ways.enumerated() {
            var document = try document(from, store)
            document.services["Sink"] = #"{"type":"AzureBlobStorage","typeProperties":{\#(way)}}"#
            document.sink = document.sink.replacing("/out\"", with: "/out-\(number)\"")
            let job = try JobUnderTest(document.text)
            let ended = try job.run(
                [:],
                ["--ca-certificate", server["ca"]],
                environment: ["AZURE_AUTHORITY_HOST": server["authorityHost"]]
            )
            #expect(ended.status == 0, "\(number): \(ended.errors)")
            #expect(try store.text("out-\(number)/a") == "a")
        }
    }
}
