import SluiceCore

@testable import SluiceStores

extension FuzzTarget {
    /// What servers say in headers.
    static let headers = [answer, retryAfter, contentRange, encodedWord, checksum]

    private static let answer = FuzzTarget(
        "headers",
        samples: [
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nETag: \"a\"\r\nX-Amz-Meta-K: =?UTF-8?B?w6k=?=\r\n"
                + "Last-Modified: Sat, 21 Nov 2026 05:19:51 GMT\r\nContent-Range: bytes 0-4/5\r\n\r\n"
        ],
        words: [
            "HTTP/1.1 200 OK\r\n", ":", ": ", "\r\n", "\r\n\r\n", "content-length: -1\r\n", "etag:", "retry-after: 5",
            "=?UTF-8?Q?=41?=",
        ]
    ) { bytes in
        var collector = AnswerCollector()
        collector.reset(limit: 1 << 16)
        for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
            unsafe Array(line + [10]).withUnsafeBytes { unsafe collector.appendHeader($0) }
        }
        let response = collector.response(status: 206)
        for header in response.headers {
            try require(!header.name.utf8.contains { 65...90 ~= $0 }, "the name \(header.name) is not in lower case")
            try require(
                !header.value.utf8.contains { $0 == 13 || $0 == 10 },
                "the value of \(header.name) has an end of line in it"
            )
            try require(
                header.value.utf8.first != 32 && header.value.utf8.last != 32,
                "the value of \(header.name) is not trimmed"
            )
        }
        try require(response.contentLength.map { $0 >= 0 } ?? true, "a size of \(response.contentLength ?? 0)")
        _ = ObjectMetadata(headers: response.headers, userPrefix: "x-amz-meta-")
        _ = (response.retryAfter(now: Timestamp(seconds: 1_795_238_391)), response.s3WholeChecksum)
    }

    private static let retryAfter = FuzzTarget(
        text: "retry-after",
        samples: [
            "120", "Sat, 21 Nov 2026 05:19:51 GMT", "0", "Thu, 01 Jan 1970 00:00:00 GMT",
            "Sat, 01 Jan 0001 00:00:00 GMT",
        ],
        words: ["Fri, 31 Dec 9999 23:59:59 GMT", "GMT", "0001", "9999"]
    ) { text in
        for name in ["retry-after", "x-ms-retry-after-ms"] {
            let response = HTTPResponse(status: 503, headers: [.init(name, text)])
            for now in [Timestamp(seconds: 1_795_238_391), Timestamp(nanoseconds: .max), Timestamp(nanoseconds: .min)] {
                let wait = response.retryAfter(now: now) ?? .zero
                try require(wait >= .zero, "a wait of \(wait)")
                try require(wait <= HTTPResponse.longestWait, "a wait of \(wait)")
            }
        }
    }

    private static let contentRange = FuzzTarget(
        text: "content-range",
        samples: ["bytes 0-4/5", "bytes 1048576-2097151/104857600", "bytes 7-7/*", "bytes */5"],
        words: ["bytes ", "-", "/", "*", "0-0"]
    ) { text in
        guard let range = ContentRange(text) else { return }
        try require(range.start >= 0, "the range starts at \(range.start)")
    }

    private static let encodedWord = FuzzTarget(
        text: "encoded-word",
        samples: ["plain", "=?UTF-8?B?w6k=?=", "=?utf-8?Q?a_=C3=A9?= =?UTF-8?B?w6k=?=", " é "],
        words: ["=?", "?=", "?B?", "?Q?", "=4", "_"]
    ) { text in
        _ = HeaderText.decode(text)
        let encoded = HeaderText.encode(text)
        try require(encoded.utf8.allSatisfy { 0x20...0x7E ~= $0 }, "\(encoded) can't be a header's value")
        let decoded = HeaderText.decode(encoded)
        try require(decoded.utf8.elementsEqual(text.utf8), "\(encoded) is read as \(decoded)")
    }

    private static let checksum = FuzzTarget(
        text: "checksum",
        samples: [
            "rosUhgp5n8g=", "rosUhg==", "1B2M2Y8AsgTpgAmY7PhCfg==", "rosUhgp5n8g=-3",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        ],
        words: ["=", "==", "-2", "A", "/", "+"]
    ) { text in
        for algorithm in ChecksumAlgorithm.allCases {
            guard let found = algorithm.s3Checksum(text: text) else { continue }
            try require(found.bytes.count == algorithm.length, "\(found.bytes.count) bytes as a \(algorithm)")
        }
        let headers = ["x-ms-content-crc64", "content-md5"].map { HTTPRequest.Header($0, text) }
        let azure = AzureDialect.storedChecksum(HTTPResponse(status: 201, headers: headers), sent: nil)
        try require(azure.map { $0.bytes.count == $0.algorithm.length } ?? true, "\(azure?.hex ?? "") as a digest")
    }
}
