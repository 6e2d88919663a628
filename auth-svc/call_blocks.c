/* blocks: whom one blocks. block, unblock: one person. What is refused because of it, msg-svc refuses. */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "notice.h"

enum { MAX_BLOCKS = 1000 };

void call_blocks(void *service, struct rpc_request *req)
{
    static const char sql[] = "SELECT " USER_COLUMNS " FROM auth.blocks b JOIN auth.users u ON u.id = b.blocked_id "
                              "WHERE b.user_id = $1::bigint ORDER BY b.created_at DESC, u.id";
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    int err = auth_query(service, sql, &p, answer_users, req);
    if (err)
        rpc_fail(req, err, NULL);
}

struct ctx {
    struct auth *a;
    struct rpc_request *req;
};

/* When it is done the caller's other devices hear of it. */
static void finish(struct ctx *arg, int err)
{
    struct ctx c = *arg;
    free(arg);
    if (err) {
        rpc_fail(c.req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    notice_changed(c.a, rpc_caller(c.req)->user);
    answer_nothing(c.req);
}

static void on_blocked(void *arg, int err, const struct db_result *r)
{
    if (!err && !db_bool(r, 0, 0))
        err = ERR_USER_NOT_FOUND;
    else if (!err && db_bool(r, 0, 1))
        err = ERR_TOO_MANY_BLOCKS;
    finish(arg, err);
}

static void on_unblocked(void *arg, int err, const struct db_result *r)
{
    (void)r;
    finish(arg, err);
}

/* Run a change of the caller's relation to the person named. */
static void change(struct auth *a, struct rpc_request *req, const char *sql, struct db_params *p, db_done_fn *fn)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    *c = (struct ctx){a, req};
    int err = auth_query_in_turn(a, rpc_caller(req)->user, sql, p, fn, c);
    if (err)
        finish(c, err);
}

static bool put_pair(struct rpc_request *req, struct db_params *p)
{
    int64_t other;
    if (!jval_get_id(rpc_args(req), "user", &other)) {
        rpc_fail(req, ERR_USER_NOT_FOUND, NULL);
        return false;
    }
    db_p_int(p, rpc_caller(req)->user);
    db_p_int(p, other);
    return true;
}

void call_block(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH found AS (SELECT EXISTS (SELECT FROM auth.users WHERE id = $2::bigint AND id <> $1::bigint "
        "AND disabled_at IS NULL) AS there, $3::bigint <= (SELECT count(*) FROM auth.blocks "
        "WHERE user_id = $1::bigint AND blocked_id <> $2::bigint) AS crowded), "
        "made AS (INSERT INTO auth.blocks (user_id, blocked_id) SELECT $1::bigint, $2::bigint FROM found "
        "WHERE there AND NOT crowded ON CONFLICT DO NOTHING) SELECT there, crowded FROM found";
    struct db_params p = {0};
    if (!put_pair(req, &p))
        return;
    db_p_int(&p, MAX_BLOCKS);
    change(service, req, sql, &p, on_blocked);
}

void call_unblock(void *service, struct rpc_request *req)
{
    static const char sql[] = "DELETE FROM auth.blocks WHERE user_id = $1::bigint AND blocked_id = $2::bigint";
    struct db_params p = {0};
    if (put_pair(req, &p))
        change(service, req, sql, &p, on_unblocked);
}
