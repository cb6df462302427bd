/// What stands around the rows: nothing, or an array's brackets and commas.
struct JSONFrame {
    let shape: JSONFormat.Shape
    /// Whether a row was read.
    var hasRows = false
    private var isClosed = false

    init(_ shape: JSONFormat.Shape) { self.shape = shape }

    /// Passes over what stands before the next row; false where there is none.
    mutating func isRowNext(_ scanner: inout JSONScanner, isFinal: Bool) throws(JSONScanner.Stop) -> Bool {
        if shape == .lines || isClosed {
            if unsafe scanner.isAtEnd() {
                if isFinal { return false }
                throw .incomplete
            }
            if isClosed { throw .malformed("something stands behind the array") }
            return true
        }
        if try unsafe scanner.peek() == UInt8(ascii: "]") {
            unsafe scanner.skip()
            isClosed = true
            return unsafe try isRowNext(&scanner, isFinal: isFinal)
        }
        if hasRows {
            try unsafe scanner.take(UInt8(ascii: ","), "a comma or a bracket")
            _ = try unsafe scanner.peek()
        }
        hasRows = true
        return true
    }
}

/// Reads what stands before the first row, and finds the columns in the first ones.
struct JSONHead: ~Copyable {
    private let window: InputWindow
    private var shape = JSONFormat.Shape.lines
    /// The line at the window's start.
    private(set) var line = 1

    init(_ window: InputWindow) { self.window = window }

    /// Passes over a byte order mark and an array's bracket.
    mutating func frame() throws -> JSONFrame {
        try fill { $0.count >= DelimitedFormat.byteOrderMark.count }
        let first = window.bytes(window.start..<min(window.end, window.start + DelimitedFormat.byteOrderMark.count))
        if first == DelimitedFormat.byteOrderMark { window.take(upTo: window.start + first.count) }
        while true {
            var scanner = unsafe JSONScanner(window, at: window.start)
            if let byte = try? unsafe scanner.peek() {
                unsafe line += scanner.lines
                if byte == UInt8(ascii: "[") {
                    unsafe scanner.skip()
                    shape = .array
                }
                unsafe window.take(upTo: scanner.position)
                return JSONFrame(shape)
            }
            guard !window.isFinal else { return JSONFrame(shape) }
            // White space, as much as there is.
            unsafe line += scanner.lines
            window.take(upTo: window.end)
            _ = try window.fill()
        }
    }

    private func fill(_ isEnough: (Range<Int>) -> Bool) throws {
        while !window.isFinal, !isEnough(window.start..<window.end) { _ = try window.fill() }
    }

    /// The keys of the rows that stand in the window, one at least, in their order; text, numbers or booleans as far as
    /// their values are all that. Nothing is taken.
    func columns() throws -> [Column] {
        while true {
            var found = FoundColumns()
            let isEnough = look(&found)
            if isEnough || window.isFinal { return found.columns }
            guard try window.fill() else { return found.columns }
        }
    }

    /// Looks at whole rows; whether there was one.
    private func look(_ found: inout FoundColumns) -> Bool {
        var frame = JSONFrame(shape)
        var hasRow = false
        var scanner = unsafe JSONScanner(window, at: window.start)
        while true {
            var row: [(JSONScanner.Value, JSONScanner.Value)] = []
            do throws(JSONScanner.Stop) {
                guard unsafe try frame.isRowNext(&scanner, isFinal: window.isFinal) else { return hasRow }
                row = try unsafe JSONHead.row(&scanner)
            } catch {
                guard case .malformed = error, shape == .lines, let next = unsafe lineEnd(scanner.position) else {
                    return hasRow
                }
                unsafe scanner = JSONScanner(window, at: next)
                continue
            }
            hasRow = true
            for (key, value) in row {
                found.add(JSONHead.text(key, window), value.kind, isInteger: isInteger(value))
            }
        }
    }

    private static func row(
        _ scanner: inout JSONScanner
    ) throws(JSONScanner.Stop) -> [(JSONScanner.Value, JSONScanner.Value)] {
        var row: [(JSONScanner.Value, JSONScanner.Value)] = []
        try unsafe scanner.take(UInt8(ascii: "{"), "an object")
        while try unsafe scanner.peek() != UInt8(ascii: "}") {
            if !row.isEmpty { try unsafe scanner.take(UInt8(ascii: ","), "a comma or a bracket") }
            let key = try unsafe scanner.string()
            try unsafe scanner.take(UInt8(ascii: ":"), "a colon")
            row.append((key, try unsafe scanner.value()))
        }
        unsafe scanner.skip()
        return row
    }

    private func lineEnd(_ position: Int) -> Int? {
        (position..<window.end).first { unsafe window.text[$0] == DelimitedFormat.lineFeed }.map { $0 + 1 }
    }

    /// Whether a number surely is one of 64 bits.
    private func isInteger(_ value: JSONScanner.Value) -> Bool {
        value.range.count <= 18 && window.bytes(value.range).allSatisfy { $0 &- 48 < 10 || $0 == UInt8(ascii: "-") }
    }

    /// A key's or a text's bytes without escapes.
    static func text(_ value: JSONScanner.Value, _ window: InputWindow) -> [UInt8] {
        var bytes = window.bytes(value.range)
        guard value.isEscaped else { return bytes }
        let count = unsafe bytes.withUnsafeMutableBufferPointer { bytes in
            unsafe bytes.baseAddress.map { unsafe JSONText.removeEscapes($0, bytes.count) } ?? 0
        }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}

/// Columns as they are found in rows.
private struct FoundColumns {
    private var names: [[UInt8]] = []
    private var places: [[UInt8]: Int] = [:]
    private var kinds: [Set<JSONScanner.Value.Kind>] = []
    private var areIntegers: [Bool] = []

    mutating func add(_ name: [UInt8], _ kind: JSONScanner.Value.Kind, isInteger: Bool) {
        let place = places[name] ?? names.count
        if place == names.count {
            places[name] = place
            names.append(name)
            kinds.append([])
            areIntegers.append(true)
        }
        if kind != .null { kinds[place].insert(kind) }
        if kind == .number && !isInteger { areIntegers[place] = false }
    }

    var columns: [Column] {
        names.indices.map { index in
            let type: ColumnType =
                switch kinds[index] {
                case [.boolean]: .boolean
                case [.number]:
                    areIntegers[index] ? .integer(bits: 64, isSigned: true) : .decimal(precision: nil, scale: nil)
                default: .text(length: nil)
                }
            return Column(String(decoding: names[index], as: UTF8.self), type, form: .text)
        }
    }
}
