#pragma once
#include "CFold.h"

#if defined(__x86_64__)
#define CFOLD_X86 1
#else
#define CFOLD_X86 0
#endif

/// The strides in bytes, each with its own constants: one lane, and the eight lanes of each folding kernel.
enum { CFOLD_STRIDE_LANE, CFOLD_STRIDE_128, CFOLD_STRIDE_256, CFOLD_STRIDE_512, CFOLD_STRIDES };

struct cfold_crc {
    /// `table[k][b]`: the CRC of byte `b` followed by `k` zero bytes.
    uint64_t table[8][256];
    /// For a stride of S bytes: x^(8S + 63) and x^(8S - 1) modulo the polynomial, reflected in 64 bits. They
    /// move the first and the second half of a 128-bit lane S bytes on.
    uint64_t fold[CFOLD_STRIDES][2];
};

/// The register after `count` bytes, by tables.
uint64_t cfold_portable(const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t count);

#if CFOLD_X86
/// The register after `strides` × 128 bytes, at least one stride.
uint64_t cfold_pclmul(const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t strides);

/// Folds `strides` × 256 bytes, at least one stride, into the 256 of `rest`, which have the same remainder.
void cfold_avx2(const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t strides, uint8_t *rest);

/// Folds `strides` × 512 bytes, at least one stride, into the 512 of `rest`, which have the same remainder.
void cfold_avx512(const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t strides, uint8_t *rest);
#endif
