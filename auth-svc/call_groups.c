/* groups, group: groups of people. group_make, group_change, group_end: by those whom the server's settings let.
 * Whether somebody may is asked in the statement that does it. Who is in a group: call_group_members.c. */
#include "call_groups.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "username.h"

enum { MAX_GROUPS = 1000 };
enum column { STATUS, ID, HANDLE, TITLE, PEOPLE, MAY_CHANGE };

/* Whose account is disabled is in a group and is not told of. */
#define AWAY_OF(group)                                                                                           \
    "(SELECT count(*) FROM auth.group_members m JOIN auth.users x ON x.id = m.user_id WHERE m.group_id = " group \
    ".id AND x.disabled_at IS NOT NULL)"
#define GROUP_COLUMNS(away) "g.id, g.handle, g.title, g.size - " away ", " GROUP_MINE

static void put_group(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", db_int(r, row, ID));
    jsonw_str(w, "handle", db_str(r, row, HANDLE));
    jsonw_str(w, "title", db_str(r, row, TITLE));
    jsonw_int(w, "people", db_int(r, row, PEOPLE));
    if (db_bool(r, row, MAY_CHANGE))
        jsonw_bool(w, "may_change", true);
    jsonw_obj_end(w);
}

/* ---- reading ---- */

/* A server without groups is one row without one. */
static void groups_reply(void *arg, int err, const struct db_result *r)
{
    struct rpc_request *req = arg;
    struct buf text = {0};
    if (err) {
        rpc_fail(req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "groups");
    for (size_t i = 0; i < db_rows(r) && !db_is_null(r, i, ID); i++)
        put_group(&w, r, i);
    jsonw_arr_end(&w);
    jsonw_bool(&w, "may_make", db_rows(r) > 0 && db_bool(r, 0, STATUS));
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

void call_groups(void *service, struct rpc_request *req)
{
    /* Of all groups together: few are disabled, and each is in few of them. */
    static const char sql[] =
        "WITH " GROUP_ME ", away AS (SELECT m.group_id, count(*) AS n FROM auth.users x "
        "JOIN auth.group_members m ON m.user_id = x.id WHERE x.disabled_at IS NOT NULL GROUP BY m.group_id) "
        "SELECT me.makes, " GROUP_COLUMNS(
            "coalesce(a.n, 0)") " FROM me LEFT JOIN auth.groups g ON true "
                                "LEFT JOIN away a ON a.group_id = g.id ORDER BY lower(g.title), g.id";
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    int err = auth_query(service, sql, &p, groups_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}

static void group_reply(void *arg, int err, const struct db_result *r)
{
    struct buf text = {0};
    if (err == ERR_SQL && strcmp(db_sqlstate(r), "23505") == 0)
        err = ERR_HANDLE_TAKEN;
    else if (!err)
        err = db_rows(r) > 0 ? err_from_code(db_str(r, 0, STATUS)) : ERR_GROUP_NOT_FOUND;
    if (err) {
        rpc_fail(arg, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    put_group(&w, r, 0);
    rpc_reply(arg, buf_view(&text));
    buf_fini(&text);
}

void call_group(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH " GROUP_ME " SELECT 'ok', " GROUP_COLUMNS(AWAY_OF("g")) " FROM me, auth.groups g WHERE g.id = $2::bigint";
    struct db_params p = {0};
    int64_t id;
    int err = ERR_GROUP_NOT_FOUND;
    if (jval_get_id(rpc_args(req), "group", &id)) {
        db_p_int(&p, rpc_caller(req)->user);
        db_p_int(&p, id);
        err = auth_query(service, sql, &p, group_reply, req);
    }
    if (err)
        rpc_fail(req, err, NULL);
}

/* ---- changing ---- */

static void put_handle(struct db_params *p, const struct username *name)
{
    const struct buf *parts[] = {&name->shown, &name->key, &name->skeleton};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        if (name->key.n > 0)
            db_p_str(p, buf_view(parts[i]));
        else
            db_p_null(p);
}

/* $3 to $6: handle, its key, its skeleton, title; NULL for what is not named. */
static int put_names(struct db_params *p, const struct jval *args)
{
    struct username name = {0};
    struct buf title = {0};
    struct str typed;
    int err = 0;
    if (jval_get_str(args, "handle", &typed) && username_parse_new(typed, &name))
        err = ERR_HANDLE_INVALID;
    put_handle(p, &name);
    if (!err && jval_get_str(args, "title", &typed)) {
        err = display_name_parse(typed, &title);
        db_p_str(p, buf_view(&title));
    } else {
        db_p_null(p);
    }
    username_free(&name);
    buf_fini(&title);
    return err;
}

/* Runs `sql` for the group in the arguments, if there is one: $1 is the caller, $2 the group or the most there may be.
 */
static void change(struct auth *a, struct rpc_request *req, int64_t second, const char *sql)
{
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    db_p_int(&p, second);
    int err = put_names(&p, rpc_args(req));
    if (!err)
        err = auth_query(a, sql, &p, group_reply, req);
    else
        buf_fini(&p.text);
    if (err)
        rpc_fail(req, err, NULL);
}

void call_group_make(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH " GROUP_ME ", held AS (SELECT count(*) >= $2::bigint AS full FROM auth.groups), "
        "made AS (INSERT INTO auth.groups (handle, handle_key, skeleton, title, made_by) SELECT $3, $4, $5, $6, me.id "
        "FROM me, held WHERE me.makes AND NOT held.full RETURNING *), "
        "said AS (INSERT INTO auth.audit (kind, actor, data) SELECT 'group_made', $1::bigint, "
        "jsonb_build_object('handle', handle, 'title', title) FROM made) "
        "SELECT CASE WHEN g.id IS NOT NULL THEN 'ok' WHEN me.makes THEN 'too_many_groups' ELSE 'forbidden' END, " GROUP_COLUMNS(
            "0") " FROM me LEFT JOIN made g ON true";
    change(service, req, MAX_GROUPS, sql);
}

void call_group_change(void *service, struct rpc_request *req)
{
    /* Said is what is another than it was. */
    static const char sql[] =
        "WITH " GROUP_ME ", g AS (SELECT g.*, " GROUP_MINE " AS mine FROM me, auth.groups g WHERE g.id = $2::bigint), "
        "fresh AS (UPDATE auth.groups n SET handle = coalesce($3, n.handle), handle_key = coalesce($4, n.handle_key), "
        "skeleton = coalesce($5, n.skeleton), title = coalesce($6, n.title) FROM g WHERE n.id = g.id AND g.mine "
        "RETURNING n.*), "
        "said AS (INSERT INTO auth.audit (kind, actor, data) SELECT 'group_changed', $1::bigint, "
        "jsonb_strip_nulls(jsonb_build_object('group', g.handle, 'handle', nullif(f.handle, g.handle), "
        "'title', nullif(f.title, g.title))) FROM g, fresh f WHERE (f.handle, f.title) <> (g.handle, g.title)) "
        "SELECT CASE WHEN g.mine THEN 'ok' ELSE 'forbidden' END, f.id, f.handle, f.title, f.size - " AWAY_OF(
            "f") ", g.mine "
                 "FROM g LEFT JOIN fresh f ON true";
    int64_t id = 0;
    jval_get_id(rpc_args(req), "group", &id);
    change(service, req, id, sql);
}

static void ended(void *arg, int err, const struct db_result *r)
{
    if (!err)
        err = db_rows(r) > 0 ? err_from_code(db_str(r, 0, STATUS)) : ERR_GROUP_NOT_FOUND;
    if (err)
        rpc_fail(arg, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
    else
        answer_nothing(arg);
}

void call_group_end(void *service, struct rpc_request *req)
{
    static const char sql[] =
        "WITH " GROUP_ME ", g AS (SELECT g.id, " GROUP_MINE " AS mine FROM me, auth.groups g WHERE g.id = $2::bigint), "
        "gone AS (DELETE FROM auth.groups n USING g WHERE n.id = g.id AND g.mine RETURNING n.handle), "
        "said AS (INSERT INTO auth.audit (kind, actor, data) SELECT 'group_ended', $1::bigint, "
        "jsonb_build_object('handle', handle) FROM gone) "
        "SELECT CASE WHEN g.mine THEN 'ok' ELSE 'forbidden' END FROM g";
    struct db_params p = {0};
    int64_t id = 0;
    jval_get_id(rpc_args(req), "group", &id);
    db_p_int(&p, rpc_caller(req)->user);
    db_p_int(&p, id);
    int err = auth_query(service, sql, &p, ended, req);
    if (err)
        rpc_fail(req, err, NULL);
}
