/* thread, follow, threads: the replies to a message, who follows them and how far he has read, and what a person
 * follows. For members of the room only. */
#include "calls.h"
#include "entry.h"
#include "err.h"
#include "log_rows.h"
#include "publish.h"

/* Of a thread: the root, the caller's place in it, and how many replies of others stand behind that. A place is kept
 * only of who follows; to others nothing is unread. */
#define PLACE                                                                                           \
    "coalesce(f.read_seq, 0), coalesce(f.following, false), CASE WHEN f.following THEN "                \
    "(SELECT count(*) FROM (SELECT FROM chat.events x WHERE x.room_id = l.room_id AND x.about = l.seq " \
    "AND x.type = 'reply' AND x.seq > f.read_seq AND x.sender <> $1::bigint LIMIT 1000) n) ELSE 0 END "

static void write_thread(struct jsonw *w, const char *key, const struct event *root, const struct db_result *r,
                         size_t row, int col, int64_t user)
{
    jsonw_obj(w, key);
    jsonw_id(w, "room", root->room);
    event_write(w, "root", root, root->sender == user);
    jsonw_int(w, "unread", db_int(r, row, col + 2));
    jsonw_int(w, "read_seq", db_int(r, row, col));
    jsonw_bool(w, "following", db_bool(r, row, col + 1));
    jsonw_obj_end(w);
}

/* ---- thread ---- */

static void ask_thread(struct call *c);

enum { KIND, INSIDE, ROOT, PLACE_OF = ROOT + LOG_COLUMNS_N, REPLY = PLACE_OF + 3 };

static void on_thread(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask_thread))
        return;
    if (db_is_null(r, 0, ROOT)) {
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
        return;
    }
    size_t found = db_is_null(r, 0, REPLY) ? 0 : db_rows(r);
    struct log_rows root = {.r = r, .room = c->room, .count = 1, .col = ROOT};
    struct log_rows rows = {.r = r, .room = c->room, .count = found, .col = REPLY, .rising = c->rising};
    if (rows.count > (size_t)c->limit)
        rows.count = (size_t)c->limit;
    log_rows_cut(&rows);
    struct event e = log_rows_event(&root, 0);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    write_thread(&w, "thread", &e, r, 0, PLACE_OF, c->user);
    log_events_write(&w, "replies", &rows, c->user);
    jsonw_bool(&w, "complete", rows.count == found);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

#define THREAD(order)                                                                                                    \
    "SELECT r.kind, r.inside, " LOG_COLUMNS("l") ", " PLACE ", " LOG_COLUMNS(                                            \
        "e") "FROM (SELECT id, kind, EXISTS (SELECT FROM chat.members WHERE room_id = $2::bigint "                       \
             "AND user_id = $1::bigint) AS inside FROM chat.rooms WHERE id = $2::bigint) r "                             \
             "LEFT JOIN chat.log l ON r.inside AND l.room_id = r.id AND l.seq = $3::bigint AND l.type = 'message' "      \
             "LEFT JOIN chat.follows f ON f.room_id = l.room_id AND f.root = l.seq AND f.user_id = $1::bigint "          \
             "LEFT JOIN LATERAL (SELECT * FROM chat.log WHERE room_id = l.room_id AND about = l.seq AND type = 'reply' " \
             "AND seq > $4::bigint AND seq < $5::bigint ORDER BY seq " order " LIMIT $6::bigint) e ON true "             \
             "ORDER BY e.seq " order

static void ask_thread(struct call *c)
{
    int64_t after = 0, before = INT64_MAX;
    c->rising = call_int(c, "after", &after);
    call_int(c, "before", &before);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, c->room);
    db_p_int(&v, c->other);
    db_p_int(&v, after);
    db_p_int(&v, before);
    db_p_int(&v, c->limit + 1);
    call_query(c, c->rising ? THREAD("ASC") : THREAD("DESC"), &v, on_thread);
}

static bool begin(struct call *c)
{
    if (c == NULL || !call_room(c))
        return false;
    if (call_int(c, "seq", &c->other) && c->other > 0)
        return true;
    call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
    return false;
}

void call_thread(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (begin(c))
        ask_thread(c);
}

/* ---- follow ---- */

static void ask_follow(struct call *c);

static void on_follow(void *arg, int err, const struct db_result *r)
{
    enum { PLACE_NOW = ROOT + 1, FOLLOWING, USEQ };
    struct call *c = arg;
    if (call_raced(c, err, r)) {
        ask_follow(c);
        return;
    }
    if (!call_inside(c, err, r, ask_follow))
        return;
    if (db_is_null(r, 0, ROOT)) {
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
        return;
    }
    if (!db_is_null(r, 0, USEQ))
        publish_user_event(c->calls->bus, &(struct user_event){.user = c->user,
                                                               .useq = db_int(r, 0, USEQ),
                                                               .room = c->room,
                                                               .type = USER_THREAD_READ,
                                                               .root = c->other,
                                                               .seq = db_int(r, 0, PLACE_NOW),
                                                               .following = db_bool(r, 0, FOLLOWING)});
    call_reply(c, STR("{}"));
}

/* A place goes only forwards, and not beyond the room's end. Only to say how far one has read does not begin to follow.
 * What changes is told to the caller's other devices, and makes worthless what they were told of this thread before. */
static void ask_follow(struct call *c)
{
    int64_t seq = 0;
    bool on = false;
    bool chosen = jval_get_bool(c->args, "following", &on);
    call_int(c, "read_seq", &seq);
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    db_p_int(&v, seq);
    db_p_int(&v, chosen && on);
    db_p_int(&v, chosen);
    call_query(c,
               "WITH r AS (SELECT id, kind, last_seq, EXISTS (SELECT FROM chat.members WHERE room_id = $1::bigint "
               "AND user_id = $2::bigint) AS inside FROM chat.rooms WHERE id = $1::bigint), "
               "root AS (SELECT e.seq, least($4::bigint, r.last_seq) AS place FROM r JOIN chat.events e "
               "ON r.inside AND e.room_id = r.id AND e.seq = $3::bigint AND e.type = 'message'), "
               "made AS (INSERT INTO chat.follows AS f (room_id, root, user_id, following, read_seq) "
               "SELECT $1::bigint, seq, $2::bigint, CASE WHEN $6::int = 1 THEN $5::int = 1 END, place FROM root "
               "ON CONFLICT (room_id, root, user_id) DO UPDATE SET read_seq = greatest(f.read_seq, excluded.read_seq), "
               "following = coalesce(excluded.following, f.following) "
               "WHERE f.read_seq < excluded.read_seq OR coalesce(excluded.following <> f.following, "
               "excluded.following IS NOT NULL) RETURNING f.read_seq, coalesce(f.following, false) AS following), "
               "named AS (UPDATE chat.mentions n SET unread = false FROM made k WHERE n.user_id = $2::bigint "
               "AND n.room_id = $1::bigint AND n.root = $3::bigint AND n.unread AND n.seq <= k.read_seq), "
               "own AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT $2::bigint, 1 FROM made "
               "ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + 1 RETURNING last_useq), "
               "gone AS (DELETE FROM chat.user_events e USING made k WHERE e.user_id = $2::bigint "
               "AND e.room_id = $1::bigint AND e.type = 'thread_read' AND (e.data ->> 'root')::bigint = $3::bigint), "
               "said AS (INSERT INTO chat.user_events (user_id, useq, type, room_id, data) "
               "SELECT $2::bigint, o.last_useq, 'thread_read', $1::bigint, jsonb_build_object('root', $3::bigint, "
               "'seq', k.read_seq, 'following', k.following) FROM own o, made k) "
               "SELECT r.kind, r.inside, root.seq, k.read_seq, k.following, o.last_useq "
               "FROM r LEFT JOIN root ON true LEFT JOIN made k ON true LEFT JOIN own o ON true",
               &v, on_follow);
}

void call_follow(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (begin(c))
        ask_follow(c);
}

/* ---- threads ---- */

static void on_threads(void *arg, int err, const struct db_result *r)
{
    enum { ROOM, FIRST, PLACE_AT = FIRST + LOG_COLUMNS_N, LAST_REPLY = PLACE_AT + 3 };
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t count = db_rows(r) > (size_t)c->limit ? (size_t)c->limit : db_rows(r);
    struct log_rows rows = {.r = r, .count = count, .col = FIRST};
    log_rows_cut(&rows);
    rows.count = page_end(r, rows.count, LAST_REPLY);
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "threads");
    for (size_t i = 0; i < rows.count; i++) {
        rows.room = db_int(r, i, ROOM);
        struct event root = log_rows_event(&rows, i);
        write_thread(&w, NULL, &root, r, i, PLACE_AT, c->user);
    }
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", rows.count == db_rows(r));
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_threads(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    int64_t before = INT64_MAX;
    if (c == NULL)
        return;
    call_int(c, "before", &before);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, before);
    db_p_int(&v, c->limit + 1);
    call_query(
        c,
        "SELECT l.room_id, " LOG_COLUMNS(
            "l") ", " PLACE
                 ", (extract(epoch FROM f.last_reply) * 1000)::bigint FROM (SELECT f.*, c.last_reply FROM chat.follows f "
                 "JOIN chat.members m ON m.room_id = f.room_id AND m.user_id = f.user_id "
                 "JOIN chat.changes c ON c.room_id = f.room_id AND c.seq = f.root AND c.replies > 0 "
                 "WHERE f.user_id = $1::bigint AND f.following "
                 "AND (extract(epoch FROM c.last_reply) * 1000)::bigint < $2::bigint "
                 "ORDER BY c.last_reply DESC FETCH FIRST ($3::bigint) ROWS WITH TIES) f "
                 "JOIN chat.log l ON l.room_id = f.room_id AND l.seq = f.root "
                 "ORDER BY f.last_reply DESC, f.room_id, f.root",
        &v, on_threads);
}
