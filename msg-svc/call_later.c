/* later_keep, later_change, later_drop: what I keep for later, and when I am reminded of it. Only ever one's own; told
 * to all one's devices. */
#include "calls.h"
#include "err.h"
#include "later.h"
#include "publish.h"

enum { NOTE_CHARS = 500 };

void later_tell(const struct call *c, int64_t useq, int64_t room)
{
    publish_user_event(c->calls->bus,
                       &(struct user_event){.user = c->user, .useq = useq, .room = room, .type = USER_LATER});
}

static void reply_item(struct call *c, const struct db_result *r, int col)
{
    struct jsonw w = jsonw_on(&c->text);
    later_begin(&w, r, 0, col);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* ---- keep ---- */

static void keep(struct call *c);

static void on_kept(void *arg, int err, const struct db_result *r)
{
    enum { KIND, INSIDE, TIME_OK, THERE, USEQ, ITEM };
    struct call *c = arg;
    if (err == ERR_SQL && call_raced(c, err, r)) {
        keep(c);
        return;
    }
    if (!call_inside(c, err, r, keep))
        return;
    if (!db_bool(r, 0, THERE)) {
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
    } else if (!db_bool(r, 0, TIME_OK)) {
        call_fail(c, ERR_TIME_INVALID, NULL);
    } else if (db_is_null(r, 0, ITEM)) {
        call_fail(c, ERR_TOO_MANY_LATER, NULL);
    } else {
        later_tell(c, db_int(r, 0, USEQ), c->room);
        reply_item(c, r, ITEM);
    }
}

/* The list is full only of what is not done: of the rest the oldest makes room. What is kept already needs none. */
static void keep(struct call *c)
{
    struct str note = {0};
    int64_t seq = 0, remind = 0;
    jval_get_str(c->args, "note", &note);
    call_int(c, "seq", &seq);
    call_int(c, "remind_at", &remind);
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, seq);
    db_p_str(&v, note);
    db_p_int(&v, remind);
    db_p_int(&v, LATER_MAX);
    call_query_in_turn(
        c, c->user,
        "WITH r AS (SELECT id, kind, EXISTS (SELECT FROM chat.members WHERE room_id = $1::bigint "
        "AND user_id = $2::bigint) AS inside, " LATER_TIME_OK(
            "$5::bigint") "AS time_ok, "
                          "$3::bigint = 0 OR EXISTS (SELECT FROM chat.events e LEFT JOIN chat.changes g ON g.room_id = e.room_id "
                          "AND g.seq = e.seq WHERE e.room_id = $1::bigint AND e.seq = $3::bigint AND e.type IN ('message', 'reply') "
                          "AND g.deleted_at IS NULL) AS there FROM chat.rooms WHERE id = $1::bigint), "
                          "known AS (SELECT id FROM chat.later WHERE user_id = $2::bigint AND room_id = $1::bigint "
                          "AND seq = $3::bigint), "
                          "held AS (SELECT count(*) >= $6::bigint AS crowded, count(done_at) > 0 AS some_done FROM chat.later "
                          "WHERE user_id = $2::bigint), "
                          "room_made AS (DELETE FROM chat.later WHERE id = (SELECT id FROM chat.later WHERE user_id = $2::bigint "
                          "AND done_at IS NOT NULL ORDER BY done_at LIMIT 1) AND (SELECT crowded FROM held) "
                          "AND (SELECT inside AND time_ok AND there FROM r) AND NOT EXISTS (SELECT FROM known)), "
                          "kept AS (INSERT INTO chat.later AS k (user_id, room_id, seq, note, remind_at) "
                          "SELECT $2::bigint, r.id, nullif($3::bigint, 0), $4::text, to_timestamp(nullif($5::bigint, 0) / 1000.0) "
                          "FROM r, held f WHERE r.inside AND r.time_ok AND r.there "
                          "AND (NOT f.crowded OR f.some_done OR EXISTS (SELECT FROM known)) "
                          "ON CONFLICT (user_id, room_id, seq) DO UPDATE SET "
                          "place = CASE WHEN k.done_at IS NULL THEN k.place ELSE excluded.place END, "
                          "note = CASE WHEN excluded.note = '' THEN k.note ELSE excluded.note END, "
                          "remind_at = CASE WHEN k.done_at IS NULL THEN coalesce(excluded.remind_at, k.remind_at) "
                          "ELSE excluded.remind_at END, "
                          "due_at = CASE WHEN k.done_at IS NULL AND excluded.remind_at IS NULL THEN k.due_at END, done_at = NULL "
                          "RETURNING *), " LATER_TELL("kept") "SELECT r.kind, r.inside, r.time_ok, r.there, o.last_useq, " LATER_COLUMNS(
                              "k") "FROM r LEFT JOIN kept k ON true LEFT JOIN later_own o ON true",
        &v, on_kept);
}

/* One line of a few words; what it says is for oneself. */
static bool note_ok(struct str note)
{
    size_t chars = 0;
    if (!str_utf8(note))
        return false;
    for (size_t at = 0; at < note.n; chars++) {
        uint32_t ch = str_next_char(note, &at);
        if (ch < 0x20 || ch == 0x7f)
            return false;
    }
    return chars <= NOTE_CHARS;
}

void call_later_keep(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct str note = {0};
    int64_t seq = 0;
    if (c == NULL || !call_room(c))
        return;
    call_int(c, "seq", &seq);
    jval_get_str(c->args, "note", &note);
    if (seq <= 0 && note.n == 0)
        call_fail(c, ERR_BAD_REQUEST, "seq");
    else if (!note_ok(note))
        call_fail(c, ERR_TEXT_INVALID, NULL);
    else
        keep(c);
}

/* ---- change ---- */

static void on_changed(void *arg, int err, const struct db_result *r)
{
    enum { TIME_OK, THERE, USEQ, ROOM, ITEM };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (!db_bool(r, 0, THERE)) {
        call_fail(c, ERR_NOT_FOUND, NULL);
    } else if (!db_bool(r, 0, TIME_OK) || db_is_null(r, 0, ITEM)) {
        call_fail(c, ERR_TIME_INVALID, NULL);
    } else {
        later_tell(c, db_int(r, 0, USEQ), db_int(r, 0, ROOM));
        reply_item(c, r, ITEM);
    }
}

void call_later_change(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    bool done = false;
    int64_t remind = -1, item = 0;
    if (c == NULL)
        return;
    call_int(c, "item", &item);
    call_int(c, "remind_at", &remind);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, item);
    db_p_int(&v, jval_get_bool(c->args, "done", &done) ? done : -1);
    db_p_int(&v, remind);
    call_query(
        c,
        "WITH asked AS (SELECT $4::bigint < 0 OR " LATER_TIME_OK(
            "$4::bigint") "AS time_ok, "
                          "EXISTS (SELECT FROM chat.later WHERE id = $2::bigint AND user_id = $1::bigint) AS there), "
                          "kept AS (UPDATE chat.later k SET "
                          "done_at = CASE WHEN $3::int < 0 THEN done_at WHEN $3::int > 0 THEN coalesce(done_at, now()) END, "
                          "remind_at = CASE WHEN $4::bigint < 0 THEN remind_at ELSE to_timestamp(nullif($4::bigint, 0) / 1000.0) END, "
                          "due_at = CASE WHEN $4::bigint < 0 THEN due_at END FROM asked a "
                          "WHERE id = $2::bigint AND user_id = $1::bigint AND a.time_ok RETURNING k.*), " LATER_TELL(
                              "kept") "SELECT a.time_ok, a.there, o.last_useq, o.room_id, " LATER_COLUMNS("k") "FROM asked a "
                                                                                                               "LEFT JOIN kept k ON true LEFT JOIN later_own o ON true",
        &v, on_changed);
}

/* ---- drop ---- */

void later_gone(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_NOT_FOUND, NULL);
        return;
    }
    later_tell(c, db_int(r, 0, 0), db_int(r, 0, 1));
    call_reply(c, STR("{}"));
}

void call_later_drop(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    int64_t item = 0;
    if (c == NULL)
        return;
    call_int(c, "item", &item);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, item);
    call_query(c,
               "WITH gone AS (DELETE FROM chat.later WHERE id = $2::bigint AND user_id = $1::bigint "
               "RETURNING user_id, room_id), " LATER_TELL("gone") "SELECT last_useq, room_id FROM later_own",
               &v, later_gone);
}
