#ifndef CSCAN_H
#define CSCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/// The bytes that are looked for; those that there are not, are another one again.
typedef struct {
    uint8_t bytes[5];
} cscan_marks;

/// Writes a word for every 64 bytes of `text`, and one for what is left of `count`: bit n is set where the nth byte is
/// one of the marks. Up to 63 bytes behind the text are read, and their bits mean nothing.
///
/// Returns whether one of the bytes that were read is no ASCII.
bool cscan_find(const uint8_t *text, size_t count, cscan_marks marks, uint64_t *words);

typedef uint8_t cscan_bytes16 __attribute__((ext_vector_type(16)));
typedef _Bool cscan_bits16 __attribute__((ext_vector_type(16)));

/// Three bytes that need care, each sixteen times.
typedef struct {
    cscan_bytes16 first, second, third;
} cscan_care;

static inline cscan_care cscan_make_care(uint8_t first, uint8_t second, uint8_t third) {
    cscan_care care = {first, second, third};
    return care;
}

/// Copies `count` bytes, 0 or more, and up to 15 behind them on both sides. Returns whether one of those that count is
/// one of three or below 32. Inline, because cells are short.
static inline bool cscan_copy(const uint8_t *source, uint8_t *place, ptrdiff_t count, cscan_care care) {
    uint32_t found = 0;
    for (ptrdiff_t index = 0; index < count; index += 16) {
        cscan_bytes16 block;
        memcpy(&block, source + index, sizeof block);
        memcpy(place + index, &block, sizeof block);
        cscan_bits16 bits = __builtin_convertvector(
            (block == care.first) | (block == care.second) | (block == care.third) | (block < (cscan_bytes16)(32)),
            cscan_bits16
        );
        uint16_t word;
        memcpy(&word, &bits, sizeof word);
        ptrdiff_t rest = count - index;
        found |= rest < 16 ? word & ((1U << rest) - 1) : word;
    }
    return found != 0;
}

/// Whether one of `count` bytes is below 32. Up to 15 behind them are read.
static inline bool cscan_has_control(const uint8_t *text, ptrdiff_t count) {
    uint32_t found = 0;
    for (ptrdiff_t index = 0; index < count; index += 16) {
        cscan_bytes16 block;
        memcpy(&block, text + index, sizeof block);
        cscan_bits16 bits = __builtin_convertvector(block < (cscan_bytes16)(32), cscan_bits16);
        uint16_t word;
        memcpy(&word, &bits, sizeof word);
        ptrdiff_t rest = count - index;
        found |= rest < 16 ? word & ((1U << rest) - 1) : word;
    }
    return found != 0;
}

#endif
