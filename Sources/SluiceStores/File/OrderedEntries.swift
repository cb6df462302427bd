internal import Glibc
internal import SluiceCore

/// The entries of a directory in the order that S3 and Azure list in: by the bytes of names, where a directory's name ends
/// with a slash, so that what is below it comes in order, too.
///
/// A directory of more entries than are held at a time is read several times: the next in order are picked at each.
@safe struct OrderedEntries {
    private let stream: OpaquePointer
    private let path: String
    private let followsLinks: Bool
    private let mostHeld: Int

    /// Entries held at a time: with names of 50 bytes, 10 MiB.
    static let mostHeld = 100_000

    init(_ stream: OpaquePointer, path: String, followsLinks: Bool, mostHeld: Int = mostHeld) {
        unsafe self.stream = unsafe stream
        self.path = path
        self.followsLinks = followsLinks
        self.mostHeld = mostHeld
    }

    /// Names of this round, those of directories with a slash, and how many of them were given.
    private var round: [[UInt8]] = []
    private var given = 0
    private var isLastRound = false

    /// The next name but `.` and `..`, without a slash; nil at the end.
    mutating func next() throws(StoreError) -> [UInt8]? {
        if given == round.count {
            guard !isLastRound else { return nil }
            (round, isLastRound) = try keys(after: round.last)
            given = 0
            guard !round.isEmpty else { return nil }
        }
        defer { given += 1 }
        let key = round[given]
        return key.last == UInt8(ascii: "/") ? key.dropLast() : key
    }

    /// The first keys behind `last`, and whether they are all.
    private func keys(after last: [UInt8]?) throws(StoreError) -> (keys: [[UInt8]], isAll: Bool) {
        var keys: [[UInt8]] = []
        var isAll = true
        func cut() {
            keys.sort { $0.lexicographicallyPrecedes($1) }
            guard keys.count > mostHeld else { return }
            keys.removeLast(keys.count - mostHeld)
            isAll = false
        }
        unsafe rewinddir(stream)
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw SystemCall.error(errno, "the directory \"\(path)\" can't be read") }
                break
            }
            let name = unsafe entry.nameBytes
            if name.elementsEqual(".".utf8) || name.elementsEqual("..".utf8) { continue }
            let isDirectory = unsafe isDirectory(name, type: Int32(entry.pointee.d_type))
            let key = isDirectory ? name + [UInt8(ascii: "/")] : name
            if let last, !last.lexicographicallyPrecedes(key) { continue }
            keys.append(key)
            if keys.count == 2 * mostHeld { cut() }
        }
        cut()
        return (keys, isAll)
    }

    private func isDirectory(_ name: [UInt8], type: Int32) -> Bool {
        switch type {
        case Int32(DT_DIR): return true
        case Int32(DT_UNKNOWN): break
        case Int32(DT_LNK) where followsLinks: break
        default: return false
        }
        guard let name = String(validating: name, as: UTF8.self) else { return false }
        let status = try? FileStatus.of(name, in: unsafe dirfd(stream), followingLinks: followsLinks)
        return status?.kind == .directory
    }
}
