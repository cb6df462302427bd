/// What a machine allows for a copy, from what its parts can do.
///
/// The stages of a copy work at the same time on all cores, so that a byte of the source costs the sum of its stages'
/// processor time, and the machine has as many processor-seconds a second as cores. Reading, compressing and sending
/// do not slow each other down in it; the copy's own waits are not in it. It is a ceiling.
package struct RateModel: Sendable {
    /// One codec on the sample.
    package struct Codec: Sendable {
        /// As the command line writes it.
        package var name: String
        /// Bytes before compression for each byte behind it.
        package var ratio: Double
        /// Bytes a second that one core compresses, and all of them together.
        package var coreRate: Double
        package var allRate: Double

        package init(name: String, ratio: Double, coreRate: Double, allRate: Double) {
            self.name = name
            self.ratio = ratio
            self.coreRate = coreRate
            self.allRate = allRate
        }
    }

    package var cores: Int
    /// Bytes a second that the source gives; nil where it is not known.
    package var sourceRate: Double?
    /// Processor-seconds to read a byte that is compressed.
    package var readCost: Double
    /// Processor-seconds to send a byte: reading it, its digest, encryption, the network's part in the kernel.
    package var sendCost: Double

    package init(cores: Int, sourceRate: Double?, readCost: Double, sendCost: Double) {
        self.cores = cores
        self.sourceRate = sourceRate
        self.readCost = readCost
        self.sendCost = sendCost
    }

    /// Lines that machines have, in bits a second.
    package static let lines: [Double] = [100e6, 1e9, 10e9, 25e9]
    /// What is left of a line for data: 1,448 bytes of 1,538 a packet on Ethernet (RFC 894 and 793 with timestamps,
    /// preamble and gap included); TLS takes 22 of 16,406.
    package static let payloadShare = 1448.0 / 1538 * 16_384 / 16_406

    /// What the machine allows with `codec`, or without one.
    package func allowance(_ codec: Codec?) -> CodecAllowance {
        let ratio = codec?.ratio ?? 1
        let compression = codec.map { 1 / $0.coreRate } ?? 0
        let cost = compression + (codec == nil ? 0 : readCost) + sendCost / ratio
        // Cores that share caches, memory or arithmetic units give less together than alone.
        let yield = codec.map { min(1, $0.allRate / ($0.coreRate * Double(cores))) } ?? 1
        let processors = Double(cores) * yield / cost
        let share = compression / cost
        let limit: CodecAllowance.Limit = share >= 0.5 ? .compression : .processors
        let source = sourceRate ?? .infinity
        let rate = min(processors, source)
        let rateLimit = source < processors ? .source : limit
        return CodecAllowance(
            codec: codec?.name ?? "none",
            ratio: ratio,
            rate: rate,
            wireRate: rate / ratio,
            limit: rateLimit,
            compressionShare: share,
            secondsPerGibibyte: cost * 0x1p30,
            onLines: RateModel.lines.map { bits in
                let line = bits / 8 * RateModel.payloadShare * ratio
                return .init(bitsPerSecond: bits, rate: min(rate, line), limit: line < rate ? .line : rateLimit)
            }
        )
    }
}
