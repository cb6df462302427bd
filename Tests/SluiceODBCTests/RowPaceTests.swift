import Testing

@testable import SluiceODBC

/// How many rows a driver is asked for.
@Suite struct RowPaceTests {
    @Test("short rows are asked for in ever larger numbers, and long ones one by one")
    func pace() {
        var pace = RowPace(bytes: 8 << 20, most: 10_000)
        var found: [Int] = []
        for longest in [100, 100, 100, 100, 100, 4096, 1 << 30, 100, 100] {
            found.append(pace.rows)
            pace.saw(longest: longest)
        }
        #expect(found == [32, 128, 512, 2048, 8192, 10_000, 2048, 1, 4])
    }

    @Test("there is always one", arguments: [0, 1, 10])
    func least(_ most: Int) {
        var pace = RowPace(bytes: 0, most: most)
        #expect(pace.rows == max(1, most))
        pace.saw(longest: 0)
        #expect(pace.rows == 1)
    }
}
