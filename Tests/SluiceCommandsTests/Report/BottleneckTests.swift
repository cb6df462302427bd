import SluicePipeline
import Testing

@testable import SluiceEngine

/// Sums of a stage over 10 seconds of so many workers.
private func reading(busy: Double, of workers: Double = 1) -> StageReading {
    StageReading(busy: .seconds(busy * workers * 10), waitingForInput: .seconds((1 - busy) * workers * 10))
}

private func stages(reader: Double, compressor: Double? = nil, writer: Double, connections: Double = 1)
    -> RunReport.Stages
{
    var stages = RunReport.Stages()
    stages.reader = reading(busy: reader, of: 2)
    if let compressor { stages.compressor = reading(busy: compressor, of: 2) }
    stages.writer = reading(busy: writer, of: connections)
    return stages
}

private func find(_ stages: RunReport.Stages, connections: Int = 1, isSerial: Bool = false) -> Bottleneck? {
    Bottleneck(stages, duration: .seconds(10), connections: connections, isSerial: isSerial)
}

@Suite struct BottleneckTests {
    @Test(
        "the stage that has no time left is named",
        arguments: [
            (Bottleneck.Stage.source, stages(reader: 0.95, writer: 0.3)),
            (.sink, stages(reader: 0.1, writer: 0.97)),
            (.compression, stages(reader: 0.2, compressor: 0.93, writer: 0.4)),
            // A stream's request is under way all the time, though it waits for the compressor.
            (.compression, stages(reader: 0.2, compressor: 0.93, writer: 1)),
            (.source, stages(reader: 0.9, compressor: 0.5, writer: 1)),
            // Sharing two cores, nobody reaches the limit.
            (.compression, stages(reader: 0.4, compressor: 0.75, writer: 0.6)),
            (.latency, stages(reader: 0.1, writer: 0.3)),
        ]
    )
    func named(expected: Bottleneck.Stage, stages: RunReport.Stages) { #expect(find(stages)?.stage == expected) }

    @Test("connections that never had anything to do do not count as idle")
    func idleConnections() {
        var one = stages(reader: 0.1, writer: 0)
        // One stream over one of 64 connections that were allowed.
        one.writer = StageReading(busy: .seconds(10), waitingForInput: .seconds(630))
        #expect(find(one, connections: 1)?.stage == .sink)
        #expect(find(one, connections: 64)?.stage == .latency)
    }

    @Test("a source that one worker reads is busy when that one is")
    func serialSource() {
        var stdin = stages(reader: 0, writer: 0.2)
        stdin.reader = StageReading(busy: .seconds(10), waitingForInput: .seconds(10))
        #expect(find(stdin, isSerial: true)?.stage == .source)
    }

    @Test("where nothing was done nothing is named")
    func nothing() {
        #expect(find(RunReport.Stages()) == nil)
        #expect(Bottleneck(stages(reader: 1, writer: 1), duration: .zero, connections: 1, isSerial: false) == nil)
    }

    @Test("the sentence says how busy each was")
    func sentences() {
        let compression = find(stages(reader: 0.2, compressor: 0.93, writer: 0.4))
        #expect(
            compression?.sentence
                == "The compression held the rest up: it was busy 93 % of the time (source 20 %, sink 40 %)."
        )
        let latency = find(stages(reader: 0.1, writer: 0.3))
        #expect(
            latency?.sentence
                == "No stage was busy for half of its time (source 10 %, sink 30 %): the run waited for round trips."
        )
    }
}
