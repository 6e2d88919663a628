/* own_rows: what msg-svc has of somebody, a page of one table; asked by media-svc, which makes the archive and knows by
 * auth-svc that it is for that person. */
#include "calls.h"
#include "err.h"
#include "own_rows.h"

static void on_rows(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    own_rows_put(r, &c->text);
    call_reply(c, buf_view(&c->text));
}

void call_own_rows(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str table, after;
    if (c == NULL)
        return;
    if (!jval_get_str(c->args, "table", &table)) {
        call_fail(c, ERR_BAD_REQUEST, "table");
        return;
    }
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_str(&v, table);
    if (jval_get_str(c->args, "after", &after))
        db_p_str(&v, after);
    else
        db_p_null(&v);
    db_p_int(&v, OWN_ROWS_MOST);
    call_query(c, "SELECT line, key FROM chat.own_rows($1::bigint, $2, $3::text[], $4::int)", &v, on_rows);
}
