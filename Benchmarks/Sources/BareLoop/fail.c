#include "fail.h"

#include <errno.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Noreturn void fail(const char *what, const char *why) {
    fprintf(stderr, "bare-loop: %s: %s\n", what, why);
    exit(1);
}

_Noreturn void fail_errno(const char *what) {
    fail(what, strerror(errno));
}

_Noreturn void fail_tls(const char *what) {
    char text[256] = "the connection ended";
    unsigned long code = ERR_get_error();
    if (code != 0) ERR_error_string_n(code, text, sizeof text);
    fail(what, text);
}
