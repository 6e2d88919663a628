/* server: what the server says of itself to everybody, logged in or not. settings, settings_change: all of it, for
 * admins. */
#include <stdlib.h>

#include "admin.h"
#include "calls.h"
#include "err.h"
#include "jsonw.h"
#include "username.h"

static void server_reply(void *arg, int err, const struct db_result *r)
{
    struct rpc_request *req = arg;
    struct buf text = {0};
    if (err || db_rows(r) == 0) {
        rpc_fail(req, err && err != ERR_SQL ? err : ERR_INTERNAL, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "name", db_str(r, 0, 0));
    jsonw_str(&w, "registration", db_str(r, 0, 1));
    jsonw_bool(&w, "founded", db_bool(r, 0, 2));
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

void call_server(void *service, struct rpc_request *req)
{
    int err = auth_query(service, "SELECT name, registration, founded FROM auth.settings", NULL, server_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}

/* ---- for admins ---- */

enum { RETENTION_MAX_DAYS = 36500 };

/* Columns from `col` on. */
static void answer_settings(struct rpc_request *req, const struct db_result *r, int col)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "name", db_str(r, 0, col));
    jsonw_str(&w, "registration", db_str(r, 0, col + 1));
    jsonw_str(&w, "public_rooms", db_str(r, 0, col + 2));
    jsonw_str(&w, "private_rooms", db_str(r, 0, col + 3));
    jsonw_str(&w, "user_groups", db_str(r, 0, col + 4));
    if (!db_is_null(r, 0, col + 5))
        jsonw_int(&w, "retention_days", db_int(r, 0, col + 5));
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

static void settings_reply(void *arg, int err, const struct db_result *r)
{
    if (err || db_rows(r) == 0)
        rpc_fail(arg, err && err != ERR_SQL ? err : ERR_INTERNAL, NULL);
    else
        answer_settings(arg, r, 0);
}

static void settings_read(struct auth *a, struct rpc_request *req)
{
    static const char sql[] =
        "SELECT name, registration, public_rooms, private_rooms, user_groups, retention_days FROM auth.settings";
    int err = auth_query(a, sql, NULL, settings_reply, req);
    if (err)
        rpc_fail(req, err, NULL);
}

void call_settings(void *service, struct rpc_request *req)
{
    admin_only(service, req, settings_read);
}

static void settings_changed(struct auth *a, struct rpc_request *req, const struct db_result *r)
{
    (void)a;
    answer_settings(req, r, 1);
}

/* One of a few words, or NULL for what is not named. */
static bool put_word(struct db_params *p, const struct jval *args, const char *key, const char *const *words)
{
    struct str word;
    if (!jval_get(args, key)) {
        db_p_null(p);
        return true;
    }
    if (!jval_get_str(args, key, &word))
        return false;
    for (; *words; words++)
        if (str_is(word, *words)) {
            db_p_str(p, word);
            return true;
        }
    return false;
}

static int put_retention(struct db_params *p, const struct jval *args)
{
    int64_t days;
    if (!jval_get(args, "retention_days")) {
        db_p_null(p);
        return 0;
    }
    if (!jval_get_int(args, "retention_days", &days) || days < 0 || days > RETENTION_MAX_DAYS)
        return ERR_BAD_REQUEST;
    db_p_int(p, days);
    return 0;
}

static int put_settings(struct db_params *p, const struct jval *args)
{
    static const char *const registration[] = {"open", "invite", "closed", NULL};
    static const char *const makers[] = {"everybody", "admins", NULL};
    struct buf name = {0};
    struct str typed;
    int err = 0;
    if (jval_get_str(args, "name", &typed)) {
        err = display_name_parse(typed, &name);
        db_p_str(p, buf_view(&name));
    } else {
        db_p_null(p);
    }
    buf_fini(&name);
    if (!err && !(put_word(p, args, "registration", registration) && put_word(p, args, "public_rooms", makers) &&
                  put_word(p, args, "private_rooms", makers) && put_word(p, args, "user_groups", makers)))
        err = ERR_BAD_REQUEST;
    return err ? err : put_retention(p, args);
}

void call_settings_change(void *service, struct rpc_request *req)
{
    /* Said is what is another than it was. */
    static const char sql[] =
        "WITH " ADMIN_ME ", before AS (SELECT to_jsonb(s) - 'one' - 'founded' AS all_of_it FROM auth.settings s), "
        "fresh AS (UPDATE auth.settings SET name = coalesce($2, name), registration = coalesce($3, registration), "
        "public_rooms = coalesce($4, public_rooms), private_rooms = coalesce($5, private_rooms), "
        "user_groups = coalesce($6, user_groups), "
        "retention_days = CASE WHEN $7::int IS NULL THEN retention_days ELSE nullif($7::int, 0) END "
        "WHERE EXISTS (SELECT FROM me) RETURNING *), "
        "change AS (SELECT jsonb_object_agg(n.key, n.value) AS data FROM before b, fresh f, "
        "jsonb_each(to_jsonb(f) - 'one' - 'founded') n WHERE b.all_of_it -> n.key IS DISTINCT FROM n.value), "
        "said AS (INSERT INTO auth.audit (kind, actor, data) SELECT 'server_settings', me.id, c.data FROM me, change c "
        "WHERE c.data IS NOT NULL) "
        "SELECT CASE WHEN f.one THEN 'ok' ELSE 'forbidden' END, f.name, f.registration, f.public_rooms, f.private_rooms, "
        "f.user_groups, f.retention_days "
        "FROM (SELECT) x LEFT JOIN fresh f ON true";
    struct db_params p = {0};
    db_p_int(&p, rpc_caller(req)->user);
    int err = put_settings(&p, rpc_args(req));
    if (err) {
        buf_fini(&p.text);
        rpc_fail(req, err, NULL);
        return;
    }
    admin_change(service, req, 0, sql, &p, settings_changed);
}
