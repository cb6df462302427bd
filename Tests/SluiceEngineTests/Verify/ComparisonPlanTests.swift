import SluiceCore
import Testing

@testable import SluiceEngine

@Suite struct ComparisonPlanTests {
    private typealias Side = ComparisonPlan.Side

    private static let file = Side(size: 1, isLocal: true)
    private static let bare = Side(size: 1)
    private static let s3 = Side(size: 1, digest: .crc64nvme)
    private static let azure = Side(size: 1, digest: .md5)
    private static let record = Side(size: 1, digest: .crc64nvme, isReadable: false)
    private static let bareRecord = Side(size: 1, isReadable: false)
    private static let unknown = Side()

    struct Case: Sendable {
        let source: ComparisonPlan.Side
        let sink: ComparisonPlan.Side
        let lazily: ComparisonPlan
        let reading: ComparisonPlan
    }

    @Test(
        "as little is read as proves the most",
        arguments: [
            Case(source: file, sink: file, lazily: .sizeOnly, reading: .readBoth),
            Case(source: file, sink: s3, lazily: .readSource(.crc64nvme), reading: .readSource(.crc64nvme)),
            Case(source: s3, sink: file, lazily: .readSink(.crc64nvme), reading: .readSink(.crc64nvme)),
            Case(source: file, sink: bare, lazily: .sizeOnly, reading: .readBoth),
            Case(source: s3, sink: s3, lazily: .digests, reading: .digests),
            Case(source: s3, sink: azure, lazily: .sizeOnly, reading: .readSource(.md5)),
            Case(source: s3, sink: bare, lazily: .sizeOnly, reading: .readSink(.crc64nvme)),
            Case(source: bare, sink: bare, lazily: .sizeOnly, reading: .readBoth),
            Case(source: record, sink: s3, lazily: .digests, reading: .digests),
            Case(source: record, sink: file, lazily: .readSink(.crc64nvme), reading: .readSink(.crc64nvme)),
            Case(source: record, sink: bare, lazily: .sizeOnly, reading: .readSink(.crc64nvme)),
            Case(source: record, sink: azure, lazily: .sizeOnly, reading: .readSink(.crc64nvme)),
            Case(source: bareRecord, sink: azure, lazily: .sizeOnly, reading: .sizeOnly),
            Case(source: unknown, sink: bare, lazily: .nothing, reading: .readBoth),
            Case(source: unknown, sink: s3, lazily: .nothing, reading: .readSource(.crc64nvme)),
        ]
    )
    func plan(_ test: Case) {
        #expect(ComparisonPlan(source: test.source, sink: test.sink, mayRead: false) == test.lazily)
        #expect(ComparisonPlan(source: test.source, sink: test.sink, mayRead: true) == test.reading)
    }

    @Test("a manifest's line tells size and digest of what is at the sink")
    func manifestLine() {
        func entry(_ text: String) -> CopiedObjects.Entry { CopiedObjects.entry(Array(text.utf8), number: 4) }
        let digest = Checksum(algorithm: .crc64nvme, bytes: [0, 0, 0, 0, 0, 0, 0, 1])
        let line =
            #"{"name":"a","sinkName":"p/a.gz","size":7,"sourceSize":9,"digests":{"crc64nvme":"AAAAAAAAAAE="},"outcome":"copied"}"#
        #expect(entry(line) == .object(CopiedObject(name: "a", sinkName: "p/a.gz", size: 7, digest: digest)))
        #expect(
            entry(#"{"name":"a","size":7,"outcome":"unchanged"}"#)
                == .object(CopiedObject(name: "a", sinkName: "a", size: 7, digest: nil))
        )
        for text in ["x", "{}", #"{"name":"a"}"#] {
            #expect(entry(text) == .unknown(name: "line 4", cause: "it is no line of a manifest"))
        }
        guard case .unknown("a", _) = entry(#"{"name":"a","outcome":"failed"}"#),
            case .unknown("a", _) = entry(#"{"name":"a","outcome":"unchanged"}"#),
            // A digest of the wrong length is none.
            case .unknown("a", _) = entry(#"{"name":"a","outcome":"copied","digests":{"md5":"AAAA"}}"#)
        else {
            Issue.record("each of them tells too little")
            return
        }
    }
}
