/* peers: which of these people share a room with me. rooms_of: the rooms I am in. Both tell presence-svc what else it
 * has to know of people. shared: the rooms another person and I are in. */
#include "calls.h"
#include "err.h"

enum { ASKED_MAX = 1000 };

static void put_ids(struct jsonw *w, const char *key, const struct db_result *r)
{
    jsonw_arr(w, key);
    for (size_t i = 0; i < db_rows(r); i++)
        jsonw_id(w, NULL, db_int(r, i, 0));
    jsonw_arr_end(w);
}

static void on_peers(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    put_ids(&w, "users", r);
    jsonw_arr(&w, "profiles");
    for (size_t i = 0; i < db_rows(r); i++)
        jsonw_int(&w, NULL, db_int(r, i, 1));
    jsonw_arr_end(&w);
    jsonw_arr(&w, "hide");
    for (size_t i = 0; i < db_rows(r); i++)
        jsonw_bool(&w, NULL, db_bool(r, i, 2));
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
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
               "SELECT u, p.profile_version, p.hide_last_seen FROM unnest($2::bigint[]) AS u "
               "JOIN auth.people p ON p.id = u WHERE EXISTS (SELECT FROM chat.members a "
               "JOIN chat.members b ON b.room_id = a.room_id WHERE a.user_id = u AND b.user_id = $1::bigint)",
               &v, on_peers);
}

static void on_rooms_of(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    put_ids(&w, "rooms", r);
    if (db_rows(r) > 0) {
        jsonw_int(&w, "profile", db_int(r, 0, 1));
        jsonw_bool(&w, "hides", db_bool(r, 0, 2));
    }
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_rooms_of(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(c,
               "SELECT m.room_id, p.profile_version, coalesce(p.hide_last_seen, true) FROM chat.members m "
               "LEFT JOIN auth.people p ON p.id = m.user_id WHERE m.user_id = $1::bigint ORDER BY m.room_id",
               &v, on_rooms_of);
}

static void on_shared(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    put_ids(&w, "rooms", r);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_shared(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    struct db_params v = {0};
    if (!call_int(c, "user", &c->other)) {
        call_fail(c, ERR_BAD_REQUEST, "user");
        return;
    }
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    call_query(c,
               "SELECT a.room_id FROM chat.members a JOIN chat.members b ON b.room_id = a.room_id "
               "JOIN chat.rooms r ON r.id = a.room_id "
               "WHERE a.user_id = $1::bigint AND b.user_id = $2::bigint AND r.kind <> 'dm' ORDER BY a.room_id",
               &v, on_shared);
}
