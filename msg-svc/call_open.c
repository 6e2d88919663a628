/* open: a person connects. Makes a newcomer a member of the rooms everyone is in, then says which rooms are his. */
#include "calls.h"
#include "err.h"

enum column { EPOCH, USEQ, WELCOMED, ROOM, MVER, HEAD };

static void look(struct call *c);

static void on_look(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_INTERNAL, NULL);
        return;
    }
    if (!db_bool(r, 0, WELCOMED) && !c->welcomed) {
        call_welcome(c, look);
        return;
    }
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "epoch", db_str(r, 0, EPOCH));
    jsonw_int(&w, "useq", db_int(r, 0, USEQ));
    jsonw_arr(&w, "rooms");
    for (size_t i = 0; i < db_rows(r); i++) {
        if (db_is_null(r, i, ROOM))
            continue;
        jsonw_obj(&w, NULL);
        jsonw_id(&w, "room", db_int(r, i, ROOM));
        jsonw_int(&w, "mver", db_int(r, i, MVER));
        jsonw_int(&w, "head", db_int(r, i, HEAD));
        jsonw_obj_end(&w);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void look(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(
        c,
        "SELECT e.epoch, coalesce(u.last_useq, 0), coalesce(u.welcomed, false), r.id, r.mver, r.last_seq FROM chat.epoch e "
        "LEFT JOIN chat.users u ON u.user_id = $1::bigint "
        "LEFT JOIN (chat.members m JOIN chat.rooms r ON r.id = m.room_id) ON m.user_id = $1::bigint ORDER BY r.id",
        &v, on_look);
}

void call_open(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL)
        look(c);
}
