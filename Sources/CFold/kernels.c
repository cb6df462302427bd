#include "kernels.h"

#if CFOLD_X86
#include <immintrin.h>

// Why the constants are x^(D+63) and x^(D-1) for a distance of D bits: in a reflected lane bit i stands for
// x^(127-i), so the first half weighs x^64 more than the second; and the product of two reflected 64-bit
// polynomials has its bit k at x^(126-k), one less than the lane says, so each constant gives one x back.

// Eight lanes hide the product's latency (4 to 7 cycles at one or two a cycle) and leave registers for the products.
#define LANES 8

__attribute__((target("pclmul,avx"))) static inline __m128i fold_128(__m128i lane, __m128i by, __m128i next) {
    __m128i first = _mm_clmulepi64_si128(lane, by, 0x00);
    __m128i second = _mm_clmulepi64_si128(lane, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(first, second), next);
}

__attribute__((target("pclmul,avx"))) uint64_t cfold_pclmul(
    const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t strides) {
    const __m128i *source = (const __m128i *)bytes;
    __m128i lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = _mm_loadu_si128(source + lane);
    lanes[0] = _mm_xor_si128(lanes[0], _mm_cvtsi64_si128((long long)state));
    const __m128i by = _mm_loadu_si128((const __m128i *)crc->fold[CFOLD_STRIDE_128]);
    for (size_t stride = 1; stride < strides; stride++) {
        source += LANES;
#pragma clang loop unroll(full)
        for (int lane = 0; lane < LANES; lane++)
            lanes[lane] = fold_128(lanes[lane], by, _mm_loadu_si128(source + lane));
    }
    const __m128i one = _mm_loadu_si128((const __m128i *)crc->fold[CFOLD_STRIDE_LANE]);
    __m128i sum = lanes[0];
    for (int lane = 1; lane < LANES; lane++) sum = fold_128(sum, one, lanes[lane]);
    uint8_t last[16];
    _mm_storeu_si128((__m128i *)last, sum);
    return cfold_portable(crc, 0, last, sizeof last);
}

__attribute__((target("vpclmulqdq,pclmul,avx2"))) void cfold_avx2(
    const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t strides, uint8_t *rest) {
    const __m256i *source = (const __m256i *)bytes;
    __m256i lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = _mm256_loadu_si256(source + lane);
    lanes[0] = _mm256_xor_si256(lanes[0], _mm256_set_epi64x(0, 0, 0, (long long)state));
    const __m256i by =
        _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)crc->fold[CFOLD_STRIDE_256]));
    for (size_t stride = 1; stride < strides; stride++) {
        source += LANES;
#pragma clang loop unroll(full)
        for (int lane = 0; lane < LANES; lane++) {
            __m256i first = _mm256_clmulepi64_epi128(lanes[lane], by, 0x00);
            __m256i second = _mm256_clmulepi64_epi128(lanes[lane], by, 0x11);
            __m256i next = _mm256_loadu_si256(source + lane);
            lanes[lane] = _mm256_xor_si256(_mm256_xor_si256(first, second), next);
        }
    }
    for (int lane = 0; lane < LANES; lane++) _mm256_storeu_si256((__m256i *)rest + lane, lanes[lane]);
}

__attribute__((target("vpclmulqdq,pclmul,avx512f,avx512vl"))) void cfold_avx512(
    const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t strides, uint8_t *rest) {
    const uint8_t *source = bytes;
    __m512i lanes[LANES];
    for (int lane = 0; lane < LANES; lane++) lanes[lane] = _mm512_loadu_si512(source + 64 * lane);
    lanes[0] = _mm512_xor_si512(lanes[0], _mm512_set_epi64(0, 0, 0, 0, 0, 0, 0, (long long)state));
    const __m512i by = _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)crc->fold[CFOLD_STRIDE_512]));
    for (size_t stride = 1; stride < strides; stride++) {
        source += 64 * LANES;
#pragma clang loop unroll(full)
        for (int lane = 0; lane < LANES; lane++) {
            __m512i first = _mm512_clmulepi64_epi128(lanes[lane], by, 0x00);
            __m512i second = _mm512_clmulepi64_epi128(lanes[lane], by, 0x11);
            __m512i next = _mm512_loadu_si512(source + 64 * lane);
            // 0x96 is the truth table of a three-way exclusive or.
            lanes[lane] = _mm512_ternarylogic_epi64(first, second, next, 0x96);
        }
    }
    for (int lane = 0; lane < LANES; lane++) _mm512_storeu_si512(rest + 64 * lane, lanes[lane]);
}
#else
typedef int cfold_no_kernels;  // ISO C wants one declaration a file.
#endif
