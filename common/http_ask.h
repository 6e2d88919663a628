/* One request to another process of ours, by HTTP/1.1 on a connection of its own: a POST with a small body, and an
 * answer that is bounded in bytes and time. For what stands where no Redis is. Loop thread only. */
#ifndef PARLEY_HTTP_ASK_H
#define PARLEY_HTTP_ASK_H

#include "loop.h"
#include "str.h"

struct http_ask;

struct http_ask_job {
    const char *address;  /* host:port or [v6]:port */
    const char *path;     /* "/preview" */
    struct str body;      /* copied */
    size_t max_answer;    /* bytes, the head included */
    uint64_t deadline_ms; /* from connecting to the last byte */
};

/* 0: it was answered with `status`, and `body` is good until the function returns. ERR_UNAVAILABLE: nobody is there, or
 * the connection broke; ERR_TIMEOUT; ERR_TOO_LARGE. Called once; the ask is freed when it returns. */
typedef void http_ask_fn(void *arg, int err, int status, struct str body);

/* ERR_BAD_REQUEST: that is no address; ERR_UNAVAILABLE. Then fn is not called. */
int http_ask_start(struct http_ask **ask_r, struct loop *loop, const struct http_ask_job *job, http_ask_fn *fn,
                   void *arg);
/* Give up: fn is not called. NULL is none. Not inside fn. */
void http_ask_cancel(struct http_ask **ask);

#endif
