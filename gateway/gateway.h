/* The root of a gateway process: everything it has, handed to each part instead of globals. The gateway is stateless:
 * all of this is rebuilt from the services when clients connect again. Loop thread only. */
#ifndef PARLEY_GATEWAY_H
#define PARLEY_GATEWAY_H

#include "contract.h"
#include "gateway_config.h"
#include "hello_line.h"
#include "httpd.h"
#include "list.h"
#include "loop.h"
#include "map.h"
#include "process.h"
#include "wheel.h"

struct authn;
struct ingest;
struct presence;
struct rate_limit;
struct reconcile;
struct repair;
struct room_index;
struct static_files;

struct rest_metrics {
    struct metric *latency, *client_errors, *server_errors; /* made with the first request */
};

struct gateway_metrics {
    struct metric *sessions, *rooms;                          /* gauges */
    struct metric *opened, *events, *deliveries, *bad_events; /* counters */
    struct metric *left_out, *slow, *nacks, *malformed, *limited, *revoked, *fences, *cursor_beyond_head;
    struct metric *op_frames[OP_COUNT], *op_latency[OP_COUNT];
    struct metric *op_errors[OP_COUNT + 1]; /* the last: of frames that are no op */
    struct metric *fan_out_first, *fan_out_last;
    struct rest_metrics *rest; /* one a route, and one for requests of none */
};

struct gateway {
    struct process process;
    struct gateway_config config;
    struct gateway_metrics m;

    struct httpd *httpd;
    struct authn *auth;
    struct rate_limit *rates;
    struct static_files *files;
    struct room_index *index;
    struct ingest *ingest;
    struct presence *presence;
    struct reconcile *reconcile;
    struct repair *repair;

    /* Connections; see session.h. */
    struct idmap *by_conn;
    struct list sessions;
    struct list bundles; /* struct bundle.link: what waits for the next round of writes, see fan_out.h */
    struct hello_line hellos;
    struct strmap *per_address;
    uint64_t last_conn;
    struct wheel wheel;

    struct loop_hook *turn; /* frees emptied channels, writes the turn's presence */
    bool logins_ended;      /* in this turn: their connections are to be closed */
    struct timer *drain;    /* looks whether everybody has gone */
    uint64_t epoch;         /* of Redis, as last reconciled with */
    struct list rest_calls; /* requests not yet answered */
    size_t rest_open;
    char *openapi; /* NULL: none */
    size_t openapi_bytes;
};

/* After process_start. 0, or an error that was logged; then gateway_fini() is still due. */
int gateway_init(struct gateway *gw);
/* For process_run: why this gateway cannot serve, NULL: it can. */
const char *gateway_ready(void *gateway);
/* Tell clients to go, close them over some seconds, then process_drained(). */
void gateway_drain(void *gateway);
void gateway_fini(struct gateway *gw);

#endif
