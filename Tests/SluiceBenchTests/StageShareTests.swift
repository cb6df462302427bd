import SluiceEngine
import SluicePipeline
import Testing

@testable import SluiceBench

@Suite struct StageShareTests {
    @Test("one stream over one of many connections shows as a sink that was busy all the time")
    func oneStream() throws {
        let meters = StageMeters()
        // Ten seconds, one request all the while, and seven connections that had nothing to send.
        meters.writer.addBusy(.seconds(10))
        meters.writer.addWaitingForInput(.seconds(70))
        let writer = try #require(StageShare.of(meters, connections: 1, seconds: 10).first)
        #expect(writer.name == "writer" && writer.busy == 1 && writer.waitingForInput == 0)
        let half = try #require(StageShare.of(meters, connections: 2, seconds: 10).first)
        #expect(half.busy == 0.5 && half.waitingForInput == 0.5)
    }

    @Test("readers share their own time, and stages that did nothing are left out")
    func readers() throws {
        let meters = StageMeters()
        meters.reader.addBusy(.seconds(1))
        meters.reader.addWaitingForOutput(.seconds(3))
        let shares = StageShare.of(meters, connections: 1, seconds: 2)
        #expect(shares.map(\.name) == ["reader"])
        #expect(shares.first?.busy == 0.25 && shares.first?.waitingForOutput == 0.75)
    }
}
