import Testing

@testable import SluiceODBC

@Suite struct TableIncrementTests {
    private typealias Mark = TableIncrement.Mark

    @Test(
        "each time takes what is above the last one, up to the highest, and what has no value the first time",
        arguments: [
            (nil, "9", true, "(c <= 9 or c is null)"), (nil, "9", false, "c <= 9"), (nil, nil, true, "c is null"),
            (Mark(high: "5"), "9", true, "c > 5 and c <= 9"), (Mark(high: "5"), nil, true, "1 = 0"),
            (Mark(high: nil), "9", true, "c <= 9"), (Mark(high: nil), nil, true, "1 = 0"),
        ] as [(TableIncrement.Mark?, String?, Bool, String)]
    )
    func conditions(mark: TableIncrement.Mark?, high: String?, mayBeNull: Bool, condition: String) {
        #expect(TableIncrement.condition("c", mark, high, mayBeNull: mayBeNull) == condition)
    }

    @Test("the partitions of an increment are those of the table within it, and how many rows they have is not known")
    func partitions() {
        let division = TableDivision(.range, ["c < 5", "c >= 5 or c is null"], estimate: 7).within("a or b")
        #expect(division.partitions.map(\.condition) == ["(a or b) and (c < 5)", "(a or b) and (c >= 5 or c is null)"])
        #expect(division.estimate == nil)
        #expect(TableDivision(.whole, [nil], estimate: 7).within("a").partitions.map(\.condition) == ["a"])
    }
}
