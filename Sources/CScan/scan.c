#include "CScan.h"

#include <string.h>

// In C, because Swift's SIMD types can compare bytes, but not turn the answers into a word of bits. Clang's vectors do
// that on every processor; the loop is compiled once for each kind of x86-64, and the best that there is, is taken.

typedef uint8_t bytes64 __attribute__((ext_vector_type(64)));
typedef _Bool bits64 __attribute__((ext_vector_type(64)));

static inline __attribute__((always_inline)) bool find(
    const uint8_t *text, size_t count, cscan_marks marks, uint64_t *words
) {
    bytes64 a = marks.bytes[0], b = marks.bytes[1], c = marks.bytes[2], d = marks.bytes[3], e = marks.bytes[4];
    bytes64 all = 0;
    for (size_t index = 0; index < (count + 63) / 64; index++) {
        bytes64 block;
        memcpy(&block, text + 64 * index, sizeof block);
        all |= block;
        bits64 found = __builtin_convertvector(
            (block == a) | (block == b) | (block == c) | (block == d) | (block == e), bits64
        );
        memcpy(words + index, &found, sizeof found);
    }
    bits64 beyond = __builtin_convertvector(all >= (bytes64)(128), bits64);
    uint64_t word;
    memcpy(&word, &beyond, sizeof word);
    return word != 0;
}

#if defined(__x86_64__)
__attribute__((target("avx512f,avx512bw"))) static bool find_avx512(
    const uint8_t *text, size_t count, cscan_marks marks, uint64_t *words
) {
    return find(text, count, marks, words);
}

__attribute__((target("avx2"))) static bool find_avx2(
    const uint8_t *text, size_t count, cscan_marks marks, uint64_t *words
) {
    return find(text, count, marks, words);
}
#endif

bool cscan_find(const uint8_t *text, size_t count, cscan_marks marks, uint64_t *words) {
#if defined(__x86_64__)
    // Asks CPUID and XGETBV, so a register that the system does not save counts as absent.
    if (__builtin_cpu_supports("avx512bw")) return find_avx512(text, count, marks, words);
    if (__builtin_cpu_supports("avx2")) return find_avx2(text, count, marks, words);
#endif
    return find(text, count, marks, words);
}
