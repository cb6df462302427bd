#include "url.h"

#include "fail.h"

#include <stdio.h>

struct url url_parse(const char *text) {
    struct url url;
    // The widths are one less than the arrays of `struct url`.
    if (sscanf(text, "https://%255[^:/]:%7[0-9]%2047s", url.host, url.port, url.path) != 3 || url.path[0] != '/')
        fail(text, "not of the form https://HOST:PORT/PATH");
    return url;
}
