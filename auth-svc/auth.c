/* Puts the service together and takes it apart again. */
#include "auth.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "err.h"
#include "janitor.h"
#include "keys.h"
#include "password.h"
#include "revocation.h"
#include "username.h"

enum { MAX_OPEN = 512, DRAIN_STEP_MS = 20 };

static void make_metrics(struct auth *a)
{
    struct metrics *m = a->process.metrics;
    a->m.logins_ok = metrics_counter(m, "parley_auth_logins_total", "result=\"ok\"", "Logins by password.");
    a->m.logins_failed = metrics_counter(m, "parley_auth_logins_total", "result=\"failed\"", "Logins by password.");
    a->m.registered = metrics_counter(m, "parley_auth_registered_total", NULL, "Accounts made.");
    a->m.reuse = metrics_counter(m, "parley_auth_refresh_reuse_total", NULL,
                                 "Refresh tokens presented twice; each ended its login session.");
    a->m.limits_skipped = metrics_counter(m, "parley_auth_limits_skipped_total", NULL,
                                          "Tries let through uncounted because Redis did not answer.");
    a->m.rehashed = metrics_counter(m, "parley_auth_rehashed_total", NULL, "Old password hashes replaced at a login.");
    a->m.notices_lost = metrics_counter(m, "parley_auth_notices_lost_total", NULL,
                                        "Changes of a profile that presence-svc did not take to tell.");
}

static void on_tx_state(void *arg, bool up)
{
    struct auth *a = arg;
    if (up && a->keys)
        keys_refresh(a->keys);
}

static void on_drain_step(void *arg)
{
    struct auth *a = arg;
    if (rpc_server_open(a->server) > 0)
        return;
    timer_stop(a->drain_timer);
    process_drained(&a->process);
}

int auth_init(struct auth *a)
{
    struct process *p = &a->process;
    unsigned char secret[KEY_SECRET];
    size_t n = 0;
    if (sodium_init() < 0) {
        fprintf(stderr, "auth-svc: libsodium does not start\n");
        return -1;
    }
    if (sodium_hex2bin(secret, sizeof(secret), a->config.key_secret, strlen(a->config.key_secret), NULL, &n, NULL) ||
        n != sizeof(secret)) {
        fprintf(stderr, "PARLEY_KEY_SECRET is not 64 hex digits\n");
        return -1;
    }
    if (username_init()) {
        fprintf(stderr, "auth-svc: ICU does not start\n");
        return -1;
    }
    make_metrics(a);
    struct db_config db = {.url = a->config.database_url, .name = "auth-svc", .size = (size_t)a->config.db_connections};
    timer_make(&a->drain_timer, p->loop, on_drain_step, a);
    passwords_create(&a->passwords, p->loop);
    db_create(&a->db, p->loop, &db, p->metrics);
    db_conn_create(&a->tx, p->loop, &db, on_tx_state, a);
    keys_create(&a->keys, p->loop, a->tx, secret);
    sodium_memzero(secret, sizeof(secret));
    revocations_create(&a->revocations, p->loop, p->bus);
    janitor_create(&a->janitor, a);
    rpc_server_create(&a->server, p->loop, p->bus, "auth", p->id, auth_calls, AUTH_CALLS, MAX_OPEN, a, p->metrics);
    return 0;
}

void auth_fini(struct auth *a)
{
    a->closing = true;
    rpc_server_destroy(&a->server);
    db_destroy(&a->db);
    db_conn_destroy(&a->tx);
    janitor_destroy(&a->janitor);
    revocations_destroy(&a->revocations);
    keys_destroy(&a->keys);
    passwords_destroy(&a->passwords);
    timer_destroy(&a->drain_timer);
    username_fini();
}

const char *auth_ready(void *auth)
{
    const struct auth *a = auth;
    if (!db_ready(a->db))
        return "PostgreSQL is away";
    return keys_trouble(a->keys);
}

void auth_drain(void *auth)
{
    struct auth *a = auth;
    rpc_server_pause(a->server);
    timer_start(a->drain_timer, 0, DRAIN_STEP_MS);
}

static int refuse_closing(struct db_params *params)
{
    if (params)
        buf_fini(&params->text);
    return ERR_UNAVAILABLE;
}

int auth_query(struct auth *a, const char *sql, struct db_params *params, db_done_fn *fn, void *arg)
{
    return a->closing ? refuse_closing(params) : db_query(a->db, sql, params, fn, arg);
}

int auth_query_in_turn(struct auth *a, int64_t turn, const char *sql, struct db_params *params, db_done_fn *fn,
                       void *arg)
{
    return a->closing ? refuse_closing(params) : db_query_in_turn(a->db, turn, sql, params, fn, arg);
}
