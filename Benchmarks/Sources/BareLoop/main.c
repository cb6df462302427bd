// The least that sending a file over TLS can cost: read a block, write a PUT's head, write the block, read the
// answer. One connection, one buffer, no check, no retry. Block N goes to URL-PREFIX followed by N in five digits.

#include "connection.h"
#include "fail.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char USAGE[] = "usage: bare-loop FILE URL-PREFIX CA-FILE [--block SIZE[KiB|MiB]]\n";

static size_t parse_size(const char *text) {
    char *unit;
    errno = 0;
    unsigned long long number = strtoull(text, &unit, 10);
    int shift = strcmp(unit, "MiB") == 0 ? 20 : strcmp(unit, "KiB") == 0 ? 10 : 0;
    int is_known = shift != 0 || *unit == '\0';
    if (errno != 0 || !is_known || number == 0 || number > 1ULL << 30) fail(text, "not a block size");
    return (size_t)number << shift;
}

static void read_block(int file, char *block, size_t size, off_t offset) {
    for (size_t filled = 0; filled < size;) {
        ssize_t count = pread(file, block + filled, size - filled, offset + (off_t)filled);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) fail_errno("pread");
        if (count == 0) fail("pread", "the file shrank");
        filled += (size_t)count;
    }
}

static void send_file(SSL *tls, const struct url *url, int file, off_t length, size_t block_size) {
    char *block = malloc(block_size);
    if (block == NULL) fail_errno("malloc");
    unsigned number = 0;
    for (off_t offset = 0; offset < length; offset += (off_t)block_size) {
        off_t left = length - offset;
        size_t size = left < (off_t)block_size ? (size_t)left : block_size;
        read_block(file, block, size, offset);
        char path[sizeof url->path + 16];
        snprintf(path, sizeof path, "%s%05u", url->path, number++);
        connection_put(tls, url, path, block, size);
    }
    free(block);
}

int main(int count, char **arguments) {
    if (count != 4 && !(count == 6 && strcmp(arguments[4], "--block") == 0)) {
        fputs(USAGE, stderr);
        return 2;
    }
    size_t block_size = count == 6 ? parse_size(arguments[5]) : (size_t)8 << 20;
    struct url url = url_parse(arguments[2]);
    if (signal(SIGPIPE, SIG_IGN) == SIG_ERR) fail_errno("SIGPIPE");

    int file = open(arguments[1], O_RDONLY | O_CLOEXEC);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) fail_errno(arguments[1]);

    SSL *tls = connection_open(&url, arguments[3]);
    send_file(tls, &url, file, status.st_size, block_size);
    connection_close(tls);
    return 0;
}
