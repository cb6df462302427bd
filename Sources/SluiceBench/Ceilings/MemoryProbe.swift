internal import Glibc
internal import SluicePipeline

/// Reads memory as a copy does: piece after piece into a buffer that stays in the cache.
final class MemoryProbe: Probe {
    private let region: MemoryRegion
    private let pass: ParallelPass

    /// The engine reads in pieces of this size.
    private static let piece = 256 << 10

    init(_ region: MemoryRegion, workers: Int, cancellation: Cancellation) {
        self.region = region
        pass = ParallelPass(workers: workers, cancellation: cancellation)
    }

    var figures: [Figure] {
        let isOne = pass.workers == 1
        var figure = Figure(
            isOne ? "memory.core" : "memory.all",
            .memory,
            isOne ? "memory, one core" : "memory, all cores"
        )
        figure.workers = pass.workers
        figure.note = "\(region.size >> 20) MiB copied in pieces of 256 KiB"
        return [figure]
    }

    func measure(for time: Duration) throws -> [Double] {
        [
            try pass.run(for: time) { [region, workers = pass.workers] number in
                var buffer = [UInt8](repeating: 0, count: MemoryProbe.piece)
                // Each thread starts elsewhere, so that they don't read each other's cache lines.
                var offset = region.size / workers * number / MemoryProbe.piece * MemoryProbe.piece
                return {
                    if offset + MemoryProbe.piece > region.size { offset = 0 }
                    unsafe buffer.withUnsafeMutableBytes { buffer in unsafe region.copy(from: offset, into: buffer) }
                    offset += MemoryProbe.piece
                    return MemoryProbe.piece
                }
            }
        ]
    }
}

/// Memory that was written to once, so that every page of it is its own.
// @unchecked: nobody writes to it after it was made.
@safe final class MemoryRegion: @unchecked Sendable {
    let size: Int
    private let start: UnsafeMutableRawPointer

    init(size: Int) {
        self.size = size
        let address = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        unsafe precondition(address != MAP_FAILED, "no memory for \(size) bytes: give a smaller --memory")
        unsafe start = address!
        // Not zero: pages of zeros may be shared below us.
        unsafe start.initializeMemory(as: UInt8.self, repeating: 0xA5, count: size)
    }

    deinit { unsafe munmap(start, size) }

    /// Copies as many bytes as `buffer` has.
    func copy(from offset: Int, into buffer: UnsafeMutableRawBufferPointer) {
        unsafe buffer.copyMemory(from: UnsafeRawBufferPointer(start: start + offset, count: buffer.count))
    }
}
