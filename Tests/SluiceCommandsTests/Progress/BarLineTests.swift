import Testing

@testable import SluiceCommands

@Suite struct BarLineTests {
    @Test(
        "a bar goes with all rows that a narrower terminal has broken it into",
        arguments: [
            (length: 0, columns: 80, rows: 0), (79, 80, 0), (80, 80, 0), (81, 80, 1), (99, 40, 2), (79, 1, 78),
            (79, 0, 0),
        ]
    )
    func rows(length: Int, columns: Int, rows: Int) {
        let expected = rows == 0 ? "\r\u{1B}[K" : "\r\u{1B}[\(rows)A\u{1B}[J"
        #expect(BarLine.clearing(length, columns: columns, reflows: true) == expected)
        #expect(BarLine.clearing(length, columns: columns, reflows: false) == "\r\u{1B}[K")
    }
}
