/* at: the first event of a room at or behind a moment, to jump to a day. For members only. */
#include "calls.h"
#include "err.h"

enum column { KIND, INSIDE, HEAD, SEQ };

static void ask(struct call *c);

static void on_found(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask))
        return;
    int64_t head = db_int(r, 0, HEAD), seq = db_int(r, 0, SEQ);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", c->room);
    jsonw_int(&w, "seq", seq < head ? seq : head);
    jsonw_bool(&w, "beyond", seq > head);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* The log has no index by time, and needs none: times rise with seq but for a clock that was set back, so halving finds
 * the place in some twenty looks. */
static void ask(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    call_query(
        c,
        "WITH RECURSIVE room AS (SELECT r.kind, r.last_seq, EXISTS (SELECT FROM chat.members m "
        "WHERE m.room_id = r.id AND m.user_id = $2::bigint) AS inside FROM chat.rooms r WHERE r.id = $1::bigint), "
        "half(lo, hi) AS (SELECT 1::bigint, last_seq + 1 FROM room WHERE inside "
        "UNION ALL SELECT CASE WHEN e.late THEN h.lo ELSE (h.lo + h.hi) / 2 + 1 END, "
        "CASE WHEN e.late THEN (h.lo + h.hi) / 2 ELSE h.hi END FROM half h CROSS JOIN LATERAL "
        "(SELECT coalesce((SELECT ts >= to_timestamp($3::bigint / 1000.0) FROM chat.events "
        "WHERE room_id = $1::bigint AND seq = (h.lo + h.hi) / 2), false) AS late) e WHERE h.lo < h.hi) "
        "SELECT r.kind, r.inside, r.last_seq, (SELECT max(lo) FROM half) FROM room r",
        &v, on_found);
}

void call_at(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL || !call_room(c))
        return;
    if (!call_int(c, "ts", &c->other) || c->other < 0)
        call_fail(c, ERR_BAD_REQUEST, "ts");
    else
        ask(c);
}
