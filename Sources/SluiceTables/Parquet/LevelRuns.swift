/// Small numbers as Parquet's mixture of runs and packed bits (its encoding RLE): definition levels and the places of
/// values in a dictionary.
enum LevelRuns {
    /// Appends `values`, each below 2 to the power of `width`.
    static func append(_ values: Span<UInt32>, width: Int, to bytes: inout [UInt8]) {
        var index = 0
        var literals = 0..<0
        while index < values.count {
            var end = index + 1
            while end < values.count, values[end] == values[index] { end += 1 }
            // Literals come by eights: a run gives what the last eight lack.
            let lacking = (8 - literals.count % 8) % 8
            if end - index - lacking >= 8 {
                literals = (literals.isEmpty ? index : literals.lowerBound)..<index + lacking
                pack(values, literals, width, &bytes)
                append(values[index], count: end - index - lacking, width: width, to: &bytes)
                literals = end..<end
            } else {
                literals = (literals.isEmpty ? index : literals.lowerBound)..<end
            }
            index = end
        }
        pack(values, literals, width, &bytes)
    }

    /// Appends a value that comes `count` times.
    static func append(_ value: UInt32, count: Int, width: Int, to bytes: inout [UInt8]) {
        bytes.appendVarint(UInt64(count) << 1)
        appendLittleEndian(value, (width + 7) / 8, &bytes)
    }

    /// Appends a range of values bit behind bit, filled up with zeros to a multiple of eight.
    private static func pack(_ values: Span<UInt32>, _ range: Range<Int>, _ width: Int, _ bytes: inout [UInt8]) {
        guard !range.isEmpty else { return }
        let groups = (range.count + 7) / 8
        bytes.appendVarint(UInt64(groups) << 1 | 1)
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: groups * width))
        unsafe bytes.withUnsafeMutableBytes { all in
            var place = start
            var held: UInt64 = 0
            var count: UInt64 = 0
            for index in range {
                held |= UInt64(values[index]) &<< count
                count &+= UInt64(width)
                if count >= 32 {
                    unsafe all.storeBytes(
                        of: UInt32(truncatingIfNeeded: held).littleEndian,
                        toByteOffset: place,
                        as: UInt32.self
                    )
                    place &+= 4
                    held &>>= 32
                    count &-= 32
                }
            }
            // What lacks to the last eight is zero already.
            while count > 0 {
                unsafe all[place] = UInt8(truncatingIfNeeded: held)
                place &+= 1
                held &>>= 8
                count = count > 8 ? count &- 8 : 0
            }
        }
    }

    private static func appendLittleEndian(_ value: UInt32, _ count: Int, _ bytes: inout [UInt8]) {
        for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt32(8 * index))) }
    }

    /// Bits that the numbers below `count` take.
    static func width(_ count: Int) -> Int { count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount }
}
