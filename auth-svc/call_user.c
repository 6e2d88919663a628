/* user: one person by id, with all that is public. */
#include "answer.h"
#include "calls.h"
#include "err.h"

static void user_reply(void *arg, int err, const struct db_result *r)
{
    struct buf text = {0};
    struct user user;
    if (!err && db_rows(r) == 0)
        err = ERR_USER_NOT_FOUND;
    if (err) {
        rpc_fail(arg, err == ERR_SQL ? ERR_INTERNAL : err, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&text);
    user_of_row(r, 0, &user);
    jsonw_obj(&w, NULL);
    answer_put_person(&w, &user);
    answer_put_more(&w, db_str(r, 0, USER_COLUMN_COUNT), db_str(r, 0, USER_COLUMN_COUNT + 1));
    jsonw_obj_end(&w);
    rpc_reply(arg, buf_view(&text));
    buf_fini(&text);
}

void call_user(void *service, struct rpc_request *req)
{
    static const char sql[] = "SELECT " USER_COLUMNS ", u.about, coalesce(u.time_zone, '') FROM auth.users u "
                              "WHERE u.id = $1::bigint AND u.disabled_at IS NULL";
    struct db_params p = {0};
    int64_t id;
    int err = ERR_USER_NOT_FOUND;
    if (jval_get_id(rpc_args(req), "user", &id)) {
        db_p_int(&p, id);
        err = auth_query(service, sql, &p, user_reply, req);
    }
    if (err)
        rpc_fail(req, err, NULL);
}
