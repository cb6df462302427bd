internal import SluiceCore

/// Reads one column of a row group, page by page.
@safe final class PartReader {
    let window: CellWindow
    private let leaf: ParquetLeaf
    private let pages: PartWindow
    private let decoder: (any BlockDecoder)?
    private let group: Int
    private let maker: CellMaker
    private let body = PageMemory()
    private let levels: UnsafeMutablePointer<UInt32>

    /// Pages that were begun.
    private var page = 0
    private var dictionary: ParquetDictionary?
    private var values: (any PageValues)?
    private var levelRuns: RunReader?
    /// Rows of the page, and of the row group, that were not read.
    private var pageLeft = 0
    private var rowsLeft: Int
    /// Rows whose levels were read and whose values were not.
    private var pending: Range<Int> = 0..<0
    /// Bytes of the page that `take` gives back when it is done with.
    private var held = 0

    /// Bytes of a header at most; those with long statistics are within.
    private static let longestHeader = 16 << 20
    private static let usualHeader = 256

    /// - Parameters:
    ///   - rows: of the row group.
    ///   - decoder: of its pages; nil where they are not compressed.
    ///   - rowsAtOnce: rows of the window.
    init(
        _ leaf: ParquetLeaf,
        _ pages: PartWindow,
        _ decoder: (any BlockDecoder)?,
        group: Int,
        rows: Int,
        rowsAtOnce: Int
    ) {
        self.leaf = leaf
        self.pages = pages
        self.decoder = decoder
        self.group = group
        rowsLeft = rows
        window = CellWindow(capacity: rowsAtOnce)
        maker = CellMaker(leaf.rule)
        unsafe levels = .allocate(capacity: rowsAtOnce)
        unsafe levels.initialize(repeating: 1, count: rowsAtOnce)
    }

    deinit { unsafe levels.deallocate() }

    /// Fills the window, if it is empty, with up to `count` rows, one at least.
    ///
    /// - Precondition: so many rows of the group are left.
    /// - Throws: a `TableError` that names row group, column and page, and what the file's input throws.
    func fill(_ count: Int) throws {
        guard window.rows.isEmpty else { return }
        do {
            precondition(count > 0 && count <= rowsLeft, "rows are asked for that are not there")
            while pageLeft == 0 { try nextPage() }
            try read(count)
        } catch let damage as ParquetDamage {
            throw damage.error(in: "row group \(group), column \"\(leaf.column.name)\", page \(page)")
        }
    }

    private func read(_ count: Int) throws(ParquetDamage) {
        if pending.isEmpty {
            let rows = min(count, pageLeft, window.capacity)
            if try unsafe levelRuns?.isRun(of: 1, rows) ?? true {
                unsafe levels.update(repeating: 1, count: rows)
            } else {
                try unsafe levelRuns!.read(rows, to: levels)
            }
            pending = 0..<rows
        }
        let start = unsafe UnsafePointer(levels + pending.lowerBound)
        var present = 0
        for row in 0..<pending.count {
            guard unsafe start[row] <= 1 else { throw .malformed("it has a definition level of \(unsafe start[row])") }
            present += unsafe Int(start[row])
        }
        guard values != nil else { throw .malformed("it has no values") }
        let made = try values!.next(present, window)
        try maker.make(made, window, areCells: values!.areCells)
        // Where not all values were made, the row of the next one is not ready.
        var rows = pending.count
        if made < present {
            var seen = 0
            rows = 0
            while unsafe seen + Int(start[rows]) <= made {
                seen += unsafe Int(start[rows])
                rows += 1
            }
        }
        unsafe window.spread(made, over: rows, start)
        pending = pending.lowerBound + rows..<pending.upperBound
        pageLeft -= rows
        rowsLeft -= rows
    }

    /// Goes on to the next page that has values.
    private func nextPage() throws {
        values = nil
        unsafe levelRuns = nil
        pages.take(held)
        held = 0
        page += 1
        guard pages.left > 0 else {
            throw ParquetDamage.malformed("it is not there, and \(rowsLeft) values are missing")
        }
        let header = try header()
        guard header.stored <= pages.left else { throw ParquetDamage.truncated }
        switch header.kind {
        case .other: pages.skip(header.stored)
        case .dictionary(let count, let encoding):
            guard dictionary == nil, leaf.physical != .boolean else {
                throw ParquetDamage.malformed("there is a dictionary where none may be")
            }
            guard encoding == 0 || encoding == 2 else {
                throw ParquetDamage.malformed("a dictionary is in the encoding \(encoding)")
            }
            let bytes = try unsafe contents(header, levels: 0, isCompressed: true)
            var plain = try unsafe plainValues(bytes)
            dictionary = try ParquetDictionary(&plain, count: count, window, maker)
        case .data(let count, let encoding, let levels, let isCompressed):
            guard count <= rowsLeft else {
                throw ParquetDamage.malformed("it has \(count) values, and \(rowsLeft) are missing")
            }
            try unsafe begin(count, encoding, contents(header, levels: levels ?? 0, isCompressed: isCompressed), levels)
        }
    }

    /// Reads a header, which is longer than most where it tells of long values.
    private func header() throws -> PageHeader {
        var wanted = PartReader.usualHeader
        while true {
            let bytes = try unsafe Array(pages.peek(wanted))
            do throws(ParquetDamage) {
                let header = try PageHeader(bytes)
                pages.take(header.count)
                return header
            } catch {
                guard error == .truncated, bytes.count == wanted, wanted < PartReader.longestHeader else { throw error }
                wanted *= 4
            }
        }
    }

    /// A page's bytes without compression; they hold until the next page. The first `levels` never are compressed.
    @unsafe private func contents(_ header: PageHeader, levels: Int, isCompressed: Bool) throws -> PageBytes {
        guard levels <= header.length, levels <= header.stored else {
            throw ParquetDamage.malformed("it has more bytes of definition levels than in all")
        }
        let stored = try unsafe pages.peek(header.stored)
        held = header.stored
        if let checksum = header.checksum, unsafe CRC32.of(stored) != checksum {
            throw ParquetDamage.malformed("its bytes are not those of its checksum")
        }
        guard let decoder, isCompressed else {
            guard header.length == header.stored else {
                throw ParquetDamage.malformed("it is not compressed, and has two lengths")
            }
            return unsafe PageBytes(base: stored.baseAddress ?? UnsafePointer(body.base), range: 0..<stored.count)
        }
        let (count, length) = (header.stored - levels, header.length - levels)
        guard length <= decoder.most(from: count) else {
            throw ParquetDamage.malformed("\(count) bytes can't stand for \(length)")
        }
        body.reserve(header.length)
        let target = unsafe UnsafeMutableRawBufferPointer(start: body.base, count: header.length)
        unsafe target.copyMemory(from: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(stored)[..<levels]))
        if length > 0 {
            let source = unsafe UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(stored)[levels...])
            var output = unsafe MutableRawSpan(
                _unsafeBytes: UnsafeMutableRawBufferPointer(rebasing: target[levels...])
            )
            do {
                try unsafe decoder.decode(RawSpan(_unsafeBytes: source), into: &output)
            } catch {
                throw ParquetDamage.malformed(PartReader.clause(error))
            }
        }
        return unsafe PageBytes(base: UnsafePointer(body.base), range: 0..<header.length)
    }

    private static func clause(_ error: any Error) -> String {
        let failure = SluiceCore.failure(from: error)
        return failure.cause.map { "\(failure.what): \($0)" } ?? failure.what
    }

    /// Begins with the levels and values of a page.
    @unsafe private func begin(
        _ count: Int,
        _ encoding: Int,
        _ bytes: PageBytes,
        _ levels: Int?
    ) throws(ParquetDamage) {
        var start = 0
        if let levels {
            // In version 2 they may be there for a column that has no NULL.
            if leaf.column.isNullable { unsafe levelRuns = unsafe RunReader(bytes.base, 0..<levels, width: 1) }
            start = levels
        } else if leaf.column.isNullable {
            let length = try unsafe bytes.length(at: 0)
            guard unsafe length <= bytes.range.count - 4 else { throw .truncated }
            unsafe levelRuns = unsafe RunReader(bytes.base, 4..<4 + length, width: 1)
            start = 4 + length
        }
        let rest = unsafe PageBytes(base: bytes.base, range: start..<bytes.range.upperBound)
        values = try unsafe pageValues(encoding, rest)
        pageLeft = count
    }

    @unsafe private func plainValues(_ bytes: PageBytes) throws(ParquetDamage) -> any PageValues {
        switch leaf.physical {
        case .boolean: try unsafe PageBooleans(bytes, areRuns: false) as any PageValues
        case .bytes: unsafe PlainBytes(bytes) as any PageValues
        case .int32, .int64, .int96, .float, .double, .fixed:
            unsafe PlainFixed(bytes, width: leaf.width) as any PageValues
        }
    }

    @unsafe private func pageValues(_ encoding: Int, _ bytes: PageBytes) throws(ParquetDamage) -> any PageValues {
        switch (encoding, leaf.physical) {
        case (0, _): return try unsafe plainValues(bytes)
        case (2, _), (8, _):
            guard let dictionary else { throw .malformed("it names values of a dictionary that is not there") }
            return try unsafe DictionaryValues(bytes, dictionary) as any PageValues
        case (3, .boolean): return try unsafe PageBooleans(bytes, areRuns: true) as any PageValues
        case (5, .int32), (5, .int64):
            return try unsafe lazily(bytes) { bytes throws(ParquetDamage) in
                try unsafe DeltaIntegers(bytes, width: leaf.width) as any PageValues
            }
        case (6, .bytes):
            return try unsafe lazily(bytes) { bytes throws(ParquetDamage) in
                try unsafe DeltaLengths(bytes) as any PageValues
            }
        case (7, .bytes), (7, .fixed):
            return try unsafe lazily(bytes) { bytes throws(ParquetDamage) in
                try unsafe DeltaStrings(bytes, width: leaf.width) as any PageValues
            }
        case (9, .int32), (9, .int64), (9, .float), (9, .double), (9, .fixed):
            return try unsafe SplitValues(bytes, width: leaf.width) as any PageValues
        default: throw .malformed("its values are in the encoding \(encoding), which its type does not have")
        }
    }

    /// A page that holds nothing but NULL may have no bytes of values at all.
    @unsafe private func lazily(
        _ bytes: PageBytes,
        _ body: (PageBytes) throws(ParquetDamage) -> any PageValues
    ) throws(ParquetDamage) -> any PageValues {
        if unsafe bytes.range.isEmpty { return unsafe PlainBytes(bytes) as any PageValues }
        return try unsafe body(bytes)
    }
}
