/* account_change: make somebody admin or not, disable an account or enable it. account_logout: end somebody's logins.
 * For admins. */
#include "account_sql.h"
#include "admin.h"
#include "answer.h"
#include "calls.h"
#include "err.h"
#include "notice.h"
#include "revocation.h"

/* Behind the code: the sessions and access tokens that ended, one a row. */
enum column { CODE, SESSION };

static void account_reply(struct auth *a, struct rpc_request *req, const struct db_result *r)
{
    int64_t user;
    for (size_t i = 0; i < db_rows(r); i++)
        if (!db_is_null(r, i, SESSION))
            revocation_publish(a->revocations, db_str(r, i, SESSION));
    if (jval_get_id(rpc_args(req), "user", &user))
        notice_changed(a, user);
    answer_nothing(req);
}

static bool put_wish(struct db_params *p, const struct jval *args, const char *key)
{
    bool on;
    if (!jval_get(args, key)) {
        db_p_null(p);
        return true;
    }
    db_p_cstr(p, jval_get_bool(args, key, &on) && on ? "t" : "f");
    return jval_get_bool(args, key, &on);
}

void call_account_change(void *service, struct rpc_request *req)
{
    static const char sql[] = ACCOUNT_CHANGE_SQL(ADMIN_ME);
    const struct jval *args = rpc_args(req);
    struct db_params p = {0};
    int64_t user = 0;
    jval_get_id(args, "user", &user);
    db_p_int(&p, rpc_caller(req)->user);
    db_p_int(&p, user);
    if (put_wish(&p, args, "admin") && put_wish(&p, args, "disabled")) {
        admin_change(service, req, user, sql, &p, account_reply);
        return;
    }
    buf_fini(&p.text);
    rpc_fail(req, ERR_BAD_REQUEST, NULL);
}

void call_account_logout(void *service, struct rpc_request *req)
{
    static const char sql[] = ACCOUNT_LOGOUT_SQL(ADMIN_ME);
    struct db_params p = {0};
    int64_t user = 0;
    jval_get_id(rpc_args(req), "user", &user);
    db_p_int(&p, rpc_caller(req)->user);
    db_p_int(&p, user);
    admin_change(service, req, user, sql, &p, account_reply);
}
