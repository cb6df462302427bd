import Testing

@testable import SluiceODBC

@Suite struct TableDivisionTests {
    @Test(
        "a division is kept as it is",
        arguments: [
            [nil], ["n < 3", "n >= 3", "n is null"], ["", "c < 'a:b\n\0'", "c >= 'ü😀'"],
        ] as [[String?]]
    )
    func roundTrip(_ conditions: [String?]) {
        for division in [
            TableDivision(.range, conditions, estimate: 17),
            TableDivision(.blocks, conditions, estimate: nil, mark: "1:2:"),
        ] {
            #expect(TableDivision(encoded: division.encoded) == division)
        }
    }

    @Test("two divisions are never the same")
    func identifier() {
        #expect(TableDivision(.whole, [nil], estimate: nil) != TableDivision(.whole, [nil], estimate: nil))
    }

    @Test(
        "what is none is not taken for one",
        arguments: ["", "5:whole", "5:whole1:x-:-:", "9:elsewhere1:x-:-:-:", "99:a", "-1:a"]
    )
    func malformed(_ text: String) { #expect(TableDivision(encoded: Array(text.utf8)) == nil) }
}
