internal import CFold

/// A reflected CRC whose register starts as all ones and is inverted at the end.
///
/// The tables are made once and never change, so any thread may read them.
@safe struct CRCPolynomial<Value: FixedWidthInteger & UnsignedInteger & Sendable>: @unchecked Sendable {
    /// The polynomial without its highest term; its highest bit is the coefficient of x^0.
    let reflected: Value
    private let tables: OpaquePointer

    init(reflected: Value) {
        guard let tables = unsafe cfold_make(UInt64(reflected), UInt32(Value.bitWidth)) else {
            fatalError("no memory for the tables of a CRC")
        }
        self.reflected = reflected
        unsafe self.tables = tables
    }

    /// The register after the bytes of `buffer`, by the fastest kernel unless `kernel` names another.
    func update(
        _ register: Value,
        unsafe buffer: UnsafeRawBufferPointer,
        kernel: cfold_kernel = cfold_best_kernel()
    ) -> Value {
        let answer = unsafe cfold_update(tables, kernel, UInt64(register), buffer.baseAddress, buffer.count)
        return Value(truncatingIfNeeded: answer)
    }

    /// The CRC of two byte sequences, one after the other, from the CRC of each and the length of the second.
    ///
    /// The inversions cancel out: the first CRC is moved on by as many zero bytes as the second sequence has, which
    /// is a multiplication by x^(8 × length). O(log length).
    func combine(_ first: Value, _ second: Value, secondLength: Int) -> Value {
        precondition(secondLength >= 0, "a length is not negative")
        return multiply(first, powerOfX8(secondLength)) ^ second
    }

    /// x^(8 × exponent) modulo the polynomial, by squaring.
    private func powerOfX8(_ exponent: Int) -> Value {
        var exponent = exponent
        var square = Value(1) << (Value.bitWidth - 9)
        var product = Value(1) << (Value.bitWidth - 1)
        while exponent > 0 {
            if exponent & 1 == 1 { product = multiply(product, square) }
            square = multiply(square, square)
            exponent >>= 1
        }
        return product
    }

    /// The product of two reflected polynomials modulo the polynomial.
    private func multiply(_ left: Value, _ right: Value) -> Value {
        var term = right
        var product: Value = 0
        for bit in (0..<Value.bitWidth).reversed() {
            if left >> bit & 1 == 1 { product ^= term }
            term = term >> 1 ^ (term & 1 == 1 ? reflected : 0)
        }
        return product
    }
}
