import SluiceCore
import Testing

@testable import SluiceEngine

@Suite struct StagingStateTests {
    private func object(_ name: String, _ bytes: Int) -> StagedObject {
        StagedObject(name: name, bytes: bytes, checksum: nil, entityTag: nil, rows: nil)
    }

    /// An expectation that changes what it looks at.
    private func check(_ isTrue: Bool, line: Int = #line) { #expect(isTrue, "line \(line)") }

    private func names(_ state: inout StagingState) -> [String] {
        var names: [String] = []
        while let arrival = state.take() {
            switch arrival {
            case .staged(let object): names.append(object.name)
            case .ended(let record): names.append("!" + record.name)
            case .last: return names + ["."]
            }
        }
        return names
    }

    @Test("what is on its way and what lies there stay within the limit together")
    func limit() {
        var state = StagingState(limit: 100)
        check(state.admit("a", size: 60) && !state.admit("b", size: 41) && state.admit("c", size: 40))
        state.stage(object("a.gz", 10), of: "a")
        // Smaller than it was feared.
        check(state.admit("b", size: 41) && !state.admit("d", size: 10))
        state.stage(object("c.gz", 40), of: "c")
        state.stage(object("b.gz", 41), of: "b")
        check(!state.admit("d", size: 10))
        state.remove("a.gz")
        check(state.admit("d", size: 10))
        #expect(state.bytes == 81 && state.peak == 91)
    }

    @Test("an object larger than the limit goes alone")
    func large() {
        var state = StagingState(limit: 100)
        check(state.admit("a", size: 500) && !state.admit("b", size: 1))
        state.stage(object("a", 500), of: "a")
        check(!state.admit("b", size: 1))
        state.remove("a")
        check(state.admit("b", size: 1))
    }

    @Test("objects of unknown size are taken for the largest that came, and for a quarter before one has")
    func unknown() {
        var state = StagingState(limit: 100)
        for number in 1...4 { check(state.admit("\(number)", size: nil)) }
        check(!state.admit("5", size: nil))
        state.stage(object("1", 40), of: "1")
        state.stage(object("2", 5), of: "2")
        check(!state.admit("5", size: nil))
        state.stage(object("3", 5), of: "3")
        state.stage(object("4", 5), of: "4")
        check(state.admit("5", size: nil) && !state.admit("6", size: nil))
    }

    @Test("room that was kept for what failed is given back")
    func failed() {
        var state = StagingState(limit: 100)
        check(state.admit("a", size: 100))
        state.end(ItemRecord.unchanged(SourceItem(name: "a", size: 100), sinkName: "a"))
        check(state.admit("b", size: 100) && names(&state) == ["!a"])
    }

    @Test("everything comes in its order and once, also where it is much")
    func order() {
        var state = StagingState(limit: nil)
        for number in 0..<5000 { state.stage(object("\(number)", 1), of: "\(number)") }
        check(names(&state) == (0..<5000).map(String.init))
        state.finish(nil)
        check(names(&state) == ["."] && names(&state) == ["."])
        state.close()
        guard case .last(let failure?)? = state.take() else {
            Issue.record("a closed one says so")
            return
        }
        #expect(failure.kind == .cancelled)
    }
}
