/* Requests between processes over Redis. A request is an entry of the stream rpc:{service}; any replica of the
 * service answers by PUBLISH to the asker's inbox:{process id}. At most once: a request whose deadline passed is
 * dropped, not served, and the asker gets ERR_TIMEOUT. Wire form: docs/bus.md. */
#ifndef PARLEY_RPC_H
#define PARLEY_RPC_H

#include "bus.h"
#include "jval.h"

/* Who asks: passed along with each request. Views; copied into the entry. */
struct caller {
    int64_t user;       /* 0: nobody is logged in */
    struct str session; /* login session id; empty: none */
    struct str address; /* of the person's machine, for limits */
    struct str agent;   /* User-Agent, cut to 200 bytes */
    struct str trace;   /* request id, for logs */
};

/* ---- asking ---- */

struct rpc;
/* `id` is the process's own (process.h), new at each start. Subscribes to its inbox. */
void rpc_create(struct rpc **rpc_r, struct loop *loop, struct bus *bus, const char *id, struct metrics *metrics);
/* Calls still open end with ERR_UNAVAILABLE. */
void rpc_destroy(struct rpc **rpc);

/* Ask. `args` is a JSON object. fn is called exactly once, later: err 0 and `body` = the answer's JSON; or an
 * error of the table and `body` = a detail for people, may be empty. When Redis may have lost the answer
 * (bus_on_state's epoch) it is ERR_UNAVAILABLE at once, not ERR_TIMEOUT at the deadline: whether it was done is
 * unknown. Returns ERR_BUSY (too many open: 10,000) or ERR_UNAVAILABLE (not connected, or an answer could not arrive)
 * without calling fn. */
typedef void rpc_done_fn(void *arg, int err, struct str body);
int rpc_call(struct rpc *rpc, const char *service, const char *call, const struct caller *caller, struct str args,
             unsigned deadline_ms, rpc_done_fn *fn, void *arg);

/* For what is answered to this inbox but was not asked by rpc_call (an ingest entry of a REST request): a
 * number to be answered as rpc_answer() does. Same promise as rpc_call. `ref_r` is text for the entry. */
int rpc_expect(struct rpc *rpc, unsigned deadline_ms, rpc_done_fn *fn, void *arg, char ref_r[32]);
/* Take back an rpc_expect whose request was never sent: fn is not called. */
void rpc_forget(struct rpc *rpc, const char *ref);

/* Messages to this inbox that are not answers (first byte not 'R'): the gateway's acks. */
void rpc_on_push(struct rpc *rpc, bus_message_fn *fn, void *arg);
/* This process's inbox name, to put into entries. */
struct str rpc_inbox(const struct rpc *rpc);

/* ---- answering ---- */

struct rpc_request;
struct rpc_server;
/* A handler answers each request exactly once, now or later, by rpc_reply or rpc_fail. */
typedef void rpc_call_fn(void *service, struct rpc_request *req);
struct rpc_row {
    const char *call;
    rpc_call_fn *fn;
};

/* `rows` lives as long as the server. At most max_open requests are in hand; then it stops reading. */
void rpc_server_create(struct rpc_server **server_r, struct loop *loop, struct bus *bus, const char *service_name,
                       const char *id, const struct rpc_row *rows, size_t count, size_t max_open, void *service,
                       struct metrics *metrics);
/* Stop reading; requests in hand go on. */
void rpc_server_pause(struct rpc_server *server);
/* Requests in hand; and 1 while a read is under way, which may bring more. For draining, after the pause. */
size_t rpc_server_open(const struct rpc_server *server);
void rpc_server_destroy(struct rpc_server **server);

const struct jval *rpc_args(const struct rpc_request *req);
const struct caller *rpc_caller(const struct rpc_request *req);
/* On clock_mono_ms(). */
int64_t rpc_deadline(const struct rpc_request *req);
/* Where it stood in the service's stream: "<ms>-<n>" on Redis' clock. What the same process asks later, for whatever
 * replica, has a greater one. */
struct str rpc_id(const struct rpc_request *req);
/* Both free the request. `json` is any JSON text. `detail` may be NULL. */
void rpc_reply(struct rpc_request *req, struct str json);
void rpc_fail(struct rpc_request *req, int err, const char *detail);

/* Answer an inbox directly: what rpc_expect waits for. `inbox` and `ref` are from the entry. */
int rpc_answer(struct bus *bus, struct str inbox, struct str ref, int err, struct str body);

#endif
