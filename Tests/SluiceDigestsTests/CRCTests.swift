import CFold
import SluiceCore
import SluiceTestSupport
import Testing

@testable import SluiceDigests

/// Every kernel that this CPU runs.
private let kernels = (0...cfold_best_kernel().rawValue).map { cfold_kernel(rawValue: $0) }

/// One bit after the other, straight from the definition.
private func bitwise<Value: FixedWidthInteger & UnsignedInteger>(_ bytes: some Sequence<UInt8>, _ polynomial: Value)
    -> Value
{
    ~bytes.reduce(Value.max) { register, byte in
        (0..<8).reduce(register ^ Value(byte)) { value, _ in value >> 1 ^ (value & 1 == 1 ? polynomial : 0) }
    }
}

private func crc64(_ bytes: some Collection<UInt8>) -> UInt64 {
    var crc = CRC64NVME()
    crc.update(Array(bytes).span.bytes)
    return crc.value
}

private func crc32c(_ bytes: some Collection<UInt8>) -> UInt32 {
    var crc = CRC32C()
    crc.update(Array(bytes).span.bytes)
    return crc.value
}

/// Bytes whose CRC a specification gives.
struct Known: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let value: UInt64

    init(_ name: String, _ bytes: [UInt8], _ value: UInt64) {
        (self.testDescription, self.bytes, self.value) = (name, bytes, value)
    }
}

@Suite struct CRCTests {
    @Test(
        "CRC-64/NVME gives the published values",
        arguments: [
            Known("nothing", [], 0),
            Known("the digits", Array("123456789".utf8), 0xAE8B_1486_0A79_9888),
            // NVM Express NVM Command Set Specification 1.0, 5.2.1.3.5.
            Known("4 KiB of zeros", [UInt8](repeating: 0, count: 4096), 0x6482_D367_EB22_B64E),
            Known("4 KiB of ones", [UInt8](repeating: 0xFF, count: 4096), 0xC0DD_BA73_02EC_A3AC),
            Known("4 KiB counting up", (0..<4096).map { UInt8(truncatingIfNeeded: $0) }, 0x3E72_9F5F_6750_449C),
            Known("4 KiB counting down", (0..<4096).map { UInt8(truncatingIfNeeded: ~$0) }, 0x9A2D_F64B_8E9E_517E),
        ]
    )
    func publishedCRC64(known: Known) {
        #expect(crc64(known.bytes) == known.value)
    }

    @Test(
        "CRC-32C gives the values of RFC 3720, B.4",
        arguments: [
            Known("nothing", [], 0),
            Known("the digits", Array("123456789".utf8), 0xE306_9283),
            Known("32 zeros", [UInt8](repeating: 0, count: 32), 0x8A91_36AA),
            Known("32 ones", [UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
            Known("32 counting up", [UInt8](0..<32), 0x46DD_794E),
            Known("32 counting down", [UInt8]((0..<32).reversed()), 0x113F_DB5C),
        ]
    )
    func publishedCRC32C(known: Known) {
        #expect(crc32c(known.bytes) == known.value)
    }

    @Test("the tables agree with the definition, bit by bit")
    func tables() {
        var generator = SeededGenerator(seed: 1)
        for count in 0..<80 {
            let bytes = generator.bytes(count)
            bytes.withUnsafeBytes { buffer in
                let wide = CRC64NVME.polynomial.update(.max, unsafe: buffer, kernel: CFOLD_PORTABLE)
                let narrow = CRC32C.polynomial.update(.max, unsafe: buffer, kernel: CFOLD_PORTABLE)
                #expect(~wide == bitwise(bytes, CRC64NVME.polynomial.reflected))
                #expect(~narrow == bitwise(bytes, CRC32C.polynomial.reflected))
            }
        }
    }

    @Test("every kernel agrees with the tables at any length, alignment and register")
    func kernelsAgree() {
        var generator = SeededGenerator(seed: 2)
        let bytes = generator.bytes(8192)
        // Around each threshold and stride of the kernels, then at random.
        var lengths = [255, 256, 257, 383, 384, 511, 512, 1023, 1024, 1025, 1279, 1280, 1535, 1536, 1537, 2048, 4096]
        lengths += (0..<300).map { _ in Int.random(in: 0...8000, using: &generator) }
        for length in lengths {
            let start = Int.random(in: 0...128, using: &generator)
            let register = UInt64.random(in: 0...(.max), using: &generator)
            bytes.withUnsafeBytes { whole in
                let buffer = UnsafeRawBufferPointer(rebasing: whole[start..<start + length])
                let wide = kernels.map { CRC64NVME.polynomial.update(register, unsafe: buffer, kernel: $0) }
                let narrow = kernels.map {
                    CRC32C.polynomial.update(UInt32(truncatingIfNeeded: register), unsafe: buffer, kernel: $0)
                }
                #expect(Set(wide).count == 1, "length \(length), start \(start), kernels \(kernels)")
                #expect(Set(narrow).count == 1, "length \(length), start \(start), kernels \(kernels)")
            }
        }
    }

    @Test("pieces give the same value as the whole")
    func pieces() {
        var generator = SeededGenerator(seed: 3)
        let bytes = generator.bytes(20_000)
        for _ in 0..<50 {
            var (wide, narrow) = (CRC64NVME(), CRC32C())
            var rest = bytes[...]
            while !rest.isEmpty {
                let piece = Array(rest.prefix(Int.random(in: 0...5000, using: &generator)))
                wide.update(piece.span.bytes)
                narrow.update(piece.span.bytes)
                rest = rest.dropFirst(piece.count)
            }
            #expect(wide.value == crc64(bytes))
            #expect(narrow.value == crc32c(bytes))
        }
    }

    @Test("combining two parts gives the value of the whole", arguments: [0, 1, 2, 63, 64, 65, 1000, 65_535, 65_536])
    func combining(secondLength: Int) {
        var generator = SeededGenerator(seed: 4)
        for firstLength in [0, 1, 17, 4096] {
            let (first, second) = (generator.bytes(firstLength), generator.bytes(secondLength))
            let wide = CRC64NVME.combine(crc64(first), crc64(second), secondLength: secondLength)
            let narrow = CRC32C.combine(crc32c(first), crc32c(second), secondLength: secondLength)
            #expect(wide == crc64(first + second))
            #expect(narrow == crc32c(first + second))
        }
    }

    @Test("combining is associative at lengths that no test could hold in memory")
    func combiningFar() {
        let (lengths, parts) = ([1 << 40, (1 << 50) + 3], [1, 2, 3] as [UInt64])
        let left = CRC64NVME.combine(
            CRC64NVME.combine(parts[0], parts[1], secondLength: lengths[0]),
            parts[2],
            secondLength: lengths[1]
        )
        let right = CRC64NVME.combine(
            parts[0],
            CRC64NVME.combine(parts[1], parts[2], secondLength: lengths[1]),
            secondLength: lengths[0] + lengths[1]
        )
        #expect(left == right)
    }
}
