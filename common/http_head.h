/* The head of an HTTP/1 request as bytes of a stranger: request line, headers, target. Pure functions without
 * I/O, strict where RFC 9112 lets one be, because a head that two parsers read differently is an attack. */
#ifndef PARLEY_HTTP_HEAD_H
#define PARLEY_HTTP_HEAD_H

#include "buf.h"
#include "httpd.h"

enum {
    HTTP_HEAD_MAX_BYTES = 16 * 1024,
    HTTP_HEAD_MAX_HEADERS = 100,
    HTTP_TARGET_MAX_BYTES = 8 * 1024,
    HTTP_QUERY_MAX_PARAMS = 64
};

struct http_field {
    struct str name, value; /* name as sent, value trimmed */
};

/* All views are into the bytes that were parsed. */
struct http_head {
    struct str method, target;
    bool http10;
    struct http_field fields[HTTP_HEAD_MAX_HEADERS];
    size_t count;
};

/* Length of the head that `bytes` begins with, its final empty line included; 0: not complete yet.
 * ERR_HEADERS_TOO_LARGE: HTTP_HEAD_MAX_BYTES passed without an end. `scanned` remembers between calls how far
 * was looked; start with 0. */
int http_head_length(struct str bytes, size_t *scanned, size_t *length_r);

/* Parse one whole head, as http_head_length() measured it. ERR_BAD_REQUEST, ERR_HEADERS_TOO_LARGE. A header that
 * may come once only and came twice is ERR_BAD_REQUEST. */
int http_head_parse(struct str head, struct http_head *head_r);

/* Value of the first header of that name; empty when absent. */
struct str http_head_get(const struct http_head *head, const char *lower_name);
/* Of the last one: the header nearest to us when proxies each add one. */
struct str http_head_last(const struct http_head *head, const char *lower_name);
bool http_head_has(const struct http_head *head, const char *lower_name);
/* Whether the comma-separated list of all headers of that name has this token, in any case. */
bool http_head_lists(const struct http_head *head, const char *lower_name, const char *token);

enum http_method http_method_of(struct str name);

/* What the message framing says of the body. ERR_LENGTH_REQUIRED: Transfer-Encoding, which is not read here.
 * ERR_BAD_REQUEST: not a length, or both. ERR_TOO_LARGE: more than max_body. */
int http_body_length(const struct http_head *head, size_t max_body, size_t *length_r);
/* Whether the client lets the connection be used again. */
bool http_keep_alive(const struct http_head *head);

/* Split a target into its decoded path and raw query. Origin form, or absolute form whose authority is dropped.
 * The path is appended to `path`. ERR_BAD_REQUEST: another form, a character that must be encoded, a bad escape,
 * or a decoded path with a control character, "//", a "." or ".." segment, or bytes that are not UTF-8. */
int http_target_split(struct str target, struct buf *path, struct str *query_r);

/* Append s decoded (and '+' as a space when `plus`). ERR_BAD_REQUEST: a bad escape, NUL, or not UTF-8. */
int http_percent_decode(struct str s, bool plus, struct buf *out);

struct http_params {
    struct buf text;
    struct {
        size_t name, name_n, value, value_n;
    } at[HTTP_QUERY_MAX_PARAMS];
    size_t count;
};
/* Decode name=value pairs. ERR_BAD_REQUEST as above, or too many. Free with http_params_fini() in any case. */
int http_params_parse(struct str query, struct http_params *params);
/* The first of that name. */
bool http_params_get(const struct http_params *params, const char *name, struct str *value_r);
void http_params_fini(struct http_params *params);

#endif
