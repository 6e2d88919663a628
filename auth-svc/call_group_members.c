/* group_add, group_remove: who is in a group of people. Their devices are told, as theirs is to know whom a name calls.
 */
#include <stdlib.h>

#include "alloc.h"
#include "answer.h"
#include "call_groups.h"
#include "calls.h"
#include "err.h"
#include "notice.h"

enum { GROUP_MOST = 1000, ADD_MOST = 100 };
enum column { STATUS, MOVED };

struct ctx {
    struct auth *a;
    struct rpc_request *req;
};

/* A row for each who came or went; one without anybody when nobody did. */
static void moved(void *arg, int err, const struct db_result *r)
{
    struct ctx c = *(struct ctx *)arg;
    free(arg);
    if (!err)
        err = db_rows(r) > 0 ? err_from_code(db_str(r, 0, STATUS)) : ERR_GROUP_NOT_FOUND;
    if (err) {
        rpc_fail(c.req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    for (size_t i = 0; i < db_rows(r) && !db_is_null(r, i, MOVED); i++)
        notice_changed(c.a, db_int(r, i, MOVED));
    answer_nothing(c.req);
}

static void move(struct auth *a, struct rpc_request *req, const char *sql, struct db_params *p)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    *c = (struct ctx){a, req};
    int err = auth_query(a, sql, p, moved, c);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}

/* $1, the caller, and $2, the group. */
static bool put_pair(struct rpc_request *req, struct db_params *p)
{
    int64_t group;
    if (!jval_get_id(rpc_args(req), "group", &group)) {
        rpc_fail(req, ERR_GROUP_NOT_FOUND, NULL);
        return false;
    }
    db_p_int(p, rpc_caller(req)->user);
    db_p_int(p, group);
    return true;
}

static bool put_users(struct db_params *p, const struct jval *args)
{
    const struct jval *users = jval_get(args, "users");
    bool good = jval_count(users) <= ADD_MOST;
    db_p_array(p);
    for (size_t i = 0; good && i < jval_count(users); i++) {
        struct str digits = {0};
        int64_t user;
        good = jval_str(jval_at(users, i), &digits) && str_i64(digits, &user);
        if (good)
            db_p_array_int(p, user);
    }
    db_p_array_end(p);
    return good;
}

void call_group_add(void *service, struct rpc_request *req)
{
    /* The group's row is locked: its size is what it was looked at for. */
    static const char sql[] =
        "WITH " GROUP_ME ", g AS (SELECT g.id, g.handle, g.size, " GROUP_MINE " AS mine FROM me, auth.groups g "
        "WHERE g.id = $2::bigint FOR NO KEY UPDATE OF g), "
        "fresh AS (SELECT u.id FROM g, auth.users u WHERE g.mine AND u.id = ANY ($3::bigint[]) AND u.disabled_at IS NULL "
        "AND NOT EXISTS (SELECT FROM auth.group_members m WHERE m.group_id = g.id AND m.user_id = u.id)), "
        "room AS (SELECT g.size + (SELECT count(*) FROM fresh) <= $4::bigint AS fits FROM g), "
        "made AS (INSERT INTO auth.group_members (group_id, user_id) SELECT g.id, f.id FROM g, room, fresh f "
        "WHERE room.fits ON CONFLICT DO NOTHING RETURNING user_id), "
        "grown AS (UPDATE auth.groups n SET size = n.size + (SELECT count(*) FROM made) FROM g WHERE n.id = g.id "
        "AND EXISTS (SELECT FROM made)), "
        "said AS (INSERT INTO auth.audit (kind, actor, subject, data) SELECT 'group_added', $1::bigint, m.user_id, "
        "jsonb_build_object('handle', g.handle) FROM g, made m) "
        "SELECT CASE WHEN NOT g.mine THEN 'forbidden' WHEN room.fits THEN 'ok' ELSE 'group_full' END, m.user_id "
        "FROM g CROSS JOIN room LEFT JOIN made m ON true";
    struct db_params p = {0};
    if (!put_pair(req, &p))
        return;
    if (put_users(&p, rpc_args(req))) {
        db_p_int(&p, GROUP_MOST);
        move(service, req, sql, &p);
        return;
    }
    buf_fini(&p.text);
    rpc_fail(req, ERR_BAD_REQUEST, "users");
}

void call_group_remove(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH " GROUP_ME ", g AS (SELECT g.id, g.handle, " GROUP_MINE " OR me.id = $3::bigint AS mine "
        "FROM me, auth.groups g WHERE g.id = $2::bigint FOR NO KEY UPDATE OF g), "
        "gone AS (DELETE FROM auth.group_members m USING g WHERE g.mine AND m.group_id = g.id AND m.user_id = $3::bigint "
        "RETURNING m.user_id), "
        "less AS (UPDATE auth.groups n SET size = n.size - 1 FROM g, gone WHERE n.id = g.id), "
        "said AS (INSERT INTO auth.audit (kind, actor, subject, data) SELECT 'group_removed', $1::bigint, x.user_id, "
        "jsonb_build_object('handle', g.handle) FROM g, gone x) "
        "SELECT CASE WHEN g.mine THEN 'ok' ELSE 'forbidden' END, x.user_id FROM g LEFT JOIN gone x ON true";
    struct db_params p = {0};
    int64_t user;
    if (!put_pair(req, &p))
        return;
    if (jval_get_id(rpc_args(req), "user", &user)) {
        db_p_int(&p, user);
        move(service, req, sql, &p);
        return;
    }
    buf_fini(&p.text);
    rpc_fail(req, ERR_BAD_REQUEST, "user");
}
