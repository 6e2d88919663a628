/* heads: how far the rooms I am in have come, all or some of them. */
#include "calls.h"
#include "err.h"

enum { ASKED_MAX = 10000 };

static void on_heads(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "epoch", db_rows(r) > 0 ? db_str(r, 0, 0) : STR(""));
    jsonw_int(&w, "useq", db_rows(r) > 0 ? db_int(r, 0, 1) : 0);
    jsonw_obj(&w, "rooms");
    for (size_t i = 0; i < db_rows(r); i++) {
        if (db_is_null(r, i, 2))
            continue; /* The one row of who is in no room. */
        jsonw_key(&w, db_str(r, i, 2));
        jsonw_obj(&w, NULL);
        jsonw_int(&w, "head", db_int(r, i, 3));
        jsonw_int(&w, "n", db_int(r, i, 4));
        jsonw_int(&w, "mver", db_int(r, i, 5));
        jsonw_obj_end(&w);
    }
    jsonw_obj_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_heads(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    const struct jval *rooms = jval_get(c->args, "rooms");
    if (rooms != NULL && (!jval_is_array(rooms) || jval_count(rooms) > ASKED_MAX)) {
        call_fail(c, ERR_BAD_REQUEST, "rooms");
        return;
    }
    struct db_params v = {0};
    db_p_int(&v, c->user);
    if (rooms == NULL) {
        db_p_null(&v);
    } else {
        db_p_array(&v);
        for (size_t i = 0; i < jval_count(rooms); i++) {
            struct str text;
            int64_t id;
            if (jval_str(jval_at(rooms, i), &text) && str_i64(text, &id))
                db_p_array_int(&v, id);
        }
        db_p_array_end(&v);
    }
    call_query(c,
               "SELECT e.epoch, coalesce(u.last_useq, 0), r.id, r.last_seq, r.last_n, r.mver FROM chat.epoch e "
               "LEFT JOIN chat.users u ON u.user_id = $1::bigint "
               "LEFT JOIN (chat.members m JOIN chat.rooms r ON r.id = m.room_id) "
               "ON m.user_id = $1::bigint AND ($2::bigint[] IS NULL OR m.room_id = ANY($2::bigint[]))",
               &v, on_heads);
}
