/* HTTP requests to servers elsewhere, on the loop, by libcurl: the only module that names it. A number of them at once,
 * each with a deadline to connect, one in all, and one for when nothing moves; an answer is held whole, up to a bound.
 * Redirects are not followed, and no proxy is used. A library of its own (target `fetch`). Loop thread only. */
#ifndef PARLEY_FETCH_H
#define PARLEY_FETCH_H

#include "buf.h"
#include "loop.h"

struct fetcher;
struct fetch;

/* `connections`: kept and open at once. ERR_INTERNAL: libcurl does not start (logged). */
int fetcher_create(struct fetcher **fetcher_r, struct loop *loop, long connections);
/* What is under way is not called back. Not inside a callback. */
void fetcher_destroy(struct fetcher **fetcher);

struct fetch_request {
    const char *method, *url;
    const char *const *headers; /* "Name: value", NULL-ended; copied */
    struct str body;            /* the caller's until it is called back */
    size_t max_answer;          /* bytes of a body; more is an error */
    long connect_ms, total_ms;
    long stall_s; /* less than 1 KiB a second for so long */
};

struct fetch_answer {
    int status;
    struct str body;
    struct buf headers; /* "name: value\n", names in lower case */
};
/* The value of a header; empty: there is none. */
struct str fetch_header(const struct fetch_answer *answer, const char *lower_name);

/* Called once, later: 0 and the answer, whatever its status; or ERR_TIMEOUT, ERR_TOO_LARGE or ERR_UNAVAILABLE, and why
 * in words. Views are good for the time of the call. */
typedef void fetch_fn(void *arg, int err, const struct fetch_answer *answer, const char *why);
/* ERR_INTERNAL: not begun; fn is not called. The handle is good until fn is called. */
int fetch_start(struct fetch **fetch_r, struct fetcher *fetcher, const struct fetch_request *request, fetch_fn *fn,
                void *arg);
/* fn is not called any more. NULL is none. */
void fetch_cancel(struct fetch **fetch);

#endif
