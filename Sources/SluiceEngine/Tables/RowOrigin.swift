internal import SluiceCodecs
internal import SluiceCore
internal import SluiceTables

/// What makes rows of the source's objects: here a format plugs in.
struct RowDecoder {
    let files: Conversion
    /// For pieces of a Parquet file.
    let memory: Int
    /// Threads that describe one text, beside the one that takes its rows; 0 for none.
    var threads = 0
    /// Whether texts are looked at that the source has given a type: JSON's numbers are what the first rows have.
    var checksTypes = false

    /// The rows of an open object, whose head is read; blocks.
    ///
    /// - Parameters:
    ///   - object: asked again where a line breaks.
    ///   - name: that may say what it holds.
    ///   - isDistant: whether each read is a request.
    /// - Throws: a `Failure` for what is no such format.
    func rows(of object: any ReadableObject, named name: String, isDistant: Bool, _ badRows: BadRows) throws
        -> DecodedRows
    {
        // A request takes a round trip.
        let input = PiecedInput(object, piece: isDistant ? min(8 << 20, memory) : 0)
        let format = files.format(of: name) ?? .csv
        let binary = files.binary ?? (format == .jsonl ? .base64 : .hexadecimal)
        let reader: any RowReader
        switch format {
        case .csv, .auto, .binary:
            reader =
                threads > 0
                ? try ParallelDelimitedReader(files.text, input, badRows: badRows, threads: threads)
                : try DelimitedReader(files.text, input, badRows: badRows)
        case .jsonl: reader = try JSONRowReader(input, badRows: badRows)
        case .parquet:
            reader = try ParquetReader(ObjectRanges(object), decoders: BlockFormat.decoders, memory: memory)
        }
        let checksAll = checksTypes && format == .jsonl
        guard !files.types.isEmpty || checksAll else {
            return DecodedRows(reader: try extended(reader, name), binary: binary)
        }
        let typed = try TypedReader(reader, types: files.types, binary: binary, checksAll: checksAll, badRows: badRows)
        return DecodedRows(reader: try extended(typed, name), binary: binary)
    }

    /// The same rows with the columns that are added to those of this file.
    private func extended(_ reader: any RowReader, _ name: String) throws -> any RowReader {
        let columns = files.added.columns(of: name)
        return columns.isEmpty ? reader : try ExtendedReader(reader, with: columns)
    }
}

/// Rows, and what is known of them.
struct DecodedRows {
    let reader: any RowReader
    /// How their texts stand for bytes.
    let binary: BinaryText
    /// The columns of a table that is made for them; nil for the reader's.
    var made: [Column]?
}

/// An object of which is told how many bytes were read.
final class MeteredObject: ReadableObject {
    private let base: any ReadableObject
    private let meter: @Sendable (Int) -> Void

    init(_ base: any ReadableObject, _ meter: @escaping @Sendable (Int) -> Void) {
        self.base = base
        self.meter = meter
    }

    var size: Int? { base.size }
    var modified: Timestamp? { base.modified }
    var metadata: ObjectMetadata { get throws { try base.metadata } }
    var hasUncheckedBytes: Bool { base.hasUncheckedBytes }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try base.read(at: offset, into: buffer)
        meter(count)
        return count
    }

    func checkUnchanged() throws { try base.checkUnchanged() }
}
