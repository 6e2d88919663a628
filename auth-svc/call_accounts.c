/* accounts: everybody who has an account, disabled or not, a page at a time, for admins. */
#include <stdlib.h>

#include "admin.h"
#include "alloc.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "name_key.h"

enum { DEFAULT_LIMIT = 50, MAX_LIMIT = 200 };
enum column { ADMIN = USER_COLUMN_COUNT, DISABLED, SESSIONS, USED, TOTAL };

struct ctx {
    struct rpc_request *req;
    size_t limit;
};

static void put_account(struct jsonw *w, const struct db_result *r, size_t row)
{
    struct user user;
    user_of_row(r, row, &user);
    jsonw_obj(w, NULL);
    answer_put_user(w, "user", &user);
    if (db_bool(r, row, ADMIN))
        jsonw_bool(w, "admin", true);
    if (!db_is_null(r, row, DISABLED))
        jsonw_int(w, "disabled_at", db_int(r, row, DISABLED));
    jsonw_int(w, "sessions", db_int(r, row, SESSIONS));
    if (!db_is_null(r, row, USED))
        jsonw_int(w, "last_used_at", db_int(r, row, USED));
    jsonw_obj_end(w);
}

/* One row more than the page tells that it is not the last. An empty page is one row without a person. */
static void accounts_reply(void *arg, int err, const struct db_result *r)
{
    struct ctx c = *(struct ctx *)arg;
    struct buf text = {0};
    free(arg);
    if (err) {
        rpc_fail(c.req, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "accounts");
    for (size_t i = 0; i < db_rows(r) && i < c.limit && !db_is_null(r, i, 0); i++)
        put_account(&w, r, i);
    jsonw_arr_end(&w);
    jsonw_int(&w, "total", db_rows(r) > 0 ? db_int(r, 0, TOTAL) : 0);
    jsonw_bool(&w, "complete", db_rows(r) <= c.limit);
    jsonw_obj_end(&w);
    rpc_reply(c.req, buf_view(&text));
    buf_fini(&text);
}

static void accounts_read(struct auth *a, struct rpc_request *req)
{
    static const char sql[] =
        "WITH m AS (SELECT u.id FROM auth.users u WHERE (strpos(u.username_key, $1) > 0 "
        "OR strpos(lower(u.display_name), lower($2)) > 0) AND CASE $3 WHEN 'admins' THEN u.admin "
        "WHEN 'disabled' THEN u.disabled_at IS NOT NULL ELSE true END), "
        "page AS (SELECT id FROM m WHERE id > $4::bigint ORDER BY id LIMIT $5::int) "
        "SELECT " USER_COLUMNS ", u.admin, (extract(epoch FROM u.disabled_at) * 1000)::bigint, s.n, "
        "(extract(epoch FROM s.used) * 1000)::bigint, t.n FROM (SELECT count(*) AS n FROM m) t "
        "LEFT JOIN page ON true LEFT JOIN auth.users u ON u.id = page.id LEFT JOIN LATERAL (SELECT count(*) AS n, "
        "max(last_used_at) AS used FROM auth.sessions WHERE user_id = page.id AND revoked_at IS NULL "
        "AND expires_at > now()) s ON true ORDER BY page.id";
    const struct jval *args = rpc_args(req);
    struct ctx *c = xcalloc(1, sizeof(*c));
    struct db_params p = {0};
    struct buf key = {0};
    struct str query = {0}, only = STR("all");
    int64_t limit = DEFAULT_LIMIT, after = 0;
    jval_get_str(args, "query", &query);
    jval_get_str(args, "only", &only);
    jval_get_int(args, "limit", &limit);
    jval_get_id(args, "after", &after);
    c->req = req;
    c->limit = (size_t)(limit < 1 ? 1 : limit > MAX_LIMIT ? MAX_LIMIT : limit);
    name_key(query, &key);
    db_p_str(&p, buf_view(&key));
    db_p_str(&p, query);
    db_p_str(&p, only);
    db_p_int(&p, after);
    db_p_int(&p, (int64_t)c->limit + 1);
    buf_fini(&key);
    int err = auth_query(a, sql, &p, accounts_reply, c);
    if (err) {
        free(c);
        rpc_fail(req, err, NULL);
    }
}

void call_accounts(void *service, struct rpc_request *req)
{
    admin_only(service, req, accounts_read);
}
