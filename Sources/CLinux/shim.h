#pragma once
#include <sys/types.h>

// Linux calls that glibc declares only under _GNU_SOURCE, which the Glibc module is built without.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

static inline int sluice_fallocate(int descriptor, off_t length) { return fallocate(descriptor, 0, 0, length); }
