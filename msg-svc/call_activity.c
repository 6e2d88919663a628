/* activity: what concerns the caller, in one list. activity_seen: up to which moment he has seen it. */
#include <inttypes.h>
#include <stdio.h>

#include "calls.h"
#include "err.h"
#include "publish.h"

enum column { SEEN, KIND, ROOM, SEQ, ROOT, BY, TS, EMOJI, EVERYONE, TEXT, AT };

/* Where a page ends: the moment, the room and the event of its last item. */
struct place {
    int64_t ts, room, at;
};

/* clang-format off */
/* Everything before this place, `ts`, `room` and `at` being columns; and how each part of the list goes. A part is read
 * from the end of an index of its own, a page and one row at most, so that what it costs does not grow with what there
 * is. */
#define MOMENT "CASE WHEN $2::bigint < 0 THEN 'infinity' ELSE to_timestamp($2::bigint / 1000.0) END"
#define BEFORE(ts, room, at) \
    ts " <= " MOMENT " AND (" ts ", " room ", " at ") < (" MOMENT ", $3::bigint, $4::bigint) "
#define OF_KIND(kind) "$6::text IN ('', '" kind "') "
#define NOT_BLOCKED(who) \
    "NOT EXISTS (SELECT FROM auth.blocked b WHERE b.user_id = $1::bigint AND b.blocked_id = " who ") "

/* Who names me. What is deleted has no row. */
#define NAMED \
    "(SELECT 'mention' AS kind, n.room_id, n.seq, n.root, e.sender AS by, n.ts, NULL AS emoji, " \
    "false AS everyone, n.seq AS at FROM chat.mentions n " \
    "JOIN chat.members m ON m.room_id = n.room_id AND m.user_id = n.user_id " \
    "JOIN chat.events e ON e.room_id = n.room_id AND e.seq = n.seq " \
    "WHERE n.user_id = $1::bigint AND " OF_KIND("mention") "AND " BEFORE("n.ts", "n.room_id", "n.seq") \
    "AND " NOT_BLOCKED("e.sender") "ORDER BY n.ts DESC, n.room_id DESC, n.seq DESC LIMIT $5::bigint) "

/* Who names everyone, in a room that the caller was in then. */
#define EVERYONE_NAMED \
    "(SELECT 'mention', n.room_id, n.seq, NULL, n.sender, n.ts, NULL, true, n.seq FROM chat.members m " \
    "CROSS JOIN LATERAL (SELECT a.room_id, a.seq, a.ts, e.sender FROM chat.mentions a " \
    "JOIN chat.events e ON e.room_id = a.room_id AND e.seq = a.seq AND e.sender <> $1::bigint " \
    "WHERE a.user_id = 0 AND a.room_id = m.room_id AND a.ts >= m.joined_at AND " \
    BEFORE("a.ts", "a.room_id", "a.seq") "AND " NOT_BLOCKED("e.sender") \
    "AND NOT EXISTS (SELECT FROM chat.mentions o WHERE o.user_id = $1::bigint AND o.room_id = a.room_id " \
    "AND o.seq = a.seq) ORDER BY a.ts DESC, a.seq DESC LIMIT $5::bigint) n " \
    "WHERE m.user_id = $1::bigint AND " OF_KIND("mention") \
    "ORDER BY n.ts DESC, n.room_id DESC, n.seq DESC LIMIT $5::bigint) "

#define REACTIONS \
    "(SELECT 'reaction', k.room_id, k.seq, CASE WHEN e.type = 'reply' THEN e.about END, k.user_id, k.ts, " \
    "k.emoji, false, k.since FROM chat.reactions k " \
    "JOIN chat.members m ON m.room_id = k.room_id AND m.user_id = $1::bigint " \
    "JOIN chat.events e ON e.room_id = k.room_id AND e.seq = k.seq " \
    "WHERE k.author = $1::bigint AND k.user_id <> $1::bigint AND " OF_KIND("reaction") "AND " \
    BEFORE("k.ts", "k.room_id", "k.since") "AND " NOT_BLOCKED("k.user_id") \
    "ORDER BY k.ts DESC, k.room_id DESC, k.since DESC LIMIT $5::bigint) "

/* A thread whose last reply is older than a page of others' last replies has nothing on this page. */
#define THREAD_OF(condition) \
    "(SELECT f.room_id, f.root FROM chat.follows f " \
    "JOIN chat.members m ON m.room_id = f.room_id AND m.user_id = f.user_id " \
    "JOIN chat.changes c ON c.room_id = f.room_id AND c.seq = f.root AND c.replies > 0 " \
    "WHERE f.user_id = $1::bigint AND f.following AND " OF_KIND("reply") "AND c.last_reply " condition ") "

/* Replies that name the caller are mentions. */
#define REPLIES \
    "(SELECT 'reply', x.room_id, x.seq, x.about, x.sender, x.ts, NULL, false, x.seq FROM (" \
    THREAD_OF("<= " MOMENT " ORDER BY c.last_reply DESC LIMIT $5::bigint") "UNION ALL " THREAD_OF("> " MOMENT) ") f " \
    "CROSS JOIN LATERAL (SELECT e.room_id, e.seq, e.about, e.sender, e.ts FROM chat.events e " \
    "WHERE e.room_id = f.room_id AND e.about = f.root AND e.type = 'reply' AND e.sender <> $1::bigint AND " \
    BEFORE("e.ts", "e.room_id", "e.seq") "AND " NOT_BLOCKED("e.sender") \
    "AND NOT EXISTS (SELECT FROM chat.mentions n WHERE n.user_id = $1::bigint AND n.room_id = e.room_id " \
    "AND n.seq = e.seq) AND NOT EXISTS (SELECT FROM chat.changes c WHERE c.room_id = e.room_id " \
    "AND c.seq = e.seq AND c.deleted_at IS NOT NULL) ORDER BY e.ts DESC, e.seq DESC LIMIT $5::bigint) x " \
    "ORDER BY x.ts DESC, x.room_id DESC, x.seq DESC LIMIT $5::bigint) "
/* clang-format on */

static bool parse_place(struct str text, struct place *p_r)
{
    struct str ts, room;
    struct str rest = str_cut(text, '.', &ts);
    rest = str_cut(rest, '.', &room);
    return str_i64(ts, &p_r->ts) && str_i64(room, &p_r->room) && str_i64(rest, &p_r->at) && p_r->ts >= 0;
}

static void write_item(struct jsonw *w, const struct db_result *r, size_t row)
{
    jsonw_obj(w, NULL);
    jsonw_str(w, "kind", db_str(r, row, KIND));
    jsonw_id(w, "room", db_int(r, row, ROOM));
    jsonw_int(w, "seq", db_int(r, row, SEQ));
    if (!db_is_null(r, row, ROOT))
        jsonw_int(w, "root", db_int(r, row, ROOT));
    jsonw_id(w, "by", db_int(r, row, BY));
    jsonw_int(w, "ts", db_int(r, row, TS));
    if (!db_is_null(r, row, EMOJI))
        jsonw_str(w, "emoji", db_str(r, row, EMOJI));
    if (db_bool(r, row, EVERYONE))
        jsonw_bool(w, "all", true);
    jsonw_str(w, "text", db_str(r, row, TEXT));
    jsonw_obj_end(w);
}

static void write_next(struct jsonw *w, const struct db_result *r, size_t row)
{
    char next[64];
    int n = snprintf(next, sizeof next, "%" PRId64 ".%" PRId64 ".%" PRId64, db_int(r, row, TS), db_int(r, row, ROOM),
                     db_int(r, row, AT));
    jsonw_str(w, "next", (struct str){next, (size_t)n});
}

/* The seen place comes alone when there is no item. */
static void on_activity(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t count = db_is_null(r, 0, ROOM) ? 0 : db_rows(r);
    bool complete = count <= (size_t)c->limit;
    if (!complete)
        count = (size_t)c->limit;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "items");
    for (size_t i = 0; i < count; i++)
        write_item(&w, r, i);
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", complete);
    if (!complete)
        write_next(&w, r, count - 1);
    jsonw_int(&w, "seen", db_int(r, 0, SEEN));
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_activity(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    struct place from = {.ts = -1};
    struct str kind = STR(""), after;
    if (c == NULL)
        return;
    if (jval_get_str(c->args, "after", &after) && !parse_place(after, &from)) {
        call_fail(c, ERR_BAD_REQUEST, "after");
        return;
    }
    jval_get_str(c->args, "kind", &kind);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, from.ts);
    db_p_int(&v, from.room);
    db_p_int(&v, from.at);
    db_p_int(&v, c->limit + 1);
    db_p_str(&v, kind);
    call_query(c,
               "SELECT coalesce(u.activity_seen, 0), i.kind, i.room_id, i.seq, i.root, i.by, "
               "(extract(epoch FROM i.ts) * 1000)::bigint, i.emoji, i.everyone, "
               "left(coalesce(nullif(coalesce(g.body, t.body), ''), chat.file_names(t.data), ''), 200), i.at "
               "FROM (SELECT) one LEFT JOIN chat.users u ON u.user_id = $1::bigint "
               "LEFT JOIN (SELECT * FROM (" NAMED "UNION ALL " EVERYONE_NAMED "UNION ALL " REACTIONS
               "UNION ALL " REPLIES ") a ORDER BY ts DESC, room_id DESC, at DESC LIMIT $5::bigint) i ON true "
               "LEFT JOIN chat.events t ON t.room_id = i.room_id AND t.seq = i.seq "
               "LEFT JOIN chat.changes g ON g.room_id = i.room_id AND g.seq = i.seq "
               "ORDER BY i.ts DESC, i.room_id DESC, i.at DESC",
               &v, on_activity);
}

/* ---- seen ---- */

static void on_seen(void *arg, int err, const struct db_result *r)
{
    enum { USEQ, FIRST_ROOM, MOMENT_SEEN };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) > 0)
        publish_user_event(c->calls->bus, &(struct user_event){.user = c->user,
                                                               .useq = db_int(r, 0, USEQ),
                                                               .room = db_int(r, 0, FIRST_ROOM),
                                                               .type = USER_ACTIVITY_SEEN,
                                                               .seen = db_int(r, 0, MOMENT_SEEN)});
    call_reply(c, STR("{}"));
}

/* An entry of one's own log names a room: this is of none, and names the first one. Who is in no room has nothing to
 * see. */
void call_activity_seen(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    int64_t ts = 0;
    if (c == NULL)
        return;
    call_int(c, "ts", &ts);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, ts);
    call_query(
        c,
        "WITH place AS (SELECT room_id, least($2::bigint, (extract(epoch FROM now()) * 1000)::bigint + 60000) AS seen "
        "FROM chat.members WHERE user_id = $1::bigint ORDER BY room_id LIMIT 1), "
        "moved AS (INSERT INTO chat.users AS u (user_id, last_useq, activity_seen) "
        "SELECT $1::bigint, 1, seen FROM place ON CONFLICT (user_id) DO UPDATE "
        "SET last_useq = u.last_useq + 1, activity_seen = excluded.activity_seen "
        "WHERE u.activity_seen < excluded.activity_seen RETURNING last_useq, activity_seen), "
        "gone AS (DELETE FROM chat.user_events e USING moved v "
        "WHERE e.user_id = $1::bigint AND e.type = 'activity_seen'), "
        "said AS (INSERT INTO chat.user_events (user_id, useq, type, room_id, data) "
        "SELECT $1::bigint, v.last_useq, 'activity_seen', p.room_id, jsonb_build_object('seen', v.activity_seen) "
        "FROM moved v, place p) "
        "SELECT v.last_useq, p.room_id, v.activity_seen FROM moved v, place p",
        &v, on_seen);
}
