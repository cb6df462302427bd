import SluiceCore

extension FuzzTarget {
    /// Dates, numbers and encodings.
    static let values = [httpDate, rfc3339, byteCount, base64, hexadecimal, percent]

    private static let httpDate = FuzzTarget(
        text: "http-date",
        samples: [
            "Sat, 21 Nov 2026 05:19:51 GMT", "Thu, 29 Feb 2024 23:59:60 GMT", "Mon, 01 Jan 0001 00:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
        ],
        words: ["Jan", "Feb", "GMT", ",", ":", "29", "31", "60"]
    ) { text in
        guard let time = Timestamp(httpDate: text) else { return }
        try require(
            Timestamp(httpDate: time.httpDate) == Timestamp(seconds: time.seconds),
            "\(time.httpDate) is read back as another"
        )
    }

    private static let rfc3339 = FuzzTarget(
        text: "rfc3339",
        samples: [
            "2026-11-21", "2026-11-21T05:19:51Z", "2026-11-21T05:19:51.042123456+02:00", "0001-01-01T00:00:00-23:59",
            "9999-12-31T23:59:60Z",
        ],
        words: ["T", "Z", "-", ":", ".", "+00:00", "-0530", "02-29"]
    ) { text in
        guard let time = Timestamp(rfc3339: text) else { return }
        let again = Timestamp(rfc3339: time.rfc3339)
        let difference = again.map { time.nanoseconds.subtractingReportingOverflow($0.nanoseconds).partialValue } ?? -1
        try require(0..<1_000_000 ~= difference, "\(time.rfc3339) is read back as another")
    }

    private static let byteCount = FuzzTarget(
        text: "byte-count",
        samples: ["8388608", "8M", "8MiB", "1.5GB", "0", "9007199254740993", "7TiB", "0.1K"],
        words: ["K", "MiB", "GB", ".", "T", "e9", "-", "½", "٣"]
    ) { text in
        guard let count = ByteCount(parsing: text) else { return }
        try require(count.rawValue >= 0, "\(count.rawValue) bytes")
        try require(ByteCount(parsing: String(count.rawValue)) == count, "\(count.rawValue) is read back as another")
        try require(!count.description.isEmpty && count.description.utf8.count < 32, "shown as \(count)")
    }

    private static let base64 = FuzzTarget(
        "base64",
        samples: ["", "AA==", "AAA=", "rosUhgp5n8g=", "é"],
        words: ["=", "==", "A"]
    ) { bytes in
        try require(Base64.decode(Base64.encode(bytes)) == bytes, "bytes are not read back")
        guard let decoded = Base64.decode(String(decoding: bytes, as: UTF8.self)) else { return }
        try require(
            decoded.count == Base64.encode(decoded).utf8.count / 4 * 3 - padding(Base64.encode(decoded)),
            "a length that can't be"
        )
    }

    private static func padding(_ text: String) -> Int { text.utf8.count { $0 == UInt8(ascii: "=") } }

    private static let hexadecimal = FuzzTarget("hexadecimal", samples: ["", "00ff", "AbCd"], words: ["0", "g"]) {
        bytes in
        try require(Hex.decode(Hex.encode(bytes)) == bytes, "bytes are not read back")
        let text = String(decoding: bytes, as: UTF8.self)
        guard let decoded = Hex.decode(text) else { return }
        try require(Hex.encode(decoded) == text.lowercased(), "\(text) is written as another")
    }

    private static let percent = FuzzTarget(
        text: "percent",
        samples: ["a%20b", "dir/na me?x=%C3%A9", "%", "%zz", "e\u{301}"],
        words: ["%", "%2", "%+1", "%C3", "%A9", "%0", "/"]
    ) { text in
        let encoded = PercentEncoding.encode(text, keeping: "/")
        try require(encoded.utf8.allSatisfy { 0x21...0x7E ~= $0 }, "\(encoded) can't be in an address")
        let decoded = PercentEncoding.decode(encoded)
        try require(
            decoded.map { $0.utf8.elementsEqual(text.utf8) } ?? false,
            "\(encoded) is read as \(decoded ?? "nothing")"
        )
        guard let plain = PercentEncoding.decode(text) else { return }
        try require(plain.utf8.count <= text.utf8.count, "longer than what was encoded")
    }
}
