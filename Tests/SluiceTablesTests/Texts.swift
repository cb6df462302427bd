import Glibc
import SluiceTestSupport

@testable import SluiceTables

/// What `CanonicalText` writes.
func written(_ body: (UnsafeMutablePointer<UInt8>) -> Int) -> String {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: CanonicalText.most) { place in
        String(decoding: place.prefix(body(place.baseAddress!)), as: UTF8.self)
    }
}

/// What `ValueText` makes of a text.
func read<Value>(_ text: String, _ body: (Span<UInt8>) -> Value?) -> Value? { body(Array(text.utf8).span) }

/// A decimal as `ValueText` writes it.
func decimal(_ text: String) -> String? {
    let bytes = Array(text.utf8)
    return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: bytes.count + ValueText.mostZeros + 3) { place in
        ValueText.decimal(bytes.span, to: place.baseAddress!).map { String(decoding: place.prefix($0), as: UTF8.self) }
    }
}

/// Runs a Python program of the standard library over some lines; what it prints.
func python(_ program: String, over lines: [String]) throws -> String {
    let directory = try TemporaryDirectory()
    let input = try directory.write("lines", Array(lines.joined(separator: "\n").utf8))
    let command = try Command.run(["python3", "-c", program], input: input)
    return String(decoding: command.output, as: UTF8.self)
}

/// The Python of the fixtures' environment, which `Scripts/fixtures-setup` makes.
let python: String = {
    func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }
    let cache = variable("XDG_CACHE_HOME") ?? (variable("HOME") ?? "") + "/.cache"
    return (variable("SLUICE_TOOLS") ?? cache + "/sluice") + "/venv/bin/python3"
}()
