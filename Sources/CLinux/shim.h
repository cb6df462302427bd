#pragma once
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/types.h>

// epoll and eventfd, which the Glibc module leaves out, and calls that glibc declares only under _GNU_SOURCE, which the Glibc module is built without.
extern int fallocate(int descriptor, int mode, off_t offset, off_t length);

static inline int sluice_fallocate(int descriptor, off_t length) { return fallocate(descriptor, 0, 0, length); }
