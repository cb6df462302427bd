#pragma once
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/statfs.h>
#include <sys/types.h>

// epoll, eventfd and statfs, which the Glibc module leaves out, and calls that glibc declares only under _GNU_SOURCE, which the Glibc module is built without.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

static inline int sluice_fallocate(int descriptor, off_t length) { return fallocate(descriptor, 0, 0, length); }

extern int memfd_create(const char *name, unsigned int flags);

/// A file that is nowhere but in memory and goes with its last descriptor; -1 on failure. MFD_CLOEXEC is 1.
static inline int sluice_memory_file(const char *name) { return memfd_create(name, 1U); }

/// O_DIRECT, whose value differs by processor.
static inline int sluice_direct_flag(void) { return __O_DIRECT; }
