internal import Glibc
internal import SluiceCore

/// A file that skipped rows are appended to, each before the next is looked at: what is skipped and not kept is lost.
struct RowFile: ~Copyable, Sendable {
    private let descriptor: Int32
    private let path: String
    /// Whether rows were appended that the disk may not have yet.
    private var isDirty = false

    /// Makes the file, or empties it.
    ///
    /// - Parameter isPrivate: whether it lies where others may have put something, and is nobody else's business: then it
    ///   must be new.
    static func make(_ path: String, isPrivate: Bool) throws -> RowFile {
        let flags = isPrivate ? O_EXCL | O_NOFOLLOW : O_TRUNC
        var file = try RowFile(path: path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, isPrivate ? 0o600 : 0o666)
        try file.append(SkippedRow.head)
        return file
    }

    /// Opens a file for more rows.
    init(appendingTo path: String) throws { try self.init(path: path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0) }

    private init(path: String, _ flags: Int32, _ mode: mode_t) throws {
        self.path = path
        descriptor = open(path, flags, mode)
        guard descriptor >= 0 else { throw RowFile.error(errno, path) }
    }

    deinit { close(descriptor) }

    mutating func append(_ bytes: [UInt8]) throws {
        let code = Descriptor.write(bytes, to: descriptor)
        guard code == 0 else { throw RowFile.error(code, path) }
        isDirty = true
    }

    /// Has the disk keep what was written.
    mutating func sync() throws {
        guard isDirty else { return }
        guard fsync(descriptor) == 0 || errno == EINVAL else { throw RowFile.error(errno, path) }
        isDirty = false
    }

    private static func error(_ code: Int32, _ path: String) -> CopyError {
        CopyError(
            code == ENOSPC ? .noSpace : .inputOutput,
            "skipped rows can't be kept in \"\(path)\"",
            cause: String(cString: strerror(code)),
            advice: "Name another place with --bad-rows"
        )
    }
}

extension RowFile {
    /// Leaves in the file of an earlier attempt those of its rows that are not told again.
    ///
    /// - Parameter isKept: whether the rows of this object stay.
    /// - Returns: how many they are; nil where there is no such file.
    static func reduce(_ path: String, isPrivate: Bool, isKept: (String) -> Bool) throws -> Int? {
        // Devices and pipes keep nothing that could be read again.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (isPrivate ? O_NOFOLLOW : 0)
        let earlier = open(path, flags)
        guard earlier >= 0 else {
            if errno == ENOENT || errno == ENXIO || errno == EACCES { return nil }
            throw error(errno, path)
        }
        defer { close(earlier) }
        var status = stat()
        guard fstat(earlier, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        // Always the same name: what a process leaves that is killed here, the next one uses.
        let temporary = path + ".sluice.tmp"
        do {
            let mode = isPrivate ? 0o600 : status.st_mode & 0o777
            var file = try RowFile(path: temporary, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, mode)
            let count = try copy(from: earlier, path, to: &file, isKept)
            try file.sync()
            guard rename(temporary, path) == 0 else { throw error(errno, path) }
            return count
        } catch {
            unlink(temporary)
            throw error
        }
    }

    /// Bytes that are read at a time.
    private static let piece = 256 << 10

    /// How many rows were kept.
    private static func copy(
        from earlier: Int32,
        _ path: String,
        to file: inout RowFile,
        _ isKept: (String) -> Bool
    ) throws -> Int {
        try file.append(SkippedRow.head)
        var cutter = QuotedRows()
        var count = 0
        var isHead = true
        var last: (name: String, isKept: Bool)?
        var buffer = [UInt8](repeating: 0, count: piece)
        while true {
            let got = buffer.withUnsafeMutableBytes { read(earlier, $0.baseAddress, $0.count) }
            guard got >= 0 || errno == EINTR else { throw error(errno, path) }
            if got == 0 { return count }
            var kept: [UInt8] = []
            cutter.take(buffer[..<max(0, got)]) { row in
                defer { isHead = false }
                if isHead { return }
                let name = QuotedRows.firstValue(of: row)
                if last?.name != name { last = (name, isKept(name)) }
                guard last?.isKept == true else { return }
                kept += row
                count += 1
            }
            if !kept.isEmpty { try file.append(kept) }
        }
    }
}
