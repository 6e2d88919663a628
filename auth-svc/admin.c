/* Asks whether somebody is an admin; runs what admins change. */
#include "admin.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "log.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    admin_then_fn *then;
    admin_done_fn *done;
};

static struct ctx *ctx_new(struct auth *a, struct rpc_request *req)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    c->a = a;
    c->req = req;
    return c;
}

static void on_asked(void *arg, int err, const struct db_result *r)
{
    struct ctx c = *(struct ctx *)arg;
    free(arg);
    if (!err && db_rows(r) == 0)
        err = ERR_FORBIDDEN;
    if (err)
        rpc_fail(c.req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    else
        c.then(c.a, c.req);
}

void admin_only(struct auth *a, struct rpc_request *req, admin_then_fn *then)
{
    static const char sql[] = "SELECT FROM auth.users WHERE id = $1::bigint AND admin AND disabled_at IS NULL";
    struct ctx *c = ctx_new(a, req);
    struct db_params p = {0};
    c->then = then;
    db_p_int(&p, rpc_caller(req)->user);
    int err = auth_query(a, sql, &p, on_asked, c);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}

static void on_changed(void *arg, int err, const struct db_result *r)
{
    struct ctx c = *(struct ctx *)arg;
    free(arg);
    if (err == ERR_SQL) {
        log_error(NULL, "not changed", "sqlstate=%s message=%s", db_sqlstate(r), db_message(r));
        err = ERR_INTERNAL;
    }
    if (!err)
        err = db_rows(r) > 0 ? err_from_code(db_str(r, 0, 0)) : ERR_INTERNAL;
    if (err)
        rpc_fail(c.req, err, NULL);
    else
        c.done(c.a, c.req, r);
}

/* The locks are statements of their own: the one behind them sees what their last holder committed. */
static int send(struct ctx *c, int64_t subject, const char *sql, struct db_params *params)
{
    static const char lock_settings[] = "SELECT FROM auth.settings FOR NO KEY UPDATE";
    static const char lock_subject[] = "SELECT FROM auth.users WHERE id = $1::bigint FOR NO KEY UPDATE";
    struct db_params p = {0};
    db_p_int(&p, subject);
    int err = c->a->closing ? ERR_UNAVAILABLE : db_exec(c->a->tx, lock_settings, NULL, NULL, NULL);
    if (!err)
        err = db_exec(c->a->tx, lock_subject, &p, NULL, NULL);
    else
        buf_fini(&p.text);
    if (!err)
        return db_exec(c->a->tx, sql, params, on_changed, c);
    buf_fini(&params->text);
    return err;
}

void admin_change(struct auth *a, struct rpc_request *req, int64_t subject, const char *sql, struct db_params *params,
                  admin_done_fn *done)
{
    struct ctx *c = ctx_new(a, req);
    c->done = done;
    int err = send(c, subject, sql, params);
    if (!a->closing)
        db_sync(a->tx);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}
