/* rooms: the rooms I am in. room: one of them, or a public one. directory: public rooms, a page at a time. */
#include "calls.h"
#include "err.h"
#include "room_view.h"

static void write_rooms(struct jsonw *w, const struct db_result *r, size_t count)
{
    jsonw_arr(w, "rooms");
    for (size_t i = 0; i < count; i++)
        room_view_write(w, NULL, r, i);
    jsonw_arr_end(w);
}

static void on_rooms(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    write_rooms(&w, r, db_rows(r));
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void list_rooms(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(c,
               ROOM_VIEW_SELECT("SELECT user_id, room_id FROM chat.members WHERE user_id = $1::bigint") "ORDER BY r.id",
               &v, on_rooms);
}

void call_rooms(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL)
        call_welcome(c, list_rooms);
}

static void on_room(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_ROOM_NOT_FOUND, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&c->text);
    room_view_write(&w, NULL, r, 0);
    call_reply(c, buf_view(&c->text));
}

void call_room_info(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL || !call_room(c))
        return;
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, c->room);
    call_query(c, ROOM_VIEW_SELECT("SELECT $1::bigint, $2::bigint") "WHERE r.kind = 'public' OR m.user_id IS NOT NULL",
               &v, on_room);
}

/* One row more than the page was asked for: it tells whether there is a next page. */
static void on_directory(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t count = db_rows(r), limit = (size_t)c->limit;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    write_rooms(&w, r, count > limit ? limit : count);
    jsonw_bool(&w, "complete", count <= limit);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_directory(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    struct str query = STR(""), after = STR("");
    jval_get_str(c->args, "query", &query);
    jval_get_str(c->args, "after", &after);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_str(&v, query);
    db_p_str(&v, after);
    db_p_int(&v, c->limit + 1);
    call_query(
        c,
        ROOM_VIEW_SELECT(
            "SELECT $1::bigint, id FROM chat.rooms WHERE kind = 'public' AND archived_at IS NULL "
            "AND position(lower(normalize($2::text, NFKC)) IN name_key) > 0 "
            "AND name_key > lower(normalize($3::text, NFKC)) ORDER BY name_key LIMIT $4::bigint") "ORDER BY r.name_key",
        &v, on_directory);
}
