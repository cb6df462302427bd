import SluiceCore
import Testing

@testable import SluiceEngine

@Suite struct ServerSideCopiesTests {
    private let refusal = CopyError(.unexpectedAnswer, "it does not copy", cause: "for a reason")
    private func copies() throws -> ServerSideCopies { ServerSideCopies(sink: try Location(parsing: "s3://bucket/")) }

    @Test func `a service that refuses the first copy is not asked again`() throws {
        let copies = try copies()
        copies.refuse(refusal, isOfService: true)
        #expect(!copies.isOn)
        #expect(copies.notes.count == 1)
    }

    @Test func `one that has copied before is`() throws {
        let copies = try copies()
        copies.confirm()
        copies.refuse(refusal, isOfService: true)
        #expect(copies.isOn)
    }

    @Test func `an object that can't be copied so says nothing of the others`() throws {
        let copies = try copies()
        copies.refuse(refusal, isOfService: false)
        #expect(copies.isOn)
        #expect(copies.notes.first?.contains("some objects went through this machine") == true)
    }
}
