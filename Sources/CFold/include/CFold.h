#pragma once
#include <stddef.h>
#include <stdint.h>

// Reflected CRCs of up to 64 bits at memory speed, by carry-less multiplication where the CPU has it.
//
// Source of the method: V. Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction", Intel, 2009. ISA-L 2.30 has it for other 64-bit polynomials, not for NVMe's.

/// The ways to run a CRC, from the slowest to the fastest. A CPU that can run one can run those below it.
enum cfold_kernel {
    /// Slicing by eight: any CPU.
    CFOLD_PORTABLE = 0,
    /// Eight 128-bit lanes: PCLMULQDQ and AVX.
    CFOLD_PCLMUL = 1,
    /// Eight 256-bit lanes: VPCLMULQDQ and AVX2.
    CFOLD_AVX2 = 2,
    /// Eight 512-bit lanes: VPCLMULQDQ and AVX-512.
    CFOLD_AVX512 = 3,
};

/// The tables and constants of one polynomial.
struct cfold_crc;

/// Makes the tables of a reflected polynomial of `width` bits, 8 to 64, given without its highest term. Takes some
/// 20 µs; they are constant afterwards and for all threads. NULL when there is no memory; never freed.
const struct cfold_crc *_Nullable cfold_make(uint64_t polynomial, unsigned width);

/// The fastest kernel that this CPU and its operating system can run; asked once, then remembered.
enum cfold_kernel cfold_best_kernel(void);

/// The CRC register after `count` more bytes. The register is what it is between bytes: the first and the last
/// inversion are the caller's. `kernel` must be one that this CPU can run.
uint64_t cfold_update(
    const struct cfold_crc *_Nonnull crc, enum cfold_kernel kernel, uint64_t state, const void *_Nullable bytes,
    size_t count);
