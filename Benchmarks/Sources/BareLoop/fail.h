#ifndef BARE_LOOP_FAIL_H
#define BARE_LOOP_FAIL_H

/// Ends the program with exit code 1 and "bare-loop: what: why" on standard error.
_Noreturn void fail(const char *what, const char *why);

/// The same; `why` is what errno says.
_Noreturn void fail_errno(const char *what);

/// The same; `why` is the oldest entry of OpenSSL's error queue.
_Noreturn void fail_tls(const char *what);

#endif
