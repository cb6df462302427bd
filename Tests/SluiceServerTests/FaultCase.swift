import SluiceCore
import SluiceEngine
import SluiceTestSupport
import Testing

/// One way in which a line or a service fails while one object is copied through it.
struct FaultCase: Sendable, CustomTestStringConvertible {
    enum Direction: String, Sendable { case up, down }

    /// What has to be true afterwards.
    enum Ending: Sendable {
        /// The object is there, byte by byte.
        case same
        /// Its item has failed, and what stood there still stands there, or is as new.
        case failed([FailureKind])
        /// Either: what the client sees is up to the moment.
        case either([FailureKind])
        /// The service lied and has no checksum to be caught by: said to be copied without readback, and failed with it.
        case caughtByReadback
        /// The service keeps no digest: said to be copied, and never to be verified.
        case unverified
    }

    let name: String
    let direction: Direction
    /// The proxy's rules, as JSON.
    let rules: String
    let ending: Ending
    /// Stores that it is for; empty for all.
    var stores: Set<String> = []
    var blockSize = ByteCount.mebibytes(5)
    /// Whether nothing moves for longer than the limit, which is a second then.
    var stalls = false

    /// Whether the object of a download is put by Sluice, so that the service has all digests that it can have; else by
    /// another client, which sends none.
    var hasDigest = false

    var testDescription: String { "\(direction.rawValue): \(name)" }

    init(
        _ name: String,
        _ direction: Direction,
        _ rules: String,
        _ ending: Ending,
        stores: Set<String> = [],
        block: ByteCount = .mebibytes(5),
        stalls: Bool = false,
        hasDigest: Bool = false
    ) {
        self.name = name
        self.direction = direction
        self.rules = rules
        self.ending = ending
        self.stores = stores
        blockSize = block
        self.stalls = stalls
        self.hasDigest = hasDigest
    }
}

extension FaultCase {
    /// The requests with an object's bytes.
    private static func put(_ rule: String, times: Int = 2) -> String {
        #"[{"match":"PUT ","times":\#(times),\#(rule)}]"#
    }
    private static func get(_ rule: String, times: Int = 2) -> String {
        #"[{"match":"GET .*file","times":\#(times),\#(rule)}]"#
    }
    private static let checked: Set<String> = ["s3-seaweedfs", "azure"]
    /// Every object in one request, so that it is sure which one is hit.
    private static let whole = ByteCount.mebibytes(16)
    private static let refusals: [FailureKind] = [
        .transient, .throttled, .unexpectedAnswer, .integrity, .forbidden, .notFound, .precondition,
    ]

    static let uploads: [FaultCase] = [
        FaultCase(
            "a storm of 500 and 503",
            .up,
            #"[{"match":"PUT ","times":2,"respond":500},{"match":"PUT ","times":2,"respond":503}]"#,
            .same
        ),
        FaultCase("502 without end", .up, put(#""respond":502"#, times: 1000), .failed([.transient])),
        FaultCase("429, Retry-After in seconds", .up, put(#""respond":429,"retryAfter":"1""#), .same),
        FaultCase(
            "503, Retry-After as a date gone by",
            .up,
            put(#""respond":503,"retryAfter":"Sat, 01 Jan 2000 00:00:00 GMT""#),
            .same
        ),
        FaultCase(
            "503, Retry-After before all time",
            .up,
            put(#""respond":503,"retryAfter":"Mon, 01 Jan 0001 00:00:00 GMT""#),
            .same
        ),
        FaultCase("503, Retry-After that means nothing", .up, put(#""respond":503,"retryAfter":"soon""#), .same),
        FaultCase("a reset in front of the first byte", .up, put(#""resetAfter":0"#), .same),
        FaultCase("a reset at byte 1", .up, put(#""resetAfter":1"#), .same),
        FaultCase("a reset at the last byte but one", .up, put(#""resetAfter":5242879"#), .same),
        FaultCase("the answer is lost", .up, put(#""dropAfterBody":true"#, times: 1), .same),
        FaultCase("the answer's head is cut", .up, put(#""cutHead":20"#, times: 1), .same),
        FaultCase("the connection ends inside the status line", .up, put(#""cutHead":5"#, times: 1), .same),
        FaultCase(
            "a damaged byte",
            .up,
            put(#""corruptRequestByte":12345"#, times: 1),
            .same,
            stores: checked,
            block: whole
        ),
        FaultCase(
            "a damaged byte, no checksum",
            .up,
            put(#""corruptRequestByte":12345"#, times: 1),
            .caughtByReadback,
            stores: ["nginx"],
            block: whole
        ),
        FaultCase(
            "a body that is damaged each time",
            .up,
            put(#""corruptRequestByte":1"#, times: 1000),
            .failed([.integrity]),
            stores: checked,
            block: whole
        ),
        FaultCase("a stall before the body is read", .up, put(#""stall":true"#, times: 1), .same, stalls: true),
        FaultCase("100 and 103 in front of the answer", .up, put(#""interim":5"#, times: 1000), .same),
        FaultCase("an answer of HTTP/1.0", .up, put(#""http10":true"#, times: 1000), .same),
        FaultCase("each answer twice", .up, put(#""again":true"#, times: 3), .either(refusals)),
        FaultCase(
            "an answer that is no HTTP",
            .up,
            put(#""answer":"SSH-2.0-OpenSSH\r\n""#, times: 1),
            .either([.unexpectedAnswer, .transient])
        ),
        FaultCase(
            "success of HTTP/0.9",
            .up,
            put(#""answer":"<html>fine</html>""#, times: 1),
            .either([.unexpectedAnswer, .transient])
        ),
        FaultCase("redirects in a circle", .up, put(#""respond":307"#, times: 1000), .failed(refusals)),
        FaultCase(
            "503 before the body is read",
            .up,
            put(
                #""early":true,"answer":"HTTP/1.1 503 Slow Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n""#,
                times: 1
            ),
            .same
        ),
        FaultCase(
            "success before the body is read",
            .up,
            put(
                #""early":true,"answer":"HTTP/1.1 201 Created\r\nContent-Length: 0\r\nConnection: close\r\n\r\n""#,
                times: 1000
            ),
            .failed(refusals)
        ),
        FaultCase(
            "success with a negative length",
            .up,
            put(#""answer":"HTTP/1.1 201 Created\r\nContent-Length: -5\r\n\r\n""#, times: 1000),
            .failed(refusals),
            stores: checked
        ),
        FaultCase(
            "an empty 200 of something else",
            .up,
            put(#""respond":200"#, times: 1000),
            .failed(refusals),
            stores: checked
        ),
        FaultCase(
            "the service takes the object and forgets it",
            .up,
            put(#""forget":201"#, times: 1),
            .caughtByReadback,
            block: whole
        ),
        FaultCase(
            "the service takes a part and forgets it",
            .up,
            put(#""skip":1,"forget":201"#, times: 1),
            .failed(refusals),
            stores: checked
        ),
        FaultCase(
            "the commit is taken and forgotten",
            .up,
            #"[{"match":"PUT .*comp=blocklist","times":1,"forget":201}]"#,
            .caughtByReadback,
            stores: ["azure"]
        ),
        FaultCase(
            "the commit's answer is lost",
            .up,
            #"[{"match":"(PUT .*comp=blocklist|POST .*uploadId)","times":2,"dropAfterBody":true}]"#,
            .same,
            stores: checked
        ),
    ]

    static let downloads: [FaultCase] = [
        FaultCase(
            "a storm of 500 and 503",
            .down,
            #"[{"match":"GET .*file","times":1,"respond":500},{"match":"GET .*file","times":2,"respond":503}]"#,
            .same
        ),
        FaultCase("502 without end", .down, get(#""respond":502"#, times: 1000), .failed([.transient])),
        FaultCase("503, Retry-After in seconds", .down, get(#""respond":503,"retryAfter":"1""#), .same),
        FaultCase(
            "503, Retry-After before all time",
            .down,
            get(#""respond":503,"retryAfter":"Mon, 01 Jan 0001 00:00:00 GMT""#),
            .same
        ),
        FaultCase("a body cut at byte 0", .down, get(#""truncateResponse":0"#), .same),
        FaultCase("a body cut at byte 100,000", .down, get(#""truncateResponse":100000"#), .same),
        FaultCase(
            "bodies cut without end",
            .down,
            get(#""truncateResponse":1000"#, times: 100_000),
            .either([.transient])
        ),
        FaultCase("a damaged byte", .down, get(#""corruptResponseByte":1234"#, times: 1), .same, stores: ["azure"]),
        FaultCase(
            "bytes damaged each time",
            .down,
            get(#""corruptResponseByte":1234"#, times: 100_000),
            .failed([.integrity]),
            stores: ["azure"]
        ),
        FaultCase(
            "a damaged byte of what has a digest as a whole",
            .down,
            get(#""corruptResponseByte":1234"#, times: 1),
            .failed([.integrity]),
            stores: ["s3-seaweedfs"],
            hasDigest: true
        ),
        FaultCase(
            "a damaged byte in one range of 16 MiB",
            .down,
            get(#""corruptResponseByte":1234"#, times: 1),
            .same,
            stores: ["azure"],
            block: whole
        ),
        FaultCase(
            "bytes damaged each time, no digest",
            .down,
            get(#""corruptResponseByte":1234"#, times: 100_000),
            .unverified,
            stores: ["nginx", "s3-seaweedfs"]
        ),
        FaultCase("a stall in the middle of a body", .down, get(#""stallAfter":1000"#, times: 1), .same, stalls: true),
        FaultCase("the answer's head is cut", .down, get(#""cutHead":30"#, times: 1), .same),
        FaultCase("100 and 103 in front of the answer", .down, get(#""interim":3"#, times: 100_000), .same),
        FaultCase("an answer of HTTP/1.0", .down, get(#""http10":true"#, times: 100_000), .same),
        FaultCase("each answer twice", .down, get(#""again":true"#, times: 2), .either(refusals)),
        FaultCase(
            "another range than was asked for",
            .down,
            get(#""setRequestHeader":"Range: bytes=7-1048582""#, times: 100_000),
            .failed(refusals)
        ),
        FaultCase(
            "another range of the same length",
            .down,
            get(#""shiftRange":1"#, times: 100_000),
            .failed(refusals)
        ),
        FaultCase(
            "a server that ignores ranges",
            .down,
            get(#""setRequestHeader":"Range:""#, times: 100_000),
            .either(refusals)
        ),
        FaultCase(
            "another version's entity tag",
            .down,
            get(#""setHeader":"ETag: \"another\"""#, times: 100_000),
            .failed(refusals + [.sourceChanged])
        ),
        FaultCase(
            "a length too small",
            .down,
            get(#""setHeader":"Content-Length: 1000""#, times: 2),
            .either(refusals)
        ),
        FaultCase(
            "a length too large",
            .down,
            get(#""setHeader":"Content-Length: 99999999""#, times: 1),
            .either(refusals),
            stalls: true
        ),
        FaultCase(
            "a length below zero",
            .down,
            get(#""setHeader":"Content-Length: -1""#, times: 100_000),
            .failed(refusals)
        ),
        FaultCase(
            "a chunked body that is cut",
            .down,
            get(#""answer":"HTTP/1.1 206 Partial\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc""#, times: 1),
            .either(refusals)
        ),
        FaultCase(
            "a web page in place of the object",
            .down,
            get(#""answer":"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n<html></html>""#, times: 100_000),
            .failed(refusals + [.sourceChanged])
        ),
        FaultCase("redirects in a circle", .down, get(#""respond":302"#, times: 100_000), .failed(refusals)),
    ]
}
