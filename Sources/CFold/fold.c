#include "kernels.h"

#include <stdlib.h>
#include <string.h>

// x^exponent modulo the polynomial, reflected in `width` bits: the highest bit stands for x^0.
static uint64_t power(uint64_t polynomial, unsigned width, unsigned exponent) {
    uint64_t value = (uint64_t)1 << (width - 1);
    while (exponent-- > 0) value = value >> 1 ^ (value & 1 ? polynomial : 0);
    return value;
}

static void fill_tables(struct cfold_crc *crc, uint64_t polynomial) {
    for (unsigned byte = 0; byte < 256; byte++) {
        uint64_t value = byte;
        for (int bit = 0; bit < 8; bit++) value = value >> 1 ^ (value & 1 ? polynomial : 0);
        crc->table[0][byte] = value;
    }
    for (int zeros = 1; zeros < 8; zeros++)
        for (unsigned byte = 0; byte < 256; byte++) {
            uint64_t value = crc->table[zeros - 1][byte];
            crc->table[zeros][byte] = value >> 8 ^ crc->table[0][value & 0xff];
        }
}

const struct cfold_crc *cfold_make(uint64_t polynomial, unsigned width) {
    struct cfold_crc *crc = malloc(sizeof *crc);
    if (!crc) return NULL;
    fill_tables(crc, polynomial);
    static const unsigned strides[CFOLD_STRIDES] = {16, 128, 256, 512};
    for (int index = 0; index < CFOLD_STRIDES; index++) {
        // A narrower remainder stands in the upper bits: the highest bit is x^0 in every width.
        crc->fold[index][0] = power(polynomial, width, 8 * strides[index] + 63) << (64 - width);
        crc->fold[index][1] = power(polynomial, width, 8 * strides[index] - 1) << (64 - width);
    }
    return crc;
}

static inline uint64_t load_little_endian(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

uint64_t cfold_portable(const struct cfold_crc *crc, uint64_t state, const uint8_t *bytes, size_t count) {
    for (; count >= 8; bytes += 8, count -= 8) {
        uint64_t word = load_little_endian(bytes) ^ state;
        state = crc->table[7][word & 0xff] ^ crc->table[6][word >> 8 & 0xff] ^ crc->table[5][word >> 16 & 0xff]
            ^ crc->table[4][word >> 24 & 0xff] ^ crc->table[3][word >> 32 & 0xff] ^ crc->table[2][word >> 40 & 0xff]
            ^ crc->table[1][word >> 48 & 0xff] ^ crc->table[0][word >> 56];
    }
    for (; count > 0; bytes++, count--) state = state >> 8 ^ crc->table[0][(state ^ *bytes) & 0xff];
    return state;
}

#if !CFOLD_X86

enum cfold_kernel cfold_best_kernel(void) { return CFOLD_PORTABLE; }

uint64_t cfold_update(
    const struct cfold_crc *crc, enum cfold_kernel kernel, uint64_t state, const void *bytes, size_t count) {
    (void)kernel;
    return cfold_portable(crc, state, bytes, count);
}

#else

// __builtin_cpu_supports asks CPUID and XGETBV, so a register that the system does not save counts as absent.
static enum cfold_kernel detect(void) {
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("pclmul") || !__builtin_cpu_supports("avx")) return CFOLD_PORTABLE;
    if (!__builtin_cpu_supports("vpclmulqdq") || !__builtin_cpu_supports("avx2")) return CFOLD_PCLMUL;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512vl")) return CFOLD_AVX2;
    return CFOLD_AVX512;
}

enum cfold_kernel cfold_best_kernel(void) {
    // Two threads that ask first both store the same answer.
    static int known = -1;
    int kernel = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (kernel < 0) __atomic_store_n(&known, kernel = detect(), __ATOMIC_RELAXED);
    return (enum cfold_kernel)kernel;
}

uint64_t cfold_update(
    const struct cfold_crc *crc, enum cfold_kernel kernel, uint64_t state, const void *start, size_t count) {
    const uint8_t *bytes = start;
    // A wide kernel leaves one stride of bytes that has the same remainder as what it has read; the narrow
    // kernel turns that into one lane, and the table turns the lane into the register. Below two strides there
    // is nothing to fold.
    uint8_t rest[512];
    if (kernel >= CFOLD_AVX2 && count >= 1024) {
        size_t stride = kernel == CFOLD_AVX512 ? 512 : 256;
        if (kernel == CFOLD_AVX512) cfold_avx512(crc, state, bytes, count / stride, rest);
        else cfold_avx2(crc, state, bytes, count / stride, rest);
        bytes += count / stride * stride;
        count %= stride;
        state = cfold_pclmul(crc, 0, rest, stride / 128);
    }
    if (kernel >= CFOLD_PCLMUL && count >= 256) {
        state = cfold_pclmul(crc, state, bytes, count / 128);
        bytes += count / 128 * 128;
        count %= 128;
    }
    return cfold_portable(crc, state, bytes, count);
}

#endif
