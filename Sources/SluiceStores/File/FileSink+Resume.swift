internal import Glibc
package import SluiceCore
internal import SluiceDigests

/// A temporary file as the ledger keeps it.
struct TemporaryFileTicket: Sendable, Equatable {
    let path: String
    let inode: UInt
    /// The boot of the machine in which it was written: what was written since then is in the file whether or not it
    /// has reached the disk.
    let boot: String

    init(path: String, inode: UInt, boot: String) {
        self.path = path
        self.inode = inode
        self.boot = boot
    }

    /// Nil for what was not written by `bytes`, or leads to a file that is none of ours.
    init?(_ ticket: UploadTicket) {
        let parts = ticket.bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard parts.count == 3, let inode = UInt(parts[1]), let name = parts[2].pathParts.last?.utf8,
            name.starts(with: ".sluice-".utf8), name.reversed().starts(with: ".tmp".utf8.reversed()), !parts[2].utf8.contains(0)
        else { return nil }
        self.init(path: parts[2], inode: inode, boot: parts[0])
    }

    var bytes: [UInt8] { Array("\(boot)\n\(inode)\n\(path)".utf8) }
}

extension FileSink {
    package func stillHolds(name: String, bytes: Int) -> Bool {
        guard let status = try? FileStatus.ofOptional(path(of: name), followingLinks: !replacesLinks) else {
            return false
        }
        return status.kind != .directory && status.kind != .other && status.size == bytes
    }

    package func ticket(of upload: Upload) -> UploadTicket? {
        guard let file = upload.session as? TemporaryFile, let status = try? FileStatus.of(file.temporaryPath) else {
            return nil
        }
        let ticket = TemporaryFileTicket(path: file.temporaryPath, inode: status.inode, boot: MachineBoot.identifier)
        return UploadTicket(bytes: ticket.bytes)
    }

    package func takeUp(_ ticket: UploadTicket, for upload: Upload, known: [KnownBlock]) throws -> TakenUpload {
        guard let ticket = TemporaryFileTicket(ticket) else { return .forgotten }
        let place = try FileSinkWorker.place(path(of: upload.name), replacesLinks: replacesLinks)
        guard let file = try TemporaryFile(goingOnWith: ticket, for: place) else {
            return try isCommitted(ticket, at: place.path, known) ? .committed(entityTag: nil) : .forgotten
        }
        upload.session = file
        // After a power loss the ledger may know of bytes that never reached the disk.
        let isTrusted = !ticket.boot.isEmpty && ticket.boot == MachineBoot.identifier
        let end = try FileStatus.of(ticket.path)?.size ?? 0
        let there = known.filter { $0.offset + $0.receipt.length <= end }
        let sound = isTrusted ? there : try there.filter { try $0.isHeld(by: file.number, of: ticket.path) }
        return .open(sound.map(\.receipt))
    }

    /// The name is given last: what is not under the temporary name any more, and has its number, is the object. The
    /// number may be another file's since, so its bytes are looked at.
    private func isCommitted(_ ticket: TemporaryFileTicket, at path: String, _ known: [KnownBlock]) throws -> Bool {
        guard let status = try FileStatus.ofOptional(path), status.kind == .regular, status.inode == ticket.inode,
            status.size == known.reduce(0, { max($0, $1.offset + $1.receipt.length) })
        else { return false }
        let file = try FileDescriptor.open(path, O_RDONLY)
        return try known.allSatisfy { try $0.isHeld(by: file.number, of: path) }
    }

    package func leave(_ upload: Upload) { (upload.session as? TemporaryFile)?.leave() }

    package func discard(_ ticket: UploadTicket, name: String) throws {
        guard let ticket = TemporaryFileTicket(ticket),
            try FileStatus.ofOptional(ticket.path, followingLinks: false)?.inode == ticket.inode
        else { return }
        guard unsafe unlink(ticket.path) != 0, errno != ENOENT else { return }
        throw SystemCall.error(errno, "\"\(ticket.path)\", which an earlier attempt has left, can't be removed")
    }
}

extension KnownBlock {
    private static let piece = 256 << 10

    /// Whether the block's bytes are in a file, by their digest; false where it has none.
    fileprivate func isHeld(by number: Int32, of path: String) throws -> Bool {
        guard let checksum = receipt.checksum else { return false }
        var running = try RunningChecksum(checksum.algorithm)
        var buffer = [UInt8](repeating: 0, count: KnownBlock.piece)
        var done = 0
        while done < receipt.length {
            let wanted = min(buffer.count, receipt.length - done)
            let start = offset + done
            let count = try unsafe buffer.withUnsafeMutableBytes { bytes in
                let count = try SystemCall.retrying("\"\(path)\" can't be read") {
                    unsafe pread(number, bytes.baseAddress, wanted, off_t(start))
                }
                unsafe running.update(unsafe: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
                return count
            }
            guard count > 0 else { return false }
            done += count
        }
        return running.finish() == checksum
    }
}

/// What tells one boot of this machine from another.
enum MachineBoot {
    /// Random, the same until the machine starts again; empty where the kernel does not say.
    static let identifier: String = {
        guard let descriptor = try? FileDescriptor.open("/proc/sys/kernel/random/boot_id", O_RDONLY) else { return "" }
        var buffer = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(descriptor.number, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }()
}
