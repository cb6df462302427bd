#ifndef BARE_LOOP_CONNECTION_H
#define BARE_LOOP_CONNECTION_H

#include "url.h"

#include <openssl/ssl.h>
#include <stddef.h>

/// A TLS 1.3 connection to the URL's host, its certificate and its name verified against the authority in the PEM
/// file. Ends the program where that fails, as do the functions below.
SSL *connection_open(const struct url *url, const char *authority);

/// Sends one PUT of `size` bytes for `path` and waits for its 200, 201 or 204.
void connection_put(SSL *tls, const struct url *url, const char *path, const char *bytes, size_t size);

/// Says goodbye to the server and frees everything.
void connection_close(SSL *tls);

#endif
