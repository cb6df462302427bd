internal import SluiceCore

/// Another reader's rows with more columns behind theirs: texts that are the same in every row.
@safe package final class ExtendedReader: RowReader {
    package let columns: [Column]
    private let base: any RowReader
    private let constants: [Constant]

    /// - Throws: a `TableError` for a name that another column has.
    package init(_ base: any RowReader, with constants: [(name: String, value: String)]) throws(TableError) {
        var names = Set(base.columns.map(\.name))
        for constant in constants where !names.insert(constant.name).inserted {
            throw TableError(
                .usage,
                "there are two columns \"\(constant.name)\": one of the file, and one that is added to it",
                advice: "Give the added one another name, or leave it out"
            )
        }
        self.base = base
        self.constants = constants.map { Constant($0.value) }
        columns = base.columns + constants.map { Column($0.name, .text(length: nil)) }
    }

    package func next(_ body: (borrowing RowBatch) throws -> Void) throws -> Bool {
        try base.next { batch in
            let values = unsafe batch.values + constants.map { unsafe $0.values }
            try body(unsafe batch.part(0..<batch.count, columns: columns, values: values))
        }
    }

    /// A value in memory of its own.
    @safe private final class Constant {
        private let bytes: UnsafeMutablePointer<UInt8>
        private let length: UnsafeMutablePointer<Int>

        init(_ text: String) {
            let utf8 = Array(text.utf8)
            let room = utf8.count + ByteOutput.slack
            unsafe bytes = .allocate(capacity: room)
            unsafe bytes.initialize(repeating: 0, count: room)
            for (index, byte) in utf8.enumerated() { unsafe bytes[index] = byte }
            unsafe length = .allocate(capacity: 1)
            unsafe length.initialize(to: utf8.count)
        }

        deinit {
            unsafe bytes.deallocate()
            unsafe length.deallocate()
        }

        /// The same for every row.
        @unsafe var values: ColumnValues {
            unsafe ColumnValues(base: UnsafePointer(bytes), stride: 0, lengths: UnsafePointer(length), step: 0)
        }
    }
}
