/* The service: what its calls share. Made in main; loop thread only. */
#ifndef PARLEY_AUTH_H
#define PARLEY_AUTH_H

#include "auth_config.h"
#include "db.h"
#include "process.h"

enum { ACCESS_S = 15 * 60, SESSION_S = 30 * 24 * 3600 };

struct keys;
struct passwords;
struct revocations;
struct janitor;

struct auth {
    struct process process;
    struct auth_config config;
    struct db *db;      /* single statements */
    struct db_conn *tx; /* transactions of several: password changes, keys */
    struct keys *keys;
    struct passwords *passwords;
    struct revocations *revocations;
    struct janitor *janitor;
    struct rpc_server *server;
    struct timer *drain_timer;
    bool closing; /* the database is gone for good; what still calls back ends with ERR_UNAVAILABLE */
    struct {
        struct metric *logins_ok, *logins_failed, *registered, *reuse, *limits_skipped, *rehashed, *notices_lost;
    } m;
};

/* After process_start. -1: said why on stderr. */
int auth_init(struct auth *a);
void auth_fini(struct auth *a);
/* Why it cannot serve; NULL: it can. */
const char *auth_ready(void *auth);
/* Stop taking requests; tells the process when those in hand are answered. */
void auth_drain(void *auth);

/* db_query on the pool; ERR_UNAVAILABLE once the service is closing. */
int auth_query(struct auth *a, const char *sql, struct db_params *params, db_done_fn *fn, void *arg);
/* The same with db_query_in_turn. */
int auth_query_in_turn(struct auth *a, int64_t turn, const char *sql, struct db_params *params, db_done_fn *fn,
                       void *arg);

#endif
