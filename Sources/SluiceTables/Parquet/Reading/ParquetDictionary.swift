/// The values that pages of a column name by number, as cells.
@safe final class ParquetDictionary {
    private let memory = PageMemory()
    private var places: [(offset: Int, length: Int)] = []

    /// Reads all of them, and keeps a copy.
    ///
    /// - Parameters:
    ///   - values: `count` values.
    ///   - window: where they are described in passing.
    init(_ values: inout any PageValues, count: Int, _ window: CellWindow, _ maker: CellMaker) throws(ParquetDamage) {
        var used = 0
        while places.count < count {
            let read = try values.next(min(window.capacity, count - places.count), window)
            try maker.make(read, window, areCells: values.areCells)
            for value in 0..<read {
                let cell = unsafe window.bytes(value)
                memory.reserve(used + cell.count, keeping: 0..<used)
                if let start = cell.baseAddress { unsafe (memory.base + used).update(from: start, count: cell.count) }
                places.append((used, cell.count))
                used += cell.count
            }
        }
    }

    @unsafe fileprivate var base: UnsafePointer<UInt8> { unsafe UnsafePointer(memory.base) }

    /// Describes values by their numbers.
    @unsafe fileprivate func describe(
        _ numbers: UnsafePointer<UInt32>,
        _ count: Int,
        _ window: CellWindow
    ) throws(ParquetDamage) {
        unsafe window.base = unsafe base
        let known = places.count
        let bad = unsafe places.withUnsafeBufferPointer { places -> UInt32? in
            for value in 0..<count {
                let number = unsafe Int(numbers[value])
                guard number < known else { return unsafe numbers[value] }
                let place = unsafe places[number]
                window.describe(value, at: place.offset, place.length)
            }
            return nil
        }
        if let bad { throw .malformed("value \(bad) of a dictionary of \(known) is asked for") }
    }
}

/// Values by their numbers in a dictionary.
@unsafe struct DictionaryValues: @unsafe PageValues {
    private let dictionary: ParquetDictionary
    private var runs: RunReader
    private var numbers: [UInt32] = []

    init(_ bytes: PageBytes, _ dictionary: ParquetDictionary) throws(ParquetDamage) {
        // A page without values may be without a width, too.
        let width = unsafe bytes.range.isEmpty ? 0 : Int(bytes.base[bytes.range.lowerBound])
        guard unsafe width <= RunReader.widest else { throw .malformed("numbers in the dictionary have \(width) bits") }
        unsafe self.dictionary = dictionary
        let rest = unsafe min(bytes.range.lowerBound + 1, bytes.range.upperBound)..<bytes.range.upperBound
        unsafe runs = unsafe RunReader(bytes.base, rest, width: width)
    }

    var areCells: Bool { true }

    mutating func next(_ count: Int, _ window: CellWindow) throws(ParquetDamage) -> Int {
        if unsafe numbers.count < window.capacity { unsafe numbers = Array(repeating: 0, count: window.capacity) }
        precondition(count <= window.capacity)
        unsafe try numbers.withUnsafeMutableBufferPointer { buffer throws(ParquetDamage) in
            guard let numbers = buffer.baseAddress else { return }
            try unsafe runs.read(count, to: numbers)
            try unsafe dictionary.describe(numbers, count, window)
        }
        return count
    }
}
