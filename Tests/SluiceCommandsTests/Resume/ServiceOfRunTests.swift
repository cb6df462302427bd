import SluiceTestSupport
import Testing

/// A run belongs to the services that its environment named: what it has done is at no other.
@Suite("the service of a run")
struct ServiceOfRunTests {
    private let scratch = try! TemporaryDirectory()

    /// The exit code and the complaints of a copy that fails before it touches its sink, or of what goes on with it.
    private func sluice(_ arguments: [String], endpoint: String) throws -> (status: Int32, errors: String) {
        let errors = scratch.path + "/errors"
        let variables = [
            "SLUICE_STATE_DIRECTORY=\(scratch.path)/state", "AWS_ENDPOINT_URL=\(endpoint)", "AWS_ACCESS_KEY_ID=id",
            "AWS_SECRET_ACCESS_KEY=key",
        ]
        let ended = try Command.run(["env"] + variables + [sluiceProgram] + arguments, errors: errors)
        let text = try Command.run(["cat", errors]).output
        try #require(Command.run(["rm", errors]).status == 0)
        return (ended.status, String(decoding: text, as: UTF8.self))
    }

    @Test("goes on where the environment names the same one, and is refused where it names another")
    func endpoint() throws {
        let copy = ["copy", scratch.path + "/missing", "s3://bucket/name"]
        #expect(try sluice(copy, endpoint: "http://127.0.0.1:1").status == 1)
        #expect(try sluice(["resume"], endpoint: "http://127.0.0.1:1").status == 1)
        let refused = try sluice(["resume"], endpoint: "http://127.0.0.1:2")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("was made with http://127.0.0.1:1, and the environment now names http://127.0.0.1:2"))
        #expect(refused.errors.contains("AWS_ENDPOINT_URL"))
    }
}
