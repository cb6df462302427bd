#pragma once

// The type checks of curl's macros need the variadic call itself; the shims below give each argument its type.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, and a `long` is not a `curl_off_t`: one shim a kind.

static inline CURLcode sluice_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode sluice_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return curl_easy_setopt(handle, option, value);
}

// curl copies the string, except for CURLOPT_POSTFIELDS, which has sluice_set_pointer.
static inline CURLcode sluice_set_string(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode sluice_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode sluice_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return curl_easy_setopt(handle, option, value);
}

typedef size_t (*sluice_transfer_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode sluice_set_transfer(CURL *handle, CURLoption option, sluice_transfer_callback callback) {
    return curl_easy_setopt(handle, option, callback);
}

typedef int (*sluice_progress_callback)(
    void *context, curl_off_t toReceive, curl_off_t received, curl_off_t toSend, curl_off_t sent
);

// Called about once a second whatever moves; what is not 0 ends the transfer.
static inline CURLcode sluice_set_progress(CURL *handle, sluice_progress_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, callback);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    return code;
}

static inline CURLcode sluice_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode sluice_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode sluice_get_pointer(CURL *handle, CURLINFO info, void **value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode sluice_get_string(CURL *handle, CURLINFO info, const char **value) {
    return curl_easy_getinfo(handle, info, (char **)value);
}

static inline CURLMcode sluice_multi_set_long(CURLM *handle, CURLMoption option, long value) {
    return curl_multi_setopt(handle, option, value);
}

// CURLMsg holds its result in a union.
static inline CURLcode sluice_message_result(const CURLMsg *message) { return message->data.result; }

// Macros with casts.
static const size_t sluice_readfunc_abort = CURL_READFUNC_ABORT;
static const size_t sluice_readfunc_pause = CURL_READFUNC_PAUSE;
static inline CURLcode sluice_global_init(void) { return curl_global_init(CURL_GLOBAL_DEFAULT); }

typedef int (*sluice_socket_callback)(CURL *easy, curl_socket_t socket, int what, void *context, void *socket_context);
typedef int (*sluice_timer_callback)(CURLM *multi, long milliseconds, void *context);

static inline CURLMcode sluice_multi_set_callbacks(
    CURLM *multi, sluice_socket_callback socket, sluice_timer_callback timer, void *context
) {
    CURLMcode code = curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, socket);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, context);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, timer);
    if (code == CURLM_OK) code = curl_multi_setopt(multi, CURLMOPT_TIMERDATA, context);
    return code;
}

typedef curl_socket_t (*sluice_open_callback)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
typedef int (*sluice_close_callback)(void *context, curl_socket_t socket);

// A connection keeps what the handle that opened it says here.
static inline CURLcode sluice_set_sockets(
    CURL *handle, sluice_open_callback opener, sluice_close_callback closer, void *context
) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, opener);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, context);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_CLOSESOCKETFUNCTION, closer);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_CLOSESOCKETDATA, context) : code;
}

// Refuses to start a body over: after a lost connection the whole step is tried again, and counted, by us.
static inline int sluice_refuse_seek(void *context, curl_off_t offset, int origin) { return CURL_SEEKFUNC_FAIL; }

typedef int (*sluice_request_callback)(void *context, char *primary, char *local, int primary_port, int local_port);

// Called before each request that is sent for a transfer, those that libcurl repeats by itself too.
static inline CURLcode sluice_set_request(CURL *handle, sluice_request_callback callback, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_PREREQFUNCTION, callback);
    return code == CURLE_OK ? curl_easy_setopt(handle, CURLOPT_PREREQDATA, context) : code;
}

static inline CURLcode sluice_refuse_rewinds(CURL *handle) {
    return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, sluice_refuse_seek);
}
