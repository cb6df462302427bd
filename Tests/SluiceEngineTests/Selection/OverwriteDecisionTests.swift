import SluiceCore
import Testing

@testable import SluiceEngine

@Suite struct OverwriteDecisionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var mode = CopySpecification.Overwrite.ifDifferent
        var keepsSize = true
        var keepsTime = false
        /// Size, time and tag in the source and in the sink.
        var item: (Int?, Int64?, String?) = (5, 100, nil)
        var standing: (Int?, Int64?, String?)? = (5, 200, nil)
        let isToCopy: Bool
    }

    private static func item(_ values: (Int?, Int64?, String?)) -> SourceItem {
        SourceItem(name: "a", size: values.0, modified: values.1.map { Timestamp(seconds: $0) }, entityTag: values.2)
    }

    @Test(
        "what stands in the sink decides as it is said",
        arguments: [
            Case(testDescription: "newer: nothing stands there", mode: .ifNewer, standing: nil, isToCopy: true),
            Case(testDescription: "newer: written later", mode: .ifNewer, isToCopy: false),
            Case(
                testDescription: "newer: written later, of another size",
                mode: .ifNewer,
                standing: (6, 200, nil),
                isToCopy: false
            ),
            Case(testDescription: "newer: at the same time", mode: .ifNewer, standing: (5, 100, nil), isToCopy: false),
            Case(testDescription: "newer: written before", mode: .ifNewer, standing: (5, 99, nil), isToCopy: true),
            Case(testDescription: "newer: no time in the source", mode: .ifNewer, item: (5, nil, nil), isToCopy: true),
            Case(
                testDescription: "newer: no time in the sink",
                mode: .ifNewer,
                standing: (5, nil, nil),
                isToCopy: true
            ),
            Case(testDescription: "different: nothing stands there", standing: nil, isToCopy: true),
            Case(testDescription: "different: same size, written later", isToCopy: false),
            Case(testDescription: "different: another size", standing: (6, 200, nil), isToCopy: true),
            Case(
                testDescription: "different: size unknown",
                item: (nil, 100, nil),
                standing: (nil, 200, nil),
                isToCopy: true
            ),
            Case(
                testDescription: "different: another size behind a codec",
                keepsSize: false,
                standing: (3, 200, nil),
                isToCopy: false
            ),
            Case(
                testDescription: "different: changed since, behind a codec",
                keepsSize: false,
                standing: (3, 99, nil),
                isToCopy: true
            ),
            Case(testDescription: "different: same size, changed since", standing: (5, 99, nil), isToCopy: true),
            Case(
                testDescription: "different: changed since, same tag",
                item: (5, 100, "x"),
                standing: (5, 99, "x"),
                isToCopy: false
            ),
            Case(
                testDescription: "different: another size, same tag",
                item: (5, 100, "x"),
                standing: (6, 200, "x"),
                isToCopy: true
            ),
            Case(
                testDescription: "different: not changed since, another tag",
                item: (5, 100, "x"),
                standing: (5, 200, "y"),
                isToCopy: false
            ),
            Case(testDescription: "different: no time, same size", item: (5, nil, nil), isToCopy: true),
            Case(
                testDescription: "different: kept time, equal",
                keepsTime: true,
                standing: (5, 100, nil),
                isToCopy: false
            ),
            Case(testDescription: "different: kept time, older file put in place", keepsTime: true, isToCopy: true),
            Case(testDescription: "always", mode: .always, isToCopy: true),
        ]
    )
    func table(_ value: Case) {
        let decision = OverwriteDecision(mode: value.mode, keepsSize: value.keepsSize, keepsTime: value.keepsTime)
        #expect(decision.isToCopy(Self.item(value.item), over: value.standing.map(Self.item)) == value.isToCopy)
    }
}
