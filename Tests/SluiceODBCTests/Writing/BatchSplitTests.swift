import Testing

@testable import SluiceODBC

@Suite struct BatchSplitTests {
    @Test(
        "exactly the bad rows are found, and every other row is taken once",
        arguments: [
            (0, []), (1, []), (1, [0]), (2, [1]), (7, [0, 6]), (64, Array(0..<64)), (1000, [0, 1, 499, 500, 999]),
            (10_000, [9999]),
        ]
    )
    func finds(_ count: Int, _ bad: [Int]) {
        var split = BatchSplit(0..<count)
        var taken: [Int] = []
        var found: [Int] = []
        var sent = 0
        while let rows = split.next() {
            sent += 1
            if bad.contains(where: rows.contains) {
                if let row = split.refused(rows) { found.append(row) }
            } else {
                taken += rows
            }
        }
        // In the order of the rows, too.
        #expect(found == bad)
        #expect(taken == (0..<count).filter { !bad.contains($0) })
        // Two halves for each level above each bad row.
        let levels = count < 2 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
        #expect(sent <= max(1, bad.count) * 2 * levels + 1)
    }
}
