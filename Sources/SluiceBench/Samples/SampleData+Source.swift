internal import SluiceCore

extension SampleData {
    /// Stretches of the user's data, spread evenly over all its bytes.
    ///
    /// - Throws: a `Failure` when an object can't be read.
    static func taken(from survey: SourceSurvey, size: Int = SampleData.size) throws -> SampleData {
        var bytes: [UInt8] = []
        var pieces: [Int] = []
        for stretch in stretches(survey.items.map { $0.size ?? chunkSize }, total: size) {
            let object = try survey.source.open(survey.items[stretch.item])
            let read = unsafe try [UInt8](unsafeUninitializedCapacity: stretch.count) { buffer, count in
                count = unsafe try object.read(at: stretch.offset, into: UnsafeMutableRawBufferPointer(buffer))
            }
            guard !read.isEmpty else { continue }
            bytes += read
            pieces.append(read.count)
        }
        guard !bytes.isEmpty else {
            throw BenchError(.notFound, "there is nothing to read in \"\(survey.source.location)\"")
        }
        let isAll = bytes.count == survey.bytes && !survey.isCut
        let origin = isAll ? "all of the source" : "stretches of the source, spread over it"
        return SampleData(bytes, pieces: pieces, origin: origin, isGenerated: false)
    }

    /// A part of one object.
    struct Stretch: Equatable {
        let item: Int
        let offset: Int
        let count: Int
    }

    /// Which parts of objects of these sizes make up `total` bytes: all of them if they are fewer, else chunks at even
    /// distances, so that each byte is as likely to be in it as any other.
    static func stretches(_ sizes: [Int], total: Int) -> [Stretch] {
        let all = sizes.reduce(0, +)
        guard all > total else {
            return sizes.enumerated().map { Stretch(item: $0.offset, offset: 0, count: $0.element) }
        }
        var stretches: [Stretch] = []
        var item = 0
        var start = 0
        let count = max(1, total / chunkSize)
        for index in 0..<count {
            let place = all / count * index
            while start + sizes[item] <= place {
                start += sizes[item]
                item += 1
            }
            // Whole chunks from the object's start on, as a copy cuts it.
            let offset = (place - start) / chunkSize * chunkSize
            let stretch = Stretch(item: item, offset: offset, count: min(chunkSize, sizes[item] - offset))
            if stretches.last != stretch { stretches.append(stretch) }
        }
        return stretches
    }
}
