import Testing

@testable import SluiceODBC

@Suite struct RangeCutTests {
    /// How many of the values are in each range.
    private func shares(_ values: [Int], _ count: Int) -> [Int] {
        let bounds = RangeCuts.bounds(of: values.sorted().map { String($0) }, count: count).map { Int($0)! }
        #expect(bounds == bounds.sorted())
        let inner = zip(bounds, bounds.dropFirst()).map { $0..<$1 }
        let ranges = [Int.min..<(bounds.first ?? .max)] + inner + (bounds.last.map { [$0..<Int.max] } ?? [])
        return ranges.map { range in values.count { range.contains($0) } }
    }

    @Test("even values are divided evenly", arguments: [1, 2, 3, 7, 64])
    func even(_ count: Int) {
        let shares = shares(Array(0..<10_000), count)
        #expect(shares.count == count)
        #expect(shares.allSatisfy { abs($0 - 10_000 / count) <= 1 })
    }

    @Test("values that lie close together are divided as others are")
    func skewed() {
        let values = Array(500_000..<509_900) + Array(stride(from: 0, to: 1_000_000, by: 10_000))
        #expect(shares(values, 4).allSatisfy { (2450...2550).contains($0) })
    }

    @Test("a value that most rows have gets a range of its own, and the others are divided all the same")
    func heavy() {
        let values = Array(repeating: 50, count: 9900) + Array(0..<50) + Array(51..<101)
        #expect(shares(values, 4) == [50, 9900, 25, 25])
    }

    @Test("there are no more ranges than values", arguments: [(0, 1), (1, 1), (2, 2), (3, 3)])
    func few(_ count: Int, _ wanted: Int) {
        #expect(RangeCuts.bounds(of: (0..<count).map { String($0) }, count: 8).count + 1 == wanted)
    }

    @Test("ranges of values in a proven order have two ends, the first and the last one")
    func ordered() {
        let conditions = RangeCuts.conditions("c", ["3", "5"], isOrdered: true, hasNulls: true)
        #expect(conditions == ["c < 3", "c >= 3 and c < 5", "c >= 5", "c is null"])
    }

    @Test("where the order is not proven, a range leaves out all before it")
    func unordered() {
        let conditions = RangeCuts.conditions("c", ["'b'", "'a'", "'c'"], isOrdered: false, hasNulls: false)
        #expect(
            conditions == [
                "c < 'b'", "c >= 'b' and c < 'a'", "c >= 'a' and c >= 'b' and c < 'c'",
                "(c >= 'c' and c >= 'a' and c >= 'b' or c is null)",
            ]
        )
    }

    @Test(
        "no bounds leave all rows together",
        arguments: [(true, ["c is not null", "c is null"]), (false, ["1 = 1"])]
    )
    func none(_ hasNulls: Bool, _ wanted: [String]) {
        #expect(RangeCuts.conditions("c", [], isOrdered: true, hasNulls: hasNulls) == wanted)
    }

    @Test("names in braces are filled in once, and others stay")
    func template() {
        let template = Template(text: "select {literal} from {relation} where {x} {")
        #expect(
            template.filled(["literal": "{relation}", "relation": "(a{literal}b)"])
                == "select {relation} from (a{literal}b) where {x} {"
        )
    }
}
