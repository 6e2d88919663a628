/* A blocking HTTP client for tests, on libcurl. */
#ifndef PARLEY_TEST_HTTP_CLIENT_H
#define PARLEY_TEST_HTTP_CLIENT_H

#include "buf.h"
#include "jval.h"

struct http_answer {
    int status; /* 0: no answer */
    struct buf body;
    struct buf headers; /* as they came, names in lower case */
    struct jval *json;  /* of the body; NULL when it is no JSON */
};

/* What a request has beyond method and path; all may be NULL. */
struct http_extra {
    const char *token;  /* Authorization: Bearer */
    const char *cookie; /* Cookie: */
    const char *origin;
    const char *type;           /* Content-Type, default application/json with a body */
    const char *header;         /* one more, "Name: value" */
    const char *const *headers; /* and more of them, NULL-ended */
    size_t body_n;              /* bytes of the body, where it is no text; 0: up to its NUL */
};

/* Any path on 127.0.0.1:port, 20 s at most. The caller frees with http_answer_fini(). */
struct http_answer http_ask(int port, const char *method, const char *path, const char *body,
                            const struct http_extra *extra);
void http_answer_fini(struct http_answer *a);

/* /api/v1 + path, with a token (NULL: none) and a body made by printf (NULL: none). */
struct http_answer api(int port, const char *token, const char *method, const char *path, const char *body_fmt, ...)
    __attribute__((format(printf, 5, 6)));

/* A member of the answer's JSON as a C string of its own (the caller frees), "" when absent. */
char *answer_text(const struct http_answer *a, const char *key);
int64_t answer_int(const struct http_answer *a, const char *key);
/* The value of a header of the answer ("" when it has none); the caller frees. */
char *answer_header(const struct http_answer *a, const char *lower_name);
/* The value of a cookie that the answer sets ("" when it does not); the caller frees. */
char *answer_cookie(const struct http_answer *a, const char *name);

#endif
