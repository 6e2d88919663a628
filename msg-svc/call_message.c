/* message, edits, pins, vote: single messages of a room as they read now, what they read before, those that are pinned,
 * and the caller's own vote in one that is a poll.
 * For members only; to others a message is as unknown as its room. */
#include "calls.h"
#include "err.h"
#include "log_rows.h"

/* Every one of these: the room's kind, whether the caller is in, then the columns of what is asked for. */
enum column { KIND, INSIDE, FIRST };

#define ROOM_AND_CALLER                                                                                \
    "FROM (SELECT id, kind, "                                                                          \
    "EXISTS (SELECT FROM chat.members WHERE room_id = $1::bigint AND user_id = $2::bigint) AS inside " \
    "FROM chat.rooms WHERE id = $1::bigint) r "

static void ask_with_seq(struct call *c, const char *sql, db_done_fn *fn)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    call_query(c, sql, &v, fn);
}

/* "room" and "seq". */
static void begin(void *calls, struct rpc_request *req, call_step_fn *ask)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL || !call_room(c))
        return;
    if (!call_int(c, "seq", &c->other) || c->other <= 0)
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
    else
        ask(c);
}

/* ---- message ---- */

static void ask_message(struct call *c);

static void on_message(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask_message))
        return;
    if (db_is_null(r, 0, FIRST)) {
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
        return;
    }
    struct log_rows rows = {.r = r, .room = c->room, .count = 1, .col = FIRST};
    struct event e = log_rows_event(&rows, 0);
    struct jsonw w = jsonw_on(&c->text);
    event_write(&w, NULL, &e, e.sender == c->user);
    call_reply(c, buf_view(&c->text));
}

static void ask_message(struct call *c)
{
    ask_with_seq(c,
                 "SELECT r.kind, r.inside, " LOG_COLUMNS("l") ROOM_AND_CALLER
                 "LEFT JOIN chat.log l ON r.inside AND l.room_id = r.id AND l.seq = $3::bigint "
                 "AND l.type IN ('message', 'reply')",
                 on_message);
}

void call_message(void *calls, struct rpc_request *req)
{
    begin(calls, req, ask_message);
}

/* ---- edits ---- */

static void ask_edits(struct call *c);

static void on_edits(void *arg, int err, const struct db_result *r)
{
    enum { SEQ = FIRST, TS, BODY };
    struct call *c = arg;
    if (!call_inside(c, err, r, ask_edits))
        return;
    if (db_is_null(r, 0, SEQ)) {
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "edits");
    for (size_t i = 0; i < db_rows(r); i++) {
        jsonw_obj(&w, NULL);
        jsonw_int(&w, "seq", db_int(r, i, SEQ));
        jsonw_int(&w, "ts", db_int(r, i, TS));
        jsonw_str(&w, "body", db_str(r, i, BODY));
        jsonw_obj_end(&w);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* The message as sent and its last edits: an answer has room for so many of the longest. */
static void ask_edits(struct call *c)
{
    ask_with_seq(c,
                 "SELECT r.kind, r.inside, e.seq, (extract(epoch FROM e.ts) * 1000)::bigint, e.body " ROOM_AND_CALLER
                 "LEFT JOIN LATERAL (SELECT * FROM (SELECT seq, ts, body FROM chat.events "
                 "WHERE room_id = r.id AND seq = $3::bigint AND type IN ('message', 'reply') "
                 "UNION ALL (SELECT seq, ts, body FROM chat.events "
                 "WHERE room_id = r.id AND about = $3::bigint AND type = 'edited' ORDER BY seq DESC LIMIT 12)) u "
                 "WHERE r.inside) e ON true ORDER BY e.seq",
                 on_edits);
}

void call_edits(void *calls, struct rpc_request *req)
{
    begin(calls, req, ask_edits);
}

/* ---- vote ---- */

static void ask_vote(struct call *c);

static void on_vote(void *arg, int err, const struct db_result *r)
{
    enum { POLL = FIRST, CHOICES };
    struct call *c = arg;
    if (!call_inside(c, err, r, ask_vote))
        return;
    if (!db_bool(r, 0, POLL)) {
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
        return;
    }
    int64_t choices = db_int(r, 0, CHOICES);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "options");
    for (int64_t i = 0; choices >> i != 0; i++)
        if ((choices >> i) & 1)
            jsonw_int(&w, NULL, i);
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void ask_vote(struct call *c)
{
    ask_with_seq(c,
                 "SELECT r.kind, r.inside, p.seq IS NOT NULL, v.choices " ROOM_AND_CALLER
                 "LEFT JOIN chat.polls p ON r.inside AND p.room_id = r.id AND p.seq = $3::bigint "
                 "LEFT JOIN chat.votes v ON v.room_id = p.room_id AND v.seq = p.seq AND v.user_id = $2::bigint",
                 on_vote);
}

void call_vote(void *calls, struct rpc_request *req)
{
    begin(calls, req, ask_vote);
}

/* ---- pins ---- */

static void ask_pins(struct call *c);

static void on_pins(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask_pins))
        return;
    struct log_rows rows = {
        .r = r, .room = c->room, .count = db_is_null(r, 0, FIRST) ? 0 : db_rows(r), .col = FIRST, .rising = true};
    log_rows_cut(&rows);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    log_events_write(&w, "events", &rows, c->user);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void ask_pins(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    call_query(c,
               "SELECT r.kind, r.inside, " LOG_COLUMNS("l") ROOM_AND_CALLER
               "LEFT JOIN LATERAL (SELECT l.*, p.pinned_at FROM (SELECT seq, pinned_at FROM chat.changes "
               "WHERE room_id = r.id AND r.inside AND pinned_at IS NOT NULL ORDER BY pinned_at DESC LIMIT 200) p "
               "JOIN chat.log l ON l.room_id = r.id AND l.seq = p.seq) l ON true ORDER BY l.pinned_at DESC, l.seq DESC",
               &v, on_pins);
}

void call_pins(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        ask_pins(c);
}
