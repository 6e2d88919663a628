/* Requests by HTTP/1.1 over a few connections that are kept, one after the other on each; what is more waits. For GETs
 * with a login. Has an epoll of its own, which another one may watch. One thread. */
#ifndef PARLEY_BENCH_REST_H
#define PARLEY_BENCH_REST_H

#include <netinet/in.h>

#include "str.h"

struct rest;

/* Status 0: it was not answered. `us` from when it was asked for; the body is good during the call. */
typedef void rest_done_fn(void *arg, uint32_t who, int status, struct str body, int64_t us);

void rest_create(struct rest **rest_r, const struct sockaddr_in *to, size_t connections, rest_done_fn *fn, void *arg);
/* What is under way is not called back. */
void rest_destroy(struct rest **rest);
/* The target is copied, the token is not. fn is called with `who`. */
void rest_get(struct rest *rest, const char *token, const char *target, uint32_t who);
/* Do what can be done now. */
void rest_turn(struct rest *rest);
/* Under way and waiting. */
size_t rest_open(const struct rest *rest);
int rest_fd(const struct rest *rest);

#endif
