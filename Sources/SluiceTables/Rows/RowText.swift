/// A row's values as delimited text, for people.
package enum RowText {
    private static let format = {
        var format = DelimitedFormat()
        format.hasHeader = false
        return format
    }()

    /// As RFC 4180 has it, without what ends it.
    package static func delimited(_ batch: borrowing RowBatch, _ row: Int) -> [UInt8] {
        let output = ByteOutput(capacity: 256)
        // Without options there is nothing that could contradict, or that no value can be written in.
        guard let encoder = try? DelimitedEncoder(format, columns: batch.columns),
            (try? encoder.encode(batch, rows: row..<row + 1, to: output)) != nil
        else { return [] }
        return unsafe output.withBytes { unsafe Array($0.dropLast()) }
    }

    /// The same of values that are texts; NULL is nothing, and the empty text is quoted.
    package static func delimited(_ values: [[UInt8]?]) -> [UInt8] {
        let quoting = Quoting(format, columns: values.count)
        var text: [UInt8] = []
        for (index, value) in values.enumerated() {
            if index > 0 { text += format.delimiter }
            if let value { text += quoting.text(of: value) }
        }
        return text
    }
}

extension Quoting {
    /// A value as it is written; nothing where it can't be.
    fileprivate func text(of value: [UInt8]) -> [UInt8] {
        let room = 2 * value.count + Quoting.frame + ByteOutput.slack
        return unsafe [UInt8](unsafeUninitializedCapacity: room) { place, count in
            count =
                (try? unsafe value.withUnsafeBufferPointer { bytes in
                    // An empty array has no address, and nothing is read there.
                    let start = unsafe bytes.baseAddress ?? UnsafePointer(place.baseAddress!)
                    return unsafe try writeWithCare(value.count, from: start, to: place.baseAddress!)
                }) ?? 0
        }
    }
}
