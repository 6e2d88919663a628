/* peers: which of these people share a room with me. rooms_of: the ids of the rooms I am in. */
#include "calls.h"
#include "err.h"

enum { ASKED_MAX = 1000 };

static void reply_ids(struct call *c, const char *key, const struct db_result *r)
{
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, key);
    for (size_t i = 0; i < db_rows(r); i++)
        jsonw_id(&w, NULL, db_int(r, i, 0));
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void on_peers(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_answered(c, err, r))
        reply_ids(c, "users", r);
}

void call_peers(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    const struct jval *users = jval_get(c->args, "users");
    if (!jval_is_array(users) || jval_count(users) > ASKED_MAX) {
        call_fail(c, ERR_BAD_REQUEST, "users");
        return;
    }
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_array(&v);
    for (size_t i = 0; i < jval_count(users); i++) {
        struct str text;
        int64_t id;
        if (jval_str(jval_at(users, i), &text) && str_i64(text, &id))
            db_p_array_int(&v, id);
    }
    db_p_array_end(&v);
    call_query(c,
               "SELECT u FROM unnest($2::bigint[]) AS u WHERE EXISTS (SELECT FROM chat.members a "
               "JOIN chat.members b ON b.room_id = a.room_id WHERE a.user_id = u AND b.user_id = $1::bigint)",
               &v, on_peers);
}

static void on_rooms_of(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_answered(c, err, r))
        reply_ids(c, "rooms", r);
}

void call_rooms_of(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(c, "SELECT room_id FROM chat.members WHERE user_id = $1::bigint ORDER BY room_id", &v, on_rooms_of);
}
