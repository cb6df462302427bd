internal import SluiceCore
internal import SluiceDigests
internal import SluicePipeline

/// Makes a frame of each chunk; as many workers as there are cores.
final class CompressStage: Sendable {
    private let context: RunContext
    private let settlement: Settlement
    private let delivery: Delivery
    private let input: Channel<RawChunk>
    private let codec: any ChunkCodec

    init(context: RunContext, settlement: Settlement, delivery: Delivery, input: Channel<RawChunk>, codec: any ChunkCodec) {
        self.context = context
        self.settlement = settlement
        self.delivery = delivery
        self.input = input
        self.codec = codec
    }

    /// Works until the input ends.
    func run() {
        let clock = ContinuousClock()
        var encoder: (any ChunkEncoder)?
        var last = clock.now
        while let chunk = input.receive() {
            let started = clock.now
            context.meters.compressor.addWaitingForInput(started - last)
            let transfer = chunk.transfer
            do {
                let made: any ChunkEncoder
                if let encoder { made = encoder } else { made = try codec.makeEncoder() }
                encoder = made
                let frame = try encode(chunk, made)
                let delivering = clock.now
                context.meters.compressor.addBusy(delivering - started)
                delivery.deliver(frame, of: transfer)
                last = clock.now
                context.meters.compressor.addWaitingForOutput(last - delivering)
            } catch {
                settlement.drop(transfer, failure: SluiceCore.failure(from: error))
                last = clock.now
            }
        }
        context.meters.compressor.addWaitingForInput(clock.now - last)
    }

    private func encode(_ chunk: consuming RawChunk, _ encoder: any ChunkEncoder) throws -> Frame {
        let ordinal = chunk.ordinal
        let offset = chunk.offset
        let raw = chunk.raw
        var encoded = chunk.encoded
        let rawLength = raw.count
        encoded.count = try raw.withBytes { input in
            try encoded.withStorage { output in try encoder.encode(input, into: &output) }
        }
        context.meters.compressor.addBytes(in: rawLength, out: encoded.count)
        var checksum: Checksum?
        if let algorithm = context.checksumAlgorithm {
            checksum = try encoded.withBytes { bytes in try Checksum(algorithm, of: bytes) }
        }
        return Frame(ordinal: ordinal, offset: offset, rawLength: rawLength, slab: encoded, checksum: checksum)
    }
}
