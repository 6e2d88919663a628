/* resume: what a client that comes back holds, against what there is. Heads are read first, events only up to them:
 * what comes later is on its way to the client already. */
#include <stdio.h>

#include "calls.h"
#include "entry.h"
#include "err.h"
#include "log.h"
#include "publish.h"
#include "resume.h"
#include "room_view.h"

enum head_column { EPOCH, USER_HEAD, PRUNED, ROOM, HEAD, N };
enum ack_column { ACK_CMID, ACK_ROOM, ACK_SEQ, ACK_N, ACK_TS };
enum event_column { EVENT_ROOM, EVENT_SEQ };
enum user_column { USEQ, TYPE, USER_ROOM, READ_SEQ, READ_N, READ_GEN, ROOT, FOLLOWING, SEEN };

/* ---- my own log ---- */

static void finish(struct call *c)
{
    resume_write(&c->text, c->resume);
    call_reply(c, buf_view(&c->text));
}

static void on_user_events(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    struct buf frame = {0};
    c->resume->user_limited = db_rows(r) > RESUME_USER_EVENTS;
    for (size_t i = 0; i < db_rows(r) && !c->resume->user_limited; i++) {
        struct user_event e = {.user = c->user,
                               .useq = db_int(r, i, USEQ),
                               .room = db_int(r, i, USER_ROOM),
                               .seq = db_int(r, i, READ_SEQ),
                               .n = db_int(r, i, READ_N),
                               .gen = db_int(r, i, READ_GEN),
                               .root = db_int(r, i, ROOT),
                               .following = db_bool(r, i, FOLLOWING),
                               .seen = db_int(r, i, SEEN)};
        if (!user_event_parse(db_str(r, i, TYPE), &e.type))
            continue;
        if (e.type == USER_ROOM_ADDED || e.type == USER_ROOM_CHANGED)
            e.room_info = resume_view_of(c->resume, e.room);
        buf_reset(&frame);
        user_event_write(&frame, &e);
        resume_user_frame(c->resume, buf_view(&frame));
    }
    buf_fini(&frame);
    finish(c);
}

static void ask_user_events(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, c->resume->user_from);
    db_p_int(&v, c->resume->user_head);
    db_p_int(&v, RESUME_USER_EVENTS + 1);
    call_query(
        c,
        "SELECT useq, type, room_id, coalesce((data ->> 'seq')::bigint, 0), coalesce((data ->> 'n')::bigint, 0), "
        "coalesce((data ->> 'gen')::bigint, 0), coalesce((data ->> 'root')::bigint, 0), "
        "coalesce((data ->> 'following')::boolean, false), coalesce((data ->> 'seen')::bigint, 0) "
        "FROM chat.user_events WHERE user_id = $1::bigint AND useq > $2::bigint AND useq <= $3::bigint ORDER BY useq LIMIT $4::bigint",
        &v, on_user_events);
}

static void on_views(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    for (size_t i = 0; i < db_rows(r); i++) {
        struct buf *json = resume_view_add(c->resume, room_view_id(r, i));
        if (json == NULL)
            break;
        struct jsonw w = jsonw_on(json);
        room_view_write(&w, NULL, r, i);
    }
    ask_user_events(c);
}

/* What rooms that were added look like now; those that were left since are not shown. */
static void ask_views(struct call *c)
{
    if (c->resume->user_limited || c->resume->user_from == c->resume->user_head) {
        finish(c);
        return;
    }
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, c->resume->user_from);
    db_p_int(&v, c->resume->user_head);
    db_p_int(&v, RESUME_USER_EVENTS);
    call_query(c,
               ROOM_VIEW_SELECT(
                   "SELECT DISTINCT user_id, room_id FROM chat.user_events WHERE user_id = $1::bigint "
                   "AND useq > $2::bigint AND useq <= $3::bigint AND type IN ('room_added', 'room_changed') LIMIT "
                   "$4::bigint") "WHERE m.user_id IS NOT NULL",
               &v, on_views);
}

/* ---- events ---- */

/* Rows come room by room, in the order the rooms were asked for. */
static void on_events(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t row = 0;
    for (size_t i = 0; i < c->resume->count; i++) {
        struct resume_room *room = &c->resume->rooms[i];
        if (!room->fetching)
            continue;
        struct log_rows rows = {.r = r, .room = room->id, .first = row, .col = EVENT_SEQ, .rising = true};
        while (row < db_rows(r) && db_int(r, row, EVENT_ROOM) == room->id)
            row++;
        rows.count = row - rows.first;
        resume_events(c->resume, room, &rows, c->user);
    }
    ask_views(c);
}

#define ROOM_ARRAY(params, r, value)                        \
    do {                                                    \
        db_p_array(params);                                 \
        for (size_t i_ = 0; i_ < (r)->count; i_++) {        \
            const struct resume_room *it = &(r)->rooms[i_]; \
            if (it->fetching)                               \
                db_p_array_int(params, value);              \
        }                                                   \
        db_p_array_end(params);                             \
    } while (0)

static void ask_events(struct call *c)
{
    const struct resume *r = c->resume;
    size_t fetching = 0;
    resume_choose(c->resume);
    for (size_t i = 0; i < r->count; i++)
        fetching += r->rooms[i].fetching;
    if (fetching == 0) {
        ask_views(c);
        return;
    }
    struct db_params v = {0};
    ROOM_ARRAY(&v, r, it->id);
    ROOM_ARRAY(&v, r, it->from);
    ROOM_ARRAY(&v, r, it->head);
    db_p_int(&v, LOG_ANSWER_BYTES + LOG_EVENT_OVERHEAD + BODY_MAX);
    call_query(
        c,
        "SELECT e.room_id, " LOG_COLUMNS("e") "FROM (SELECT l.*, t.place, sum(" LOG_BYTES(
            "l") ") OVER (ORDER BY t.place, l.seq) AS bytes "
                 "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) WITH ORDINALITY AS t(room, after, head, place) "
                 "CROSS JOIN LATERAL (SELECT * FROM chat.log WHERE room_id = t.room AND seq > t.after "
                 "AND seq <= t.head) l) e WHERE e.bytes <= $4::bigint ORDER BY e.place, e.seq",
        &v, on_events);
}

/* ---- what became of pending messages ---- */

static const struct jval *pending_of(const struct call *c)
{
    return jval_get(c->args, "pending");
}

/* The i-th cmid that may be looked up. */
static bool pending_at(const struct call *c, size_t i, struct str *cmid)
{
    return jval_str(jval_at(pending_of(c), i), cmid) && entry_is_uuid(*cmid);
}

static void on_acks(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    struct str cmid;
    if (!call_answered(c, err, r))
        return;
    for (size_t i = 0; i < jval_count(pending_of(c)) && i < RESUME_PENDING; i++) {
        if (!pending_at(c, i, &cmid))
            continue;
        size_t row = 0;
        while (row < db_rows(r) && !str_eq(db_str(r, row, ACK_CMID), cmid))
            row++;
        if (row < db_rows(r))
            resume_ack(c->resume, cmid, db_int(r, row, ACK_ROOM), db_int(r, row, ACK_SEQ), db_int(r, row, ACK_N),
                       db_int(r, row, ACK_TS));
        else
            resume_ack(c->resume, cmid, 0, 0, 0, 0);
    }
    ask_events(c);
}

static void ask_acks(struct call *c)
{
    struct db_params v = {0};
    struct str cmid;
    size_t asked = 0;
    db_p_int(&v, c->user);
    db_p_array(&v);
    for (size_t i = 0; i < jval_count(pending_of(c)) && i < RESUME_PENDING; i++)
        if (pending_at(c, i, &cmid)) {
            db_p_array_str(&v, cmid);
            asked++;
        }
    db_p_array_end(&v);
    if (asked == 0) {
        buf_fini(&v.text);
        ask_events(c);
        return;
    }
    /* What was refused has no event: it is unknown here, and its next copy is told. */
    call_query(c,
               "SELECT s.cmid, s.room_id, s.seq, e.n, (extract(epoch FROM e.ts) * 1000)::bigint FROM chat.sent s "
               "JOIN chat.events e ON e.room_id = s.room_id AND e.seq = s.seq "
               "WHERE s.sender = $1::bigint AND s.cmid = ANY($2::uuid[])",
               &v, on_acks);
}

/* ---- heads ---- */

static int64_t cursor_of(const struct call *c, int64_t room)
{
    char key[24];
    int64_t cursor = 0;
    snprintf(key, sizeof key, "%lld", (long long)room);
    return jval_get_int(jval_get(c->args, "cursors"), key, &cursor) && cursor > 0 ? cursor : 0;
}

static void take_heads(struct call *c, const struct db_result *r)
{
    struct str epoch = db_str(r, 0, EPOCH), held = {0};
    int64_t useq = -1;
    bool same = jval_get_str(c->args, "epoch", &held) && str_eq(held, epoch);
    jval_get_int(c->args, "useq", &useq);
    resume_create(&c->resume, db_rows(r));
    snprintf(c->resume->epoch, sizeof c->resume->epoch, "%.*s", (int)epoch.n, epoch.p);
    resume_user_is(c->resume, useq, db_int(r, 0, USER_HEAD), db_int(r, 0, PRUNED), same);
    for (size_t i = 0; i < db_rows(r); i++) {
        if (db_is_null(r, i, ROOM))
            continue; /* The one row of who is in no room. */
        struct resume_room room = {.id = db_int(r, i, ROOM), .head = db_int(r, i, HEAD), .n = db_int(r, i, N)};
        resume_room_is(c->resume, &room, cursor_of(c, room.id), same);
    }
}

static void on_heads(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_INTERNAL, NULL);
        return;
    }
    take_heads(c, r);
    if (c->resume->beyond > 0) {
        log_error(NULL, "cursor beyond head", "user=%lld cursors=%zu request=%.*s", (long long)c->user,
                  c->resume->beyond, (int)rpc_caller(c->req)->trace.n, rpc_caller(c->req)->trace.p);
        metric_add(c->calls->cursor_beyond_head, (int64_t)c->resume->beyond);
    }
    ask_acks(c);
}

void call_resume(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(c,
               "SELECT e.epoch, coalesce(u.last_useq, 0), coalesce(u.pruned_useq, 0), r.id, r.last_seq, r.last_n "
               "FROM chat.epoch e LEFT JOIN chat.users u ON u.user_id = $1::bigint "
               "LEFT JOIN (chat.members m JOIN chat.rooms r ON r.id = m.room_id) ON m.user_id = $1::bigint",
               &v, on_heads);
}
