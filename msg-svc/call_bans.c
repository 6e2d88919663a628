/* bans: who may not come into a room, for those who may ban. */
#include "room_right.h"

enum column { ID, USERNAME, DISPLAY_NAME, CREATED, BY, AT };

static void on_bans(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "bans");
    for (size_t i = 0; i < db_rows(r); i++) {
        jsonw_obj(&w, NULL);
        jsonw_obj(&w, "user");
        jsonw_id(&w, "id", db_int(r, i, ID));
        jsonw_str(&w, "username", db_str(r, i, USERNAME));
        jsonw_str(&w, "display_name", db_str(r, i, DISPLAY_NAME));
        jsonw_int(&w, "created_at", db_int(r, i, CREATED));
        jsonw_obj_end(&w);
        jsonw_id(&w, "by", db_int(r, i, BY));
        jsonw_int(&w, "at", db_int(r, i, AT));
        jsonw_obj_end(&w);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void list_bans(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    call_query(
        c,
        "SELECT p.id, p.username, p.display_name, (extract(epoch FROM p.created_at) * 1000)::bigint, b.banned_by, "
        "(extract(epoch FROM b.banned_at) * 1000)::bigint FROM chat.bans b JOIN auth.people p ON p.id = b.user_id "
        "WHERE b.room_id = $1::bigint ORDER BY b.banned_at DESC, p.id LIMIT 1000",
        &v, on_bans);
}

void call_bans(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        room_right(c, PERMISSION_BAN, list_bans);
}
