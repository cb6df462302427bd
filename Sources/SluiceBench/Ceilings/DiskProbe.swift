internal import Glibc
internal import SluiceEngine
internal import SluicePipeline

/// Reads a temporary file as the engine reads files: several threads, a mebibyte at a time.
final class DiskProbe: Probe {
    enum Way: Sendable {
        /// From the page cache, where the file still is.
        case cached
        /// From the disk, as far as this machine can tell.
        case uncached
    }

    private let file: DiskFile
    private let way: Way
    private let pass: ParallelPass
    private let direct: Int32?

    private static let block = 1 << 20

    init(_ file: DiskFile, _ way: Way, cancellation: Cancellation) {
        self.file = file
        self.way = way
        pass = ParallelPass(workers: min(16, max(2, ProcessorCount.available)), cancellation: cancellation)
        direct = way == .uncached ? file.openDirect() : nil
    }

    deinit { if let direct { close(direct) } }

    var figures: [Figure] {
        var figure: Figure
        switch way {
        case .cached:
            figure = Figure(
                "disk.cached",
                .disk,
                file.isInMemory ? "file in memory" : "file, from the page cache"
            )
            if file.isInMemory {
                figure.note = "the temporary directory is on a file system in memory: no disk was measured"
            }
        case .uncached:
            figure = Figure("disk.uncached", .disk, "file, past the page cache")
            figure.note =
                (direct == nil ? "pages dropped before each round (POSIX_FADV_DONTNEED)" : "by O_DIRECT")
                + "; a cache below this system may still hold the file"
        }
        figure.workers = pass.workers
        return [figure]
    }

    func measure(for time: Duration) throws -> [Double] {
        let isDropped = way == .uncached && direct == nil
        if isDropped { file.dropPages() }
        return [
            try pass.run(for: time) { [file, direct, workers = pass.workers] number in
                let buffer = AlignedBuffer(size: DiskProbe.block)
                let blocks = file.size / DiskProbe.block
                var next = number
                return {
                    // What was read once is in the page cache; without it a block may be read again.
                    if isDropped, next >= blocks { return nil }
                    let offset = next % blocks * DiskProbe.block
                    unsafe try file.read(at: offset, into: buffer.memory, by: direct)
                    next += workers
                    return DiskProbe.block
                }
            }
        ]
    }
}

/// Memory at a page's start, which O_DIRECT asks for.
@safe final class AlignedBuffer {
    @unsafe let memory: UnsafeMutableRawBufferPointer

    init(size: Int) { unsafe memory = .allocate(byteCount: size, alignment: 4096) }

    deinit { unsafe memory.deallocate() }
}
