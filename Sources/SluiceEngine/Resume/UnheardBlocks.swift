internal import SluiceCore
internal import SluiceDigests
internal import SluiceLedger

/// Blocks that the sink had confirmed when an earlier attempt was killed, before it could record them: they are read
/// again, to know their digest, and not sent.
struct UnheardBlocks {
    let source: any ObjectSource
    /// The digest that receipts have; nil for none.
    let algorithm: ChecksumAlgorithm?

    private static let piece = 1 << 20

    /// Those that are chunks of the object and have its bytes, as they would have been recorded; blocks.
    ///
    /// - Parameter size: bytes of the object.
    func records(_ blocks: [UnheardBlock], of item: SourceItem, size: Int, _ plan: TransferPlan) -> [BlockRecord] {
        // To read from afar takes as long as to send again. What a codec makes has no length that could be known.
        guard !blocks.isEmpty, !plan.isCompressed, item.encoding == nil, source.requestSize == nil else { return [] }
        // Why a source can't be read is told when it is read in earnest.
        guard let object = try? source.open(item) else { return [] }
        return blocks.compactMap { try? record($0, object, size: size, plan) }
    }

    private func record(_ block: UnheardBlock, _ object: any ReadableObject, size: Int, _ plan: TransferPlan) throws
        -> BlockRecord?
    {
        let ordinal = block.receipt.ordinal
        guard 0..<(plan.chunkCount ?? 0) ~= ordinal else { return nil }
        let length = plan.length(ofChunk: ordinal, size: size)
        guard block.receipt.length == length else { return nil }
        let offset = ordinal * plan.chunkSize
        let wanted = Set([algorithm, block.digest?.algorithm].compactMap { $0 })
        guard let found = try digests(wanted, of: object, from: offset, count: length) else { return nil }
        if let digest = block.digest, found[digest.algorithm] != digest { return nil }
        let receipt = BlockReceipt(
            ordinal: ordinal,
            length: length,
            checksum: algorithm.flatMap { found[$0] },
            tag: block.receipt.tag
        )
        return BlockRecord(receipt: receipt, offset: offset, length: length)
    }

    /// Nil where the object ends too early.
    private func digests(
        _ algorithms: Set<ChecksumAlgorithm>,
        of object: any ReadableObject,
        from offset: Int,
        count: Int
    ) throws -> [ChecksumAlgorithm: Checksum]? {
        var found: [ChecksumAlgorithm: Checksum] = [:]
        var buffer = [UInt8](repeating: 0, count: min(count, UnheardBlocks.piece))
        for algorithm in algorithms {
            var running = try RunningChecksum(algorithm)
            var done = 0
            while done < count {
                let wanted = min(buffer.count, count - done)
                let read = try buffer.withUnsafeMutableBytes { buffer in
                    let read = try object.read(at: offset + done, into: .init(rebasing: buffer[..<wanted]))
                    running.update(unsafe: UnsafeRawBufferPointer(rebasing: buffer[..<read]))
                    return read
                }
                guard read > 0 else { return nil }
                done += read
            }
            found[algorithm] = running.finish()
        }
        return found
    }
}
