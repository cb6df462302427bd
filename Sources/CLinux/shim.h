#pragma once
#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/statfs.h>
#include <sys/types.h>

// epoll, eventfd and statfs, which the Glibc module leaves out, and calls that glibc declares only under _GNU_SOURCE, which the Glibc module is built without.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

static inline int sluice_fallocate(int descriptor, off_t length) { return fallocate(descriptor, 0, 0, length); }

extern int renameat2(int from_directory, const char *from, int to_directory, const char *to, unsigned int flags);

/// rename(2) that fails with EEXIST where something has the name. RENAME_NOREPLACE is 1.
static inline int sluice_rename_new(const char *from, const char *to) {
    return renameat2(AT_FDCWD, from, AT_FDCWD, to, 1U);
}

extern int pipe2(int ends[2], int flags);

/// A pipe that no program started at this instant inherits.
static inline int sluice_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

extern int syncfs(int descriptor);

/// Flushes the file system that the descriptor is on.
static inline int sluice_sync_file_system(int descriptor) { return syncfs(descriptor); }

extern int memfd_create(const char *name, unsigned int flags);

/// A file that is nowhere but in memory and goes with its last descriptor; -1 on failure. MFD_CLOEXEC is 1.
static inline int sluice_memory_file(const char *name) { return memfd_create(name, 1U); }

/// O_DIRECT, whose value differs by processor.
static inline int sluice_direct_flag(void) { return __O_DIRECT; }
