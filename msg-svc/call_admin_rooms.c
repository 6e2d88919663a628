/* room_rows: all rooms but direct messages, for admins: what they are called and how large they are, not what is said.
 */
#include "calls.h"

enum column { ID, KIND, NAME, CREATED, MEMBERS, MESSAGES, ARCHIVED, INSIDE, EVERYONE };

static void write_room(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", db_int(r, row, ID));
    jsonw_str(w, "kind", db_str(r, row, KIND));
    jsonw_str(w, "name", db_str(r, row, NAME));
    jsonw_int(w, "created_at", db_int(r, row, CREATED));
    jsonw_int(w, "member_count", db_int(r, row, MEMBERS));
    jsonw_int(w, "messages", db_int(r, row, MESSAGES));
    if (!db_is_null(r, row, ARCHIVED))
        jsonw_int(w, "archived_at", db_int(r, row, ARCHIVED));
    if (db_bool(r, row, INSIDE))
        jsonw_bool(w, "inside", true);
    if (db_bool(r, row, EVERYONE))
        jsonw_bool(w, "everyone", true);
    jsonw_obj_end(w);
}

/* One row more than the page tells that it is not the last. */
static void on_rooms(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "rooms");
    for (size_t i = 0; i < db_rows(r) && i < (size_t)c->limit; i++)
        write_room(&w, r, i);
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", db_rows(r) <= (size_t)c->limit);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void list_rooms(struct call *c)
{
    struct db_params v = {0};
    struct str query = {0};
    int64_t after = 0;
    jval_get_str(c->args, "query", &query);
    call_int(c, "after", &after);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    db_p_int(&v, c->user);
    db_p_int(&v, after);
    db_p_str(&v, query);
    db_p_int(&v, c->limit + 1);
    call_query(
        c,
        "SELECT r.id, r.kind, r.name, (extract(epoch FROM r.created_at) * 1000)::bigint, r.member_count, r.last_n, "
        "(extract(epoch FROM r.archived_at) * 1000)::bigint, EXISTS (SELECT FROM chat.members m "
        "WHERE m.room_id = r.id AND m.user_id = $1::bigint), r.everyone FROM chat.rooms r WHERE r.kind <> 'dm' "
        "AND r.id > $2::bigint AND ($3 = '' OR strpos(r.name_key, lower(normalize($3, NFKC))) > 0) "
        "ORDER BY r.id LIMIT $4::bigint",
        &v, on_rooms);
}

void call_room_rows(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL)
        call_admin(c, list_rooms);
}
