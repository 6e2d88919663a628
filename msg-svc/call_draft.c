/* draft: keep what the caller has written and not sent. Of two the one written later holds, so that what a device says
 * late does not take away what another said since; an empty one stays for a while, for the same reason. */
#include "calls.h"
#include "draft.h"
#include "err.h"
#include "publish.h"

enum { TRIES_MAX = 3 };

static void ask(struct call *c);

static void on_kept(void *arg, int err, const struct db_result *r)
{
    enum { KIND, INSIDE, KEPT, THERE, FULL, FIRST };
    struct call *c = arg;
    if (!call_inside(c, err, r, ask))
        return;
    if (!db_bool(r, 0, KEPT) && db_bool(r, 0, FULL)) {
        call_fail(c, ERR_TOO_MANY_DRAFTS, NULL);
        return;
    }
    if (!db_bool(r, 0, KEPT) && !db_bool(r, 0, THERE)) {
        /* It was written just now from another device, and was not to be seen yet. */
        if (++c->tries < TRIES_MAX)
            ask(c);
        else
            call_fail(c, ERR_BUSY, NULL);
        return;
    }
    const struct draft draft = {
        .room = c->room, .thread = c->other, .body = db_str(r, 0, FIRST), .written_ms = db_int(r, 0, FIRST + 1)};
    struct jsonw w = jsonw_on(&c->text);
    draft_write(&w, NULL, &draft, false);
    if (db_bool(r, 0, KEPT)) {
        struct buf frame = {0};
        struct jsonw f = jsonw_on(&frame);
        draft_write(&f, NULL, &draft, true);
        publish_own(c->calls->bus, c->user, buf_view(&frame));
        buf_fini(&frame);
    }
    call_reply(c, buf_view(&c->text));
}

/* Nothing is written into what is not there: an empty draft of a place without one. */
static void ask(struct call *c)
{
    struct str body = {0};
    int64_t written = 0;
    struct db_params v = {0};
    jval_get_str(c->args, "body", &body);
    jval_get_int(c->args, "written_at", &written);
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    db_p_str(&v, body);
    db_p_int(&v, written);
    db_p_int(&v, DRAFTS_MAX);
    call_query_in_turn(
        c, c->user,
        "WITH moment AS (SELECT least(to_timestamp($5::bigint / 1000.0), date_trunc('milliseconds', now())) AS t), "
        "room AS (SELECT r.id, r.kind, m.user_id IS NOT NULL AS inside FROM chat.rooms r "
        "LEFT JOIN chat.members m ON m.room_id = r.id AND m.user_id = $2::bigint WHERE r.id = $1::bigint), "
        "old AS (SELECT body, written_at FROM chat.drafts "
        "WHERE user_id = $2::bigint AND room_id = $1::bigint AND thread = $3::bigint), "
        "held AS (SELECT count(*) >= $6::bigint AS full FROM chat.drafts d WHERE d.user_id = $2::bigint "
        "AND d.body <> '' AND (d.room_id, d.thread) <> ($1::bigint, $3::bigint) AND EXISTS ("
        "SELECT FROM chat.members m WHERE m.room_id = d.room_id AND m.user_id = d.user_id)), "
        "kept AS (INSERT INTO chat.drafts AS d (user_id, room_id, thread, body, written_at) "
        "SELECT $2::bigint, $1::bigint, $3::bigint, $4::text, moment.t FROM moment, room, held WHERE room.inside "
        "AND CASE WHEN $4::text = '' THEN EXISTS (SELECT FROM old) ELSE NOT held.full END "
        "ON CONFLICT (user_id, room_id, thread) DO UPDATE SET body = excluded.body, written_at = excluded.written_at "
        "WHERE d.written_at <= excluded.written_at RETURNING body, written_at), "
        "gone AS (DELETE FROM chat.drafts d USING room WHERE room.inside AND d.user_id = $2::bigint AND d.body = '' "
        "AND (d.room_id, d.thread) <> ($1::bigint, $3::bigint) AND d.written_at < ("
        "SELECT written_at FROM chat.drafts WHERE user_id = $2::bigint AND body = '' "
        "ORDER BY written_at DESC OFFSET $6::bigint LIMIT 1)), "
        "said AS (SELECT body, written_at FROM kept UNION ALL "
        "SELECT body, written_at FROM old WHERE NOT EXISTS (SELECT FROM kept)) "
        "SELECT room.kind, room.inside, EXISTS (SELECT FROM kept), "
        "$4::text = '' OR EXISTS (SELECT FROM said), held.full AND $4::text <> '', coalesce(said.body, ''), "
        "(extract(epoch FROM coalesce(said.written_at, moment.t)) * 1000)::bigint "
        "FROM room CROSS JOIN moment CROSS JOIN held LEFT JOIN said ON true",
        &v, on_kept);
}

void call_draft(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str body;
    int64_t written;
    if (c == NULL || !call_room(c))
        return;
    if (!jval_get_str(c->args, "body", &body) || body.n > DRAFT_BYTES ||
        !jval_get_int(c->args, "written_at", &written) ||
        (jval_get(c->args, "thread") != NULL && (!jval_get_int(c->args, "thread", &c->other) || c->other < 0)))
        call_fail(c, ERR_BAD_REQUEST, NULL);
    else
        ask(c);
}
