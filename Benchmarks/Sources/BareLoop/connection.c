#include "connection.h"

#include "fail.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// What one `SSL_write` gets: 64 KiB was the best of those tried; larger pieces fall out of the cache.
enum { PIECE = 64 * 1024 };

static int open_socket(const struct url *url) {
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found;
    int problem = getaddrinfo(url->host, url->port, &hints, &found);
    if (problem != 0) fail(url->host, gai_strerror(problem));
    int descriptor = -1;
    for (struct addrinfo *each = found; each != NULL; each = each->ai_next) {
        descriptor = socket(each->ai_family, each->ai_socktype | SOCK_CLOEXEC, each->ai_protocol);
        if (descriptor < 0) continue;
        if (connect(descriptor, each->ai_addr, each->ai_addrlen) == 0) break;
        close(descriptor);
        descriptor = -1;
    }
    if (descriptor < 0) fail_errno(url->host);
    freeaddrinfo(found);
    int on = 1;
    if (setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0) fail_errno("TCP_NODELAY");
    return descriptor;
}

SSL *connection_open(const struct url *url, const char *authority) {
    SSL_CTX *context = SSL_CTX_new(TLS_client_method());
    if (context == NULL) fail_tls("SSL_CTX_new");
    if (SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1) fail_tls("TLS 1.3");
    if (SSL_CTX_load_verify_file(context, authority) != 1) fail_tls(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);

    SSL *tls = SSL_new(context);
    if (tls == NULL) fail_tls("SSL_new");
    SSL_CTX_free(context);  // the connection holds a reference of its own
    if (SSL_set1_host(tls, url->host) != 1) fail_tls("SSL_set1_host");
    if (SSL_set_tlsext_host_name(tls, url->host) != 1) fail_tls("SSL_set_tlsext_host_name");
    if (SSL_set_fd(tls, open_socket(url)) != 1) fail_tls("SSL_set_fd");
    if (SSL_connect(tls) != 1) fail_tls("SSL_connect");
    return tls;
}

static void write_all(SSL *tls, const char *bytes, size_t size) {
    for (size_t sent = 0; sent < size;) {
        size_t piece = size - sent < PIECE ? size - sent : PIECE;
        size_t written = 0;
        if (SSL_write_ex(tls, bytes + sent, piece, &written) != 1) fail_tls("SSL_write");
        sent += written;
    }
}

/// Reads to the end of an answer's head and checks that it is a success without a body.
static void read_answer(SSL *tls) {
    char head[4096];
    size_t filled = 0;
    const char *end = NULL;
    while (end == NULL) {
        size_t count = 0;
        if (filled == sizeof head - 1) fail("the answer", "its head is too long");
        if (SSL_read_ex(tls, head + filled, sizeof head - 1 - filled, &count) != 1) fail_tls("SSL_read");
        filled += count;
        head[filled] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    int status = 0;
    if (sscanf(head, "HTTP/1.1 %d", &status) != 1) fail("the answer", "not HTTP/1.1");
    if (status != 200 && status != 201 && status != 204) {
        *strstr(head, "\r\n") = '\0';
        fail("the server answered", head);
    }
    const char *length = strcasestr(head, "\r\nContent-Length:");
    int has_body = length != NULL ? strtoll(length + strlen("\r\nContent-Length:"), NULL, 10) != 0
                                  : status != 204;
    if (has_body || end + 4 != head + filled) fail("the answer", "it has a body");
}

void connection_put(SSL *tls, const struct url *url, const char *path, const char *bytes, size_t size) {
    char head[4096];
    int length = snprintf(
        head, sizeof head, "PUT %s HTTP/1.1\r\nHost: %s:%s\r\nContent-Length: %zu\r\n\r\n", path, url->host, url->port,
        size
    );
    if (length < 0 || (size_t)length >= sizeof head) fail(path, "the request's head is too long");
    write_all(tls, head, (size_t)length);
    write_all(tls, bytes, size);
    read_answer(tls);
}

void connection_close(SSL *tls) {
    int descriptor = SSL_get_fd(tls);
    if (SSL_shutdown(tls) < 0) fail_tls("SSL_shutdown");
    SSL_free(tls);
    if (close(descriptor) != 0) fail_errno("close");
}
