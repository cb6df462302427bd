import Testing

@testable import SluiceODBC

@Suite struct SlicePaceTests {
    @Test("slices have the bytes that they may, by the rows before them, within bounds")
    func pace() {
        var pace = SlicePace()
        #expect(pace.rows(1 << 20) == 1000)
        pace.add(rows: 1000, bytes: 1_024_000)
        #expect(pace.rows(1 << 20) == 1024)
        // Rows without anything, and such as are too long.
        #expect(SlicePace.after(rows: 1000, bytes: 0).rows(1 << 20) == 50_000)
        #expect(SlicePace.after(rows: 10, bytes: 10 << 30).rows(1 << 20) == 100)
    }

    @Test("rows of long ago count for less")
    func forgetting() {
        var pace = SlicePace.after(rows: 100_001, bytes: 100_001)
        for _ in 0..<20 { pace.add(rows: 100_001, bytes: 100_001 * 1000) }
        #expect(900...1100 ~= (1 << 24) / pace.rows(1 << 24))
    }
}

extension SlicePace {
    fileprivate static func after(rows: Int, bytes: Int) -> SlicePace {
        var pace = SlicePace()
        pace.add(rows: rows, bytes: bytes)
        return pace
    }
}
