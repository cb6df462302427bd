internal import Glibc
internal import SluiceCore

/// The header lines of an answer as they arrived, of which only those that somebody asks for are taken apart: of a
/// dozen lines two or three matter.
struct HeaderBlock: Sendable {
    /// `Name: value` and a line feed, each.
    private var bytes: [UInt8] = []

    init() {}

    init(_ headers: [HTTPRequest.Header]) {
        for header in headers { bytes += "\(header.name): \(header.value)\n".utf8 }
    }

    mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

    /// Keeps a line, whose end of line may be missing; one without a colon is no header.
    mutating func append(_ line: UnsafeRawBufferPointer) {
        guard unsafe line.contains(UInt8(ascii: ":")) else { return }
        unsafe bytes.append(contentsOf: line)
        if unsafe line.last != HeaderBlock.lineFeed { bytes.append(HeaderBlock.lineFeed) }
    }

    /// The value of the first header of this name, whatever its case.
    subscript(name: String) -> String? {
        var name = name
        return name.withUTF8 { name in
            unsafe bytes.withUnsafeBytes { bytes in
                var rest = unsafe bytes[...]
                while let line = unsafe HeaderBlock.nextLine(&rest) {
                    let isNamed =
                        unsafe line.count > name.count
                        && line[line.startIndex + name.count] == UInt8(ascii: ":")
                        && zip(line, name).allSatisfy { lowercase($0) == lowercase($1) }
                    if isNamed { return unsafe HeaderBlock.value(line.dropFirst(name.count + 1)) }
                }
                return nil
            }
        }
    }

    /// All of them, names in lower case, in the order of arrival.
    var headers: [HTTPRequest.Header] {
        unsafe bytes.withUnsafeBytes { bytes in
            var headers: [HTTPRequest.Header] = []
            var rest = unsafe bytes[...]
            while let line = unsafe HeaderBlock.nextLine(&rest) {
                let name = unsafe line.prefix { $0 != UInt8(ascii: ":") }
                headers.append(
                    HTTPRequest.Header(
                        unsafe String(decoding: name.map(lowercase), as: UTF8.self),
                        unsafe HeaderBlock.value(line.dropFirst(name.count + 1))
                    )
                )
            }
            return headers
        }
    }

    private static let lineFeed = UInt8(ascii: "\n")

    private typealias Bytes = Slice<UnsafeRawBufferPointer>

    /// Takes the next line off `bytes`; nil at their end.
    private static func nextLine(_ bytes: inout Bytes) -> Bytes? {
        guard let start = unsafe UnsafeRawBufferPointer(rebasing: bytes).baseAddress,
            let feed = unsafe memchr(start, Int32(lineFeed), bytes.count)
        else { return nil }
        let line = unsafe bytes.prefix(UnsafeRawPointer(feed) - start)
        unsafe bytes = bytes.dropFirst(line.count + 1)
        return unsafe line
    }

    /// Without white space at its ends.
    private static func value(_ bytes: Bytes) -> String {
        var (start, end) = unsafe (bytes.startIndex, bytes.endIndex)
        while start < end, unsafe bytes[start] <= 32 { start += 1 }
        while end > start, unsafe bytes[end - 1] <= 32 { end -= 1 }
        let value = unsafe bytes[start..<end]
        guard unsafe value.contains(where: { $0 == 0x0D || $0 == 0 }) else { return unsafe String(decoding: value, as: UTF8.self) }
        // What would end a line or a C string where the value is sent on is taken for a space (RFC 9110, 5.5).
        return unsafe String(decoding: value.map { $0 == 0x0D || $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
    }
}

/// A header name's byte in lower case: names are ASCII (RFC 9110, 5.1), and their case doesn't count.
func lowercase(_ byte: UInt8) -> UInt8 { 0x41...0x5A ~= byte ? byte | 0x20 : byte }
