/* members: who is in a room, by user id, a page at a time. For members only. */
#include "calls.h"

enum column { KIND, INSIDE, ID, USERNAME, DISPLAY_NAME, CREATED, ROLE, JOINED, READ_SEQ, DELIVERED_SEQ, MUTED };

static void write_member(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_obj(w, "user");
    jsonw_id(w, "id", db_int(r, row, ID));
    jsonw_str(w, "username", db_str(r, row, USERNAME));
    jsonw_str(w, "display_name", db_str(r, row, DISPLAY_NAME));
    jsonw_int(w, "created_at", db_int(r, row, CREATED));
    jsonw_obj_end(w);
    jsonw_str(w, "role", db_str(r, row, ROLE));
    jsonw_int(w, "joined_at", db_int(r, row, JOINED));
    jsonw_int(w, "delivered_seq", db_int(r, row, DELIVERED_SEQ));
    if (!db_is_null(r, row, READ_SEQ))
        jsonw_int(w, "read_seq", db_int(r, row, READ_SEQ));
    if (!db_is_null(r, row, MUTED))
        jsonw_int(w, "muted_until", db_int(r, row, MUTED));
    jsonw_obj_end(w);
}

static void ask(struct call *c);

static void on_members(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask))
        return;
    /* The room's row comes alone when the page is empty. */
    size_t count = db_is_null(r, 0, ID) ? 0 : db_rows(r), limit = (size_t)c->limit;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "members");
    for (size_t i = 0; i < count && i < limit; i++)
        write_member(&w, r, i);
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", count <= limit);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void ask(struct call *c)
{
    int64_t after = 0;
    call_int(c, "after", &after);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, after);
    db_p_int(&v, c->limit + 1);
    call_query(
        c,
        "SELECT r.kind, r.inside, p.id, p.username, p.display_name, "
        "(extract(epoch FROM p.created_at) * 1000)::bigint, p.role, "
        "(extract(epoch FROM p.joined_at) * 1000)::bigint, p.read_seq, p.delivered_seq, "
        "(extract(epoch FROM p.muted_until) * 1000)::bigint "
        "FROM (SELECT id, kind, EXISTS (SELECT FROM chat.members WHERE room_id = $1::bigint AND user_id = $2::bigint) "
        "AS inside FROM chat.rooms WHERE id = $1::bigint) r "
        "LEFT JOIN LATERAL (SELECT a.id, a.username, a.display_name, a.created_at, m.role, m.joined_at, "
        "CASE WHEN EXISTS (SELECT FROM auth.discreet h WHERE h.id = m.user_id AND h.id <> $2::bigint) THEN NULL "
        "WHEN m.has_read THEN m.read_seq ELSE 0 END AS read_seq, m.delivered_seq, m.muted_until "
        "FROM chat.members m JOIN auth.people a ON a.id = m.user_id "
        "WHERE m.room_id = r.id AND r.inside AND m.user_id > $3::bigint ORDER BY m.user_id LIMIT $4::bigint) p ON true "
        "ORDER BY p.id",
        &v, on_members);
}

void call_members(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        ask(c);
}
