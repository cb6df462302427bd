#pragma once
#include <isa-l.h>

/// The working memory in bytes that ISA-L recommends for `level`, 1 to 3. Its constants are products of other
/// constants, which Swift does not import.
static inline uint32_t sluice_isal_level_buffer(uint32_t level) {
    switch (level) {
    case 1: return ISAL_DEF_LVL1_DEFAULT;
    case 2: return ISAL_DEF_LVL2_DEFAULT;
    default: return ISAL_DEF_LVL3_DEFAULT;
    }
}
