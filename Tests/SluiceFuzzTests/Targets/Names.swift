import SluiceCore

@testable import SluiceEngine

extension FuzzTarget {
    /// Locations, patterns and lists of names.
    static let names = [location, pattern, nameList]

    private static let secret = "s3cr3t"

    private static let location = FuzzTarget(
        text: "location",
        samples: [
            "/a/dir/", "file:///a%20b", "s3://bucket/dir/key", "az://account/container/name",
            "https://localhost:8443/a/b?x=y#z", "-",
            "https://acc.blob.core.windows.net/c/na%20me", "http://[::1]:80/", "odbc:DSN=warehouse",
            "https://h/?sig=\(secret)",
            "https://user:\(secret)@h/p",
        ],
        words: [
            "s3://", "az://", "https://", "file://", "/", "?", "?sig=\(secret)", "#", "@", ":", "[", "]", "%2F", "//",
            "..", "S3:",
        ]
    ) { text in
        do {
            let location = try Location(parsing: text)
            try requireAddress(location)
            // What a message says of it means the same place, unless it is taken for a secret.
            guard case .odbc = location else {
                let again = try? Location(parsing: location.description)
                try require(
                    again == nil || again == location,
                    "\(location) is read back as \(again?.description ?? "")"
                )
                return
            }
        } catch let error as LocationError {
            let said = text.split(separator: secret, omittingEmptySubsequences: false).dropLast()
            guard said.allSatisfy({ $0.hasSuffix("?sig=") }) else { return }
            try require(!error.description.contains(secret), "the secret is told: \(error)")
        }
    }

    private static func requireAddress(_ location: Location) throws(Violation) {
        switch location {
        case .http(let address):
            try require(!address.host.isEmpty, "no host")
            try require(address.port.map { 1...65535 ~= $0 } ?? true, "the port \(address.port ?? 0)")
            try require(
                !address.description.utf8.contains { $0 <= 32 || $0 == 127 },
                "an address with control characters"
            )
        case .s3(let bucket, _):
            try require(!bucket.isEmpty && !bucket.utf8.contains(UInt8(ascii: "/")), "the bucket \"\(bucket)\"")
        case .azure(let account, let container, _):
            let parts = [account, container]
            try require(parts.allSatisfy { !$0.isEmpty && !$0.utf8.contains(UInt8(ascii: "/")) }, "\(parts)")
        case .file, .standardStream, .odbc: break
        }
    }

    private static let nameList = FuzzTarget(
        "names",
        samples: ["dir/file", "./a\r", #"{"name":"a/b","outcome":"failed"}"#, "../x", "/x", "dir/", "a//b", ""],
        words: ["..", "/", "./", "{", "}", #"{"name":""#, #""outcome":"copied""#, "//", "\\u0000", "\\u002f"]
    ) { bytes in
        guard case .name(let name) = NameList.entry(bytes) else { return }
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        try require(
            !name.utf8.contains(0)
                && parts.allSatisfy { !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8) },
            "the name \"\(name)\" leads elsewhere"
        )
    }

    /// A pattern, a line end, and a name.
    private static let pattern = FuzzTarget(
        "pattern",
        samples: [
            "*.csv\ndir/a.csv", "2026/**/x?.[gz\n2026/1/2/xy.[gz", "a*b*c/**d/tmp/\naxbxc/yd/tmp/z", "/a^*/\na*/b",
            "**/**/?\na/b/é",
        ],
        words: ["*", "**", "**/", "?", "^", "/", "a", "b", "\n", "*a*", "é"]
    ) { bytes in
        let halves = bytes.prefix(400).split(separator: 10, maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, let pattern = try? NamePattern(String(decoding: halves[0], as: UTF8.self)) else {
            return
        }
        let name = String(decoding: halves[1], as: UTF8.self)
        let matches = pattern.matches(name)
        let expected = PatternModel(tokens: pattern.tokens, name: Array(name.utf8)).matches
        try require(
            matches == expected,
            "\"\(pattern.text)\" and \"\(name)\": \(matches), and by the rules \(expected)"
        )
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        for count in 1..<max(2, parts.count) where parts.count > 1 {
            let folder = parts.prefix(count).map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/")
            try require(
                !matches || pattern.mayMatch(below: folder),
                "nothing is looked for below \"\(folder)\", where \"\(name)\" matches"
            )
            try require(
                matches || !pattern.matchesAll(below: folder),
                "\"\(folder)\" is taken whole, and \"\(name)\" does not match"
            )
        }
    }
}

/// What a pattern's tokens mean, written down as the rules say it: slow, and with nothing to get wrong.
private struct PatternModel {
    let tokens: [NamePattern.Token]
    let name: [UInt8]

    var matches: Bool {
        let slash = UInt8(ascii: "/")
        // Whether the tokens from one on match the bytes from one on; the last row is for no tokens.
        var rest = [Bool](repeating: false, count: name.count + 1)
        rest[name.count] = true
        for token in tokens.reversed() {
            var row = [Bool](repeating: false, count: name.count + 1)
            // Whether a folder ends further on, behind which the rest matches.
            var isFolderBehind = false
            for position in stride(from: name.count, through: 0, by: -1) {
                let byte = position < name.count ? name[position] : nil
                if byte == slash, rest[position + 1] { isFolderBehind = true }
                switch token {
                case .byte(let wanted): row[position] = byte == wanted && rest[position + 1]
                case .one: row[position] = byte != nil && byte != slash && rest[behindCharacter(position)]
                case .star: row[position] = rest[position] || byte != nil && byte != slash && row[position + 1]
                case .deep: row[position] = rest[position] || byte != nil && row[position + 1]
                case .folders: row[position] = rest[position] || isFolderBehind
                }
            }
            rest = row
        }
        return rest[0]
    }

    private func behindCharacter(_ position: Int) -> Int {
        var position = position + 1
        while position < name.count, name[position] & 0xC0 == 0x80 { position += 1 }
        return position
    }
}
