internal import CODBC

/// A value of the row under the cursor, as it is taken from the driver in pieces.
struct ValueReading {
    /// Of the result, from 1 on.
    let number: Int
    /// The C type that the driver makes of it: characters or bytes.
    let type: Int32
    /// Bytes that the driver writes behind each piece; one at most.
    let terminator: Int
    private var size = ValueReading.firstPiece
    private var isFirst = true

    /// Most values are short, and SQLite's driver fills what it is given to its end.
    private static let firstPiece = 512
    private static let secondPiece = 256 << 10
    /// SQLite's driver looks for the end of all that is left at each of them: 1 GB took four minutes by 256 KiB.
    static let longestPiece = 2 << 20

    @unsafe enum Piece {
        /// There is no value.
        case null
        case bytes(UnsafeRawBufferPointer, isLast: Bool)
    }

    init(column number: Int, as type: Int32, terminator: Int) {
        self.number = number
        self.type = type
        self.terminator = terminator
    }

    /// The next piece, in memory that the statement uses again; blocks.
    mutating func next(_ statement: Statement) throws -> Piece {
        var indicator: SQLLEN = 0
        let memory = unsafe statement.pieceBuffer
        let piece = unsafe UnsafeMutableRawBufferPointer(rebasing: memory[..<(size + terminator)])
        let result = unsafe SQLGetData(
            statement.handle,
            SQLUSMALLINT(number),
            SQLSMALLINT(type),
            piece.baseAddress,
            SQLLEN(piece.count),
            &indicator
        )
        if result == SQL_NO_DATA { return unsafe .bytes(UnsafeRawBufferPointer(rebasing: piece[..<0]), isLast: true) }
        try statement.check(result, "reads column \(number) of")
        if indicator == SQL_NULL_DATA { return unsafe .null }
        // SQL_NO_TOTAL, or more than fits: the piece is full.
        let isWhole = indicator >= 0 && indicator <= size
        let count = isWhole ? Int(indicator) : size
        // A driver that begins again from the front would never end.
        let isLast = isWhole || (!isFirst && count == 0)
        isFirst = false
        size = size < ValueReading.secondPiece ? ValueReading.secondPiece : min(2 * size, ValueReading.longestPiece)
        return unsafe .bytes(UnsafeRawBufferPointer(rebasing: piece[..<count]), isLast: isLast)
    }
}
