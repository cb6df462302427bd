#pragma once
#include <zlib.h>

/// deflateInit2 for a raw deflate stream: a macro that passes the header's version and the struct's size.
/// Memory level 9 is zlib's most: 256 KiB of window and hash, and the fastest.
static inline int sluice_deflate_init_raw(z_stream *stream, int level) {
    return deflateInit2(stream, level, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY);
}
