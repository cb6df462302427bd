package import SluiceCore

/// CRC-32C (Castagnoli): what S3 calls CRC32C.
///
/// Runs at the speed of the memory where the CPU multiplies without carry, else by tables at some 2 GB/s.
/// Source: RFC 3720, 12.1 and B.4.
package struct CRC32C: Sendable {
    static let polynomial = CRCPolynomial<UInt32>(reflected: 0x82F6_3B78)

    private var register = UInt32.max

    /// The CRC of no bytes.
    package init() {}

    /// The CRC of the bytes so far.
    package var value: UInt32 { ~register }

    /// The CRC of the bytes so far, most significant byte first.
    package var checksum: Checksum { Checksum(algorithm: .crc32c, value: value) }

    /// Goes on over `bytes`.
    package mutating func update(_ bytes: RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe update(unsafe: $0) }
    }

    /// Goes on over the bytes of `buffer`, which must stay as they are during the call.
    package mutating func update(unsafe buffer: UnsafeRawBufferPointer) {
        register = unsafe CRC32C.polynomial.update(register, unsafe: buffer)
    }

    /// The CRC of two byte sequences, one after the other.
    /// - Parameters:
    ///   - first: the CRC of the first sequence.
    ///   - second: the CRC of the second.
    ///   - secondLength: the length of the second sequence in bytes, 0 or more.
    package static func combine(_ first: UInt32, _ second: UInt32, secondLength: Int) -> UInt32 {
        polynomial.combine(first, second, secondLength: secondLength)
    }
}
