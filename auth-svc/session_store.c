/* Starting and continuing login sessions. */
#include "session_store.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "log.h"
#include "revocation.h"

enum { MAX_AGENT = 200, MAX_ADDRESS = 64 };

struct ask {
    struct auth *a;
    session_fn *fn;
    void *arg;
    char used[SECRET_DIGEST];
    char token[SECRET_TEXT];
};

bool session_id_ok(struct str id)
{
    if (id.n != SESSION_ID)
        return false;
    for (size_t i = 0; i < id.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = id.p[i];
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return true;
}

static struct ask *ask_new(struct auth *a, session_fn *fn, void *arg)
{
    struct ask *ask = xcalloc(1, sizeof(*ask));
    ask->a = a;
    ask->fn = fn;
    ask->arg = arg;
    secret_make(ask->token);
    return ask;
}

static void ask_free(struct ask *ask)
{
    sodium_memzero(ask->token, sizeof(ask->token));
    free(ask);
}

static int ask_send(struct ask *ask, const char *sql, struct db_params *p, db_done_fn *done)
{
    int err = auth_query(ask->a, sql, p, done, ask);
    if (err)
        ask_free(ask);
    return err;
}

static void ask_end(struct ask *ask, int err, const struct session *session)
{
    ask->fn(ask->arg, err == ERR_SQL ? ERR_INTERNAL : err, session);
    ask_free(ask);
}

static void put_digest(struct db_params *p, const char *token)
{
    char digest[SECRET_DIGEST];
    secret_digest(str_of(token), digest);
    db_p_bytes(p, (struct str){digest, sizeof(digest)});
}

/* What came over HTTP may be no UTF-8, or cut inside a character: PostgreSQL would refuse it. */
static void put_header(struct db_params *p, struct str text, size_t max)
{
    struct str cut = {text.p, text.n < max ? text.n : max};
    while (cut.n > 0 && !str_utf8(cut) && cut.n + 4 > (text.n < max ? text.n : max))
        cut.n--;
    db_p_str(p, str_utf8(cut) ? cut : STR("?"));
}

/* Columns: those of the user, then the session's id. */
static void hand_out(struct ask *ask, const struct db_result *r)
{
    struct session session = {.id = db_str(r, 0, USER_COLUMN_COUNT), .refresh_token = ask->token};
    user_of_row(r, 0, &session.user);
    ask_end(ask, 0, &session);
}

static void on_started(void *arg, int err, const struct db_result *r)
{
    struct ask *ask = arg;
    if (!err && db_rows(r) == 0)
        err = ERR_BAD_CREDENTIALS;
    if (err)
        ask_end(ask, err, NULL);
    else
        hand_out(ask, r);
}

int session_start(struct auth *a, int64_t user, struct str password_hash, const struct caller *caller, session_fn *fn,
                  void *arg)
{
    /* The row is locked against a change of the password, whose second statement then ends this session too. */
    static const char sql[] =
        "WITH u AS (SELECT * FROM auth.users WHERE id = $1::bigint AND password_hash = $2 AND disabled_at IS NULL FOR SHARE), "
        "s AS (INSERT INTO auth.sessions (user_id, expires_at, address, user_agent) "
        "SELECT u.id, now() + make_interval(secs => $3::int), $4, $5 FROM u RETURNING id), "
        "t AS (INSERT INTO auth.refresh_tokens (hash, session_id) SELECT $6::bytea, s.id FROM s), "
        "said AS (INSERT INTO auth.audit (kind, actor, data) SELECT 'admin_login', u.id, "
        "jsonb_build_object('address', $4::text) FROM u, s WHERE u.admin) "
        "SELECT " USER_COLUMNS ", s.id FROM u, s";
    struct ask *ask = ask_new(a, fn, arg);
    struct db_params p = {0};
    db_p_int(&p, user);
    db_p_str(&p, password_hash);
    db_p_int(&p, SESSION_S);
    put_header(&p, caller->address, MAX_ADDRESS);
    put_header(&p, caller->agent, MAX_AGENT);
    put_digest(&p, ask->token);
    return ask_send(ask, sql, &p, on_started);
}

/* ---- refreshing ---- */

static void on_reuse_ended(void *arg, int err, const struct db_result *r)
{
    struct ask *ask = arg;
    if (!err && db_rows(r) > 0) {
        struct str id = db_str(r, 0, 0);
        log_warn(NULL, "refresh token used twice", "session=%.*s user=%.*s", (int)id.n, id.p, (int)db_str(r, 0, 1).n,
                 db_str(r, 0, 1).p);
        metric_add(ask->a->m.reuse, 1);
        revocation_publish(ask->a->revocations, id);
    }
    ask_end(ask, err ? err : ERR_SESSION_REVOKED, NULL);
}

static void end_if_reused(struct ask *ask)
{
    static const char sql[] =
        "UPDATE auth.sessions SET revoked_at = now() WHERE revoked_at IS NULL AND id = "
        "(SELECT session_id FROM auth.refresh_tokens WHERE hash = $1::bytea AND used_at IS NOT NULL) "
        "RETURNING id, user_id";
    struct db_params p = {0};
    db_p_bytes(&p, (struct str){ask->used, sizeof(ask->used)});
    int err = auth_query(ask->a, sql, &p, on_reuse_ended, ask);
    if (err)
        ask_end(ask, err, NULL);
}

static void on_refreshed(void *arg, int err, const struct db_result *r)
{
    struct ask *ask = arg;
    if (err)
        ask_end(ask, err, NULL);
    else if (db_rows(r) == 0)
        end_if_reused(ask);
    else
        hand_out(ask, r);
}

int session_refresh(struct auth *a, struct str refresh_token, const struct caller *caller, session_fn *fn, void *arg)
{
    /* Two that present the same token meet at its row: the second finds it used. Of a session that has ended by time or
     * by hand the token stays unused, so that only a second use looks like one. */
    static const char sql[] =
        "WITH t AS (UPDATE auth.refresh_tokens t SET used_at = now() FROM auth.sessions s, auth.users u "
        "WHERE t.hash = $1::bytea AND t.used_at IS NULL AND s.id = t.session_id AND s.revoked_at IS NULL "
        "AND s.expires_at > now() AND u.id = s.user_id AND u.disabled_at IS NULL RETURNING t.session_id), "
        "s AS (UPDATE auth.sessions s SET last_used_at = now(), expires_at = now() + make_interval(secs => $2::int), "
        "address = $3, user_agent = $4 FROM t WHERE s.id = t.session_id AND s.revoked_at IS NULL "
        "RETURNING s.id, s.user_id), "
        "n AS (INSERT INTO auth.refresh_tokens (hash, session_id) SELECT $5::bytea, s.id FROM s) "
        "SELECT " USER_COLUMNS ", s.id FROM s JOIN auth.users u ON u.id = s.user_id";
    struct ask *ask = ask_new(a, fn, arg);
    secret_digest(refresh_token, ask->used);
    struct db_params p = {0};
    db_p_bytes(&p, (struct str){ask->used, sizeof(ask->used)});
    db_p_int(&p, SESSION_S);
    put_header(&p, caller->address, MAX_ADDRESS);
    put_header(&p, caller->agent, MAX_AGENT);
    put_digest(&p, ask->token);
    return ask_send(ask, sql, &p, on_refreshed);
}
