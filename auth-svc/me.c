/* The caller's own row. */
#include "me.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "answer.h"
#include "err.h"
#include "jsonw.h"
#include "log.h"
#include "notice.h"

struct ctx {
    struct auth *a;
    struct rpc_request *req;
    bool changes;
};

static void put_raw(struct jsonw *w, const char *key, struct str json)
{
    if (json.n > 0)
        jsonw_raw(w, key, json);
}

static void answer_me(struct rpc_request *req, const struct db_result *r)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    struct user user;
    const int at = USER_COLUMN_COUNT;
    user_of_row(r, 0, &user);
    jsonw_obj(&w, NULL);
    answer_put_person(&w, &user);
    answer_put_more(&w, db_str(r, 0, at), db_str(r, 0, at + 1));
    jsonw_bool(&w, "hide_last_seen", db_bool(r, 0, at + 2));
    jsonw_bool(&w, "hide_read", db_bool(r, 0, at + 3));
    put_raw(&w, "dnd_until", db_str(r, 0, at + 4));
    put_raw(&w, "quiet_from", db_str(r, 0, at + 5));
    put_raw(&w, "quiet_to", db_str(r, 0, at + 6));
    put_raw(&w, "blocked", db_str(r, 0, at + 7));
    if (db_bool(r, 0, at + 8))
        jsonw_bool(&w, "admin", true);
    jsonw_str(&w, "notify_rooms", db_str(r, 0, at + 9));
    put_raw(&w, "keywords", db_str(r, 0, at + 10));
    put_raw(&w, "groups", db_str(r, 0, at + 11));
    jsonw_obj_end(&w);
    rpc_reply(req, buf_view(&text));
    buf_fini(&text);
}

/* What PostgreSQL says of a time zone it has not got, and auth.own_picture() of what is none. */
static int refusal(const struct db_result *r)
{
    if (strcmp(db_sqlstate(r), "PY001") == 0)
        return ERR_PICTURE_INVALID;
    if (strcmp(db_sqlstate(r), "22023") == 0)
        return ERR_TIME_ZONE_INVALID;
    log_error(NULL, "own row not changed", "sqlstate=%s message=%s", db_sqlstate(r), db_message(r));
    return ERR_INTERNAL;
}

static void on_row(void *arg, int err, const struct db_result *r)
{
    struct ctx c = *(struct ctx *)arg;
    free(arg);
    if (err == ERR_SQL)
        err = refusal(r);
    else if (!err && db_rows(r) == 0)
        err = ERR_UNAUTHORIZED;
    if (err) {
        rpc_fail(c.req, err, NULL);
        return;
    }
    if (c.changes)
        notice_changed(c.a, db_int(r, 0, 0));
    answer_me(c.req, r);
}

void me_run(struct auth *a, struct rpc_request *req, const char *sql, struct db_params *params, bool changes)
{
    struct ctx *c = xcalloc(1, sizeof(*c));
    *c = (struct ctx){a, req, changes};
    int err = auth_query(a, sql, params, on_row, c);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}
