#ifndef BARE_LOOP_URL_H
#define BARE_LOOP_URL_H

/// https://HOST:PORT/PATH in its parts; `path` starts with a slash.
struct url {
    char host[256];
    char port[8];
    char path[2048];
};

/// Ends the program where `text` is not such a URL.
struct url url_parse(const char *text);

#endif
