/// Rows as a shop's order system would write them into a CSV file: running numbers, times that go up, names from
/// lists in which some are far more common than others, prices, and now and then a remark in quotes.
///
/// The same seed gives the same rows on every machine.
struct GeneratedRows {
    private var state: UInt64
    private var order: UInt64 = 1_000_000
    private var second: UInt64 = 0

    init(seed: UInt64) { state = seed }

    /// About `count` bytes: a header and whole rows, cut at `count`.
    mutating func bytes(_ count: Int) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(count + 512)
        text += "order_id,ordered_at,store,customer,sku,quantity,price,discount,currency,status,remark\n".utf8
        while text.count < count { appendRow(to: &text) }
        text.removeLast(text.count - count)
        return text
    }

    private static func list(_ words: String) -> [[UInt8]] { words.split(separator: " ").map { Array($0.utf8) } }

    private static let cities = list(
        "Berlin Hamburg Lyon Paris Milano Roma Madrid Bilbao Lisboa Porto Gent Antwerpen Utrecht Malmö Oslo Tampere Kraków Brno Graz Zürich"
    )
    private static let names = list(
        "Schmidt Müller Rossi García Martin Silva Jansen Nowak Svensson Virtanen Novák Huber Keller Dubois Moreau Ferrari Costa Peeters Larsen Horvat Becker Wagner Ricci Lopez Ruiz Santos Visser Kowalski Nilsson Laine"
    )
    private static let states = list(
        "delivered delivered delivered delivered shipped shipped packed returned cancelled"
    )
    private static let currencies = list("EUR EUR EUR EUR EUR SEK NOK CHF PLN CZK")
    private static let words = list(
        "please leave at the door ring twice fragile gift wrap call before delivery second floor neighbour has the key no signature needed express weekend only invoice by mail"
    )

    private mutating func appendRow(to text: inout [UInt8]) {
        order += 1 + below(3)
        second += below(40)
        append(order, to: &text, end: ",")
        appendTime(to: &text)
        text += pick(GeneratedRows.cities)
        append(below(40), to: &text, width: 3, end: ",")
        text += pick(GeneratedRows.names)
        append(below(9000), to: &text, width: 4, end: ",")
        text += "SKU-".utf8
        append(skewed(below: 60_000), to: &text, width: 5, end: ",")
        append(1 + skewed(below: 12), to: &text, end: ",")
        append(1 + skewed(below: 400), to: &text, end: ".")
        append(below(4) == 0 ? below(100) : 99, to: &text, width: 2, end: ",")
        append(below(5) == 0 ? 5 * below(8) : 0, to: &text, end: ",")
        text += pick(GeneratedRows.currencies)
        text.append(UInt8(ascii: ","))
        text += pick(GeneratedRows.states)
        text.append(UInt8(ascii: ","))
        if below(3) == 0 { appendRemark(to: &text) }
        text.append(UInt8(ascii: "\n"))
    }

    private mutating func appendTime(to text: inout [UInt8]) {
        text += "2026-".utf8
        let day = second / 86_400
        append(1 + day / 28 % 12, to: &text, width: 2, end: "-")
        append(1 + day % 28, to: &text, width: 2, end: "T")
        append(second / 3600 % 24, to: &text, width: 2, end: ":")
        append(second / 60 % 60, to: &text, width: 2, end: ":")
        append(second % 60, to: &text, width: 2, end: "Z")
        text.append(UInt8(ascii: ","))
    }

    private mutating func appendRemark(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        for index in 0...Int(below(7)) {
            if index > 0 { text.append(UInt8(ascii: below(6) == 0 ? "," : " ")) }
            text += pick(GeneratedRows.words)
        }
        text.append(UInt8(ascii: "\""))
    }

    private func append(_ number: UInt64, to text: inout [UInt8], width: Int = 1, end: Unicode.Scalar) {
        var divisor: UInt64 = 1
        var digits = 1
        while digits < width || number / divisor >= 10 {
            divisor *= 10
            digits += 1
        }
        while divisor > 0 {
            text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
        text.append(UInt8(ascii: end))
    }

    private mutating func pick(_ list: [[UInt8]]) -> [UInt8] { list[Int(below(UInt64(list.count)))] }

    /// Small numbers more often than large ones.
    private mutating func skewed(below bound: UInt64) -> UInt64 { below(1 + below(1 + below(bound))) }

    private mutating func below(_ bound: UInt64) -> UInt64 { ((next() >> 32) &* bound) >> 32 }

    /// SplitMix64.
    private mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}

extension SampleData {
    /// Rows that look like an export of a database, where the user has given no data.
    static func generated(_ count: Int = SampleData.size) -> SampleData {
        var rows = GeneratedRows(seed: 2026)
        return SampleData(
            rows.bytes(count),
            origin: "generated rows of a CSV file (no source was given)",
            isGenerated: true
        )
    }
}
