/// A part of a row that holds a value too long to be held whole: one of its values, or a piece of one.
///
/// Such a row comes as pieces of all its columns in their order, each in a batch of its own.
@safe package struct RowPiece {
    /// Whose value it is of.
    package let column: Int
    /// As the column's form has them; nil where there is no value. Pieces may end within a character.
    @unsafe package let bytes: UnsafeBufferPointer<UInt8>?
    /// Whether the value begins with it.
    package let isFirst: Bool
    /// Whether the value ends with it. What is first and last is a value like any other.
    package let isLast: Bool

    /// - Parameter bytes: which `ByteOutput.slack` bytes may be read behind.
    @unsafe package init(column: Int, bytes: UnsafeBufferPointer<UInt8>?, isFirst: Bool, isLast: Bool) {
        self.column = column
        unsafe self.bytes = unsafe bytes
        self.isFirst = isFirst
        self.isLast = isLast
    }

    var isWhole: Bool { isFirst && isLast }

    /// Lends a whole value as that of a column of one row.
    @unsafe func withValues<Result>(_ body: (ColumnValues) throws -> Result) rethrows -> Result {
        var length = unsafe bytes?.count ?? ColumnValues.null
        return try unsafe withUnsafePointer(to: &length) { length in
            // What is empty, or not there, is looked at nowhere.
            let base = unsafe bytes?.baseAddress ?? UnsafePointer(bitPattern: 64)!
            return try unsafe body(ColumnValues(base: base, stride: 0, lengths: length))
        }
    }
}

/// Bytes whose text is made piece by piece, as it would be made of them all.
struct BinaryPieces {
    /// What does not fill a group of base64 yet.
    private var rest: [UInt8] = []
    private let binary: BinaryText

    init(_ binary: BinaryText) { self.binary = binary }

    /// The text of the next bytes, as far as it does not hang on those behind them.
    mutating func text(_ bytes: UnsafeBufferPointer<UInt8>, isLast: Bool) -> [UInt8] {
        let all = unsafe rest + bytes
        let count = isLast || binary == .hexadecimal ? all.count : all.count / 3 * 3
        rest = Array(all[count...])
        return unsafe [UInt8](unsafeUninitializedCapacity: 2 * count + 4) { place, written in
            unsafe place.initialize(repeating: 0)
            written = unsafe all.withUnsafeBufferPointer { all in
                unsafe binary.write(UnsafeBufferPointer(rebasing: all[..<count]), to: place.baseAddress!)
            }
        }
    }
}
