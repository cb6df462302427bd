internal import Glibc
internal import SluiceCore

/// Turns text of one encoding into another, by iconv(3).
@safe final class Transcoder {
    private let descriptor: iconv_t

    /// - Throws: a `TableError` for a name that iconv does not have.
    init(from source: String, to target: String) throws(TableError) {
        // A slash asks glibc for approximations, and nothing is to be approximate.
        let isName = !source.contains("/") && !target.contains("/") && !source.isEmpty && !target.isEmpty
        let descriptor = unsafe isName ? iconv_open(target, source) : nil
        guard let descriptor = unsafe descriptor, Int(bitPattern: descriptor) != -1 else {
            let name = TextEncoding.isUTF8(source) ? target : source
            throw .delimited("there is no text encoding \(name)", "`iconv --list` shows their names")
        }
        unsafe self.descriptor = descriptor
    }

    deinit { unsafe iconv_close(descriptor) }

    /// Why a piece was converted no further.
    enum Stop {
        case done
        case noRoom
        /// The piece ends within a character.
        case incomplete
        /// What comes next is no character of the one encoding, or has none in the other.
        case invalid
    }

    /// Converts as much of `input` as goes into `output`.
    @unsafe func convert(
        _ input: UnsafeRawBufferPointer,
        to output: UnsafeMutableRawBufferPointer
    ) -> (consumed: Int, produced: Int, Stop) {
        // iconv(3) does not write to its input, whatever its declaration says.
        var source = unsafe UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
        var target = unsafe output.baseAddress?.assumingMemoryBound(to: CChar.self)
        var (left, room) = (input.count, output.count)
        let answer = unsafe iconv(descriptor, &source, &left, &target, &room)
        let code = errno
        let counts = (input.count - left, output.count - room)
        guard answer == -1 else { return (counts.0, counts.1, .done) }
        return (counts.0, counts.1, code == E2BIG ? .noRoom : code == EINVAL ? .incomplete : .invalid)
    }

    /// Writes what brings `output` back to the encoding's first state; how many bytes.
    @unsafe func finish(_ output: UnsafeMutableRawBufferPointer) -> Int {
        var target = unsafe output.baseAddress?.assumingMemoryBound(to: CChar.self)
        var room = output.count
        _ = unsafe iconv(descriptor, nil, nil, &target, &room)
        return output.count - room
    }
}

/// The names of encodings.
enum TextEncoding {
    static func isUTF8(_ name: String) -> Bool { ["utf-8", "utf8"].contains(name.lowercased()) }
}

/// Text of any encoding as UTF-8.
@safe final class TranscodedInput: ByteInput {
    private let input: any ByteInput
    private let encoding: String
    private let transcoder: Transcoder
    private let raw: UnsafeMutableRawBufferPointer
    private let converted: UnsafeMutableRawBufferPointer
    /// What is still to be converted, and what to be given.
    private var held = 0..<0
    private var ready = 0..<0
    /// Of the input, before `held`.
    private var offset = 0
    private var isFinal = false

    private static let size = 64 << 10

    init(_ input: any ByteInput, encoding: String) throws(TableError) {
        self.input = input
        self.encoding = encoding
        transcoder = try Transcoder(from: encoding, to: "UTF-8")
        unsafe raw = .allocate(byteCount: TranscodedInput.size, alignment: 16)
        unsafe converted = .allocate(byteCount: TranscodedInput.size, alignment: 16)
    }

    deinit {
        unsafe raw.deallocate()
        unsafe converted.deallocate()
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while ready.isEmpty {
            if try !held.isEmpty && convert() { continue }
            guard !isFinal else { return try end() }
            try fill()
        }
        let count = min(buffer.count, ready.count)
        unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: converted[ready.prefix(count)]))
        ready = ready.dropFirst(count)
        return count
    }

    /// False where the rest is the beginning of a character.
    private func convert() throws -> Bool {
        let (consumed, produced, stop) = unsafe transcoder.convert(
            UnsafeRawBufferPointer(rebasing: raw[held]),
            to: converted
        )
        held = held.dropFirst(consumed)
        offset += consumed
        ready = 0..<produced
        // What stands before the wrong place is given first.
        if case .invalid = stop, produced == 0 { throw invalid() }
        if case .incomplete = stop { return produced > 0 }
        return true
    }

    private func fill() throws {
        let kept = held.count
        unsafe raw.copyMemory(from: UnsafeRawBufferPointer(rebasing: raw[held]))
        let count = try unsafe input.read(into: UnsafeMutableRawBufferPointer(rebasing: raw[kept...]))
        held = 0..<kept + count
        isFinal = count == 0
    }

    private func end() throws -> Int {
        if !held.isEmpty { throw invalid() }
        return 0
    }

    private func invalid() -> TableError {
        TableError(
            .integrity,
            "the bytes at \(offset) are no \(encoding)",
            advice: "Name the encoding that the text has"
        )
    }
}

/// Makes what another encoder writes a text of any encoding.
@safe final class TranscodedEncoder: RowEncoder {
    private let encoder: any RowEncoder
    private let encoding: String
    private let transcoder: Transcoder
    private let text = ByteOutput()
    /// The beginning of a character whose rest is in the next piece.
    private var begun: [UInt8] = []

    init(_ encoder: any RowEncoder, encoding: String) throws(TableError) {
        self.encoder = encoder
        self.encoding = encoding
        transcoder = try Transcoder(from: "UTF-8", to: encoding)
    }

    func begin(_ output: ByteOutput) throws {
        try encoder.begin(text)
        try convert(to: output)
    }

    func encode(_ batch: borrowing RowBatch, rows range: Range<Int>, to output: ByteOutput) throws {
        // Who reads in pieces skips nothing.
        guard batch.piece == nil else { return try encodePiece(batch, to: output) }
        let before = output.count
        do {
            try encode(batch, range, output)
        } catch is TableError {
            // Which row it is in shows when they are written one by one.
            output.truncate(to: before)
            startAnew()
            for row in range {
                let before = output.count
                do {
                    try encode(batch, row..<row + 1, output)
                } catch let reason as TableError {
                    output.truncate(to: before)
                    startAnew()
                    throw RowRefusal(row, of: batch, .badText, reason)
                }
            }
        }
    }

    private func encode(_ batch: borrowing RowBatch, _ range: Range<Int>, _ output: ByteOutput) throws {
        do {
            try encoder.encode(batch, rows: range, to: text)
        } catch let refusal as RowRefusal {
            // The rows before it are to be written.
            try convert(to: output)
            throw refusal
        }
        try convert(to: output)
    }

    /// Brings the transcoder to the state in which rows begin: encodings that shift are back in their first one at the end
    /// of each line, and those that begin with a mark (UTF-16) have every character, so that nothing is refused.
    private func startAnew() {
        unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { room in
            _ = unsafe transcoder.finish(room)
        }
    }

    private func encodePiece(_ batch: borrowing RowBatch, to output: ByteOutput) throws {
        if !begun.isEmpty { text.append(begun) }
        begun = []
        try encoder.encode(batch, to: text)
        try convert(to: output, isPiece: batch.piece?.isLast == false)
    }

    var takesPieces: Bool { encoder.takesPieces }

    func finish(_ output: ByteOutput) throws {
        try encoder.finish(text)
        try convert(to: output)
        unsafe output.advance(transcoder.finish(UnsafeMutableRawBufferPointer(output.reserve(64))))
    }

    /// - Parameter isPiece: whether the text may end within a character.
    private func convert(to output: ByteOutput, isPiece: Bool = false) throws {
        defer { text.removeAll() }
        unsafe try text.withBytes { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while unsafe !rest.isEmpty {
                let room = unsafe UnsafeMutableRawBufferPointer(output.reserve(rest.count + 16))
                let (consumed, produced, stop) = unsafe transcoder.convert(rest, to: room)
                output.advance(produced)
                unsafe rest = UnsafeRawBufferPointer(rebasing: rest[consumed...])
                switch stop {
                case .done, .noRoom: continue
                case .incomplete where isPiece:
                    begun = unsafe Array(rest)
                    return
                case .incomplete, .invalid:
                    let text = unsafe String(decoding: rest.prefix(4), as: UTF8.self)
                    throw TableError(
                        .integrity,
                        "the character \(BadRow.shown(text.prefix(1).utf8.prefix(4))) can't be written in \(encoding)",
                        advice: "Choose another encoding for the text"
                    )
                }
            }
        }
    }
}
