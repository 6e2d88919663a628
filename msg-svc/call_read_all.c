/* read_all: I have read all rooms, and all threads that I follow. Each room that moves is told as by the call read, the
 * threads of a room together. */
#include "calls.h"
#include "publish.h"

enum column { ROOM, SEQ, N, USEQ, GEN, IS_ROOM, DISCREET };

static void ask(struct call *c);

static void on_read(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_raced(c, err, r)) {
        ask(c);
        return;
    }
    if (!call_answered(c, err, r))
        return;
    for (size_t i = 0; i < db_rows(r); i++) {
        int64_t room = db_int(r, i, ROOM), seq = db_int(r, i, SEQ);
        bool is_room = db_bool(r, i, IS_ROOM), discreet = db_bool(r, i, DISCREET);
        publish_user_event(c->calls->bus, &(struct user_event){.user = c->user,
                                                               .useq = db_int(r, i, USEQ),
                                                               .room = room,
                                                               .type = is_room ? USER_READ : USER_THREAD_READ,
                                                               .seq = seq,
                                                               .n = db_int(r, i, N),
                                                               .gen = db_int(r, i, GEN)});
        if (is_room)
            publish_receipt(
                c->calls->bus,
                &(struct receipt){.room = room, .user = c->user, .delivered = seq, .read = discreet ? 0 : seq});
    }
    call_reply(c, STR("{}"));
}

/* Of a room in which a thread has something unread the places of all threads move: its devices are told of all of them.
 * The new places make those told before worthless: their rows of the user's log go. Members' rows are locked in the
 * order that a batch locks them in. */
static void ask(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(
        c,
        "WITH behind AS (SELECT m.room_id, r.last_seq, r.last_n FROM chat.members m "
        "JOIN chat.rooms r ON r.id = m.room_id WHERE m.user_id = $1::bigint "
        "AND coalesce(m.back_seq, m.read_seq) < r.last_seq ORDER BY m.room_id FOR NO KEY UPDATE OF m), "
        "moved AS (UPDATE chat.members m SET read_seq = greatest(m.read_seq, b.last_seq), "
        "read_n = greatest(m.read_n, b.last_n), back_seq = NULL, back_n = NULL, has_read = true, "
        "delivered_seq = greatest(m.delivered_seq, b.last_seq) FROM behind b "
        "WHERE m.user_id = $1::bigint AND m.room_id = b.room_id "
        "RETURNING m.room_id, m.read_seq, m.read_n, m.read_gen), "
        "named AS (UPDATE chat.mentions n SET unread = false FROM chat.rooms r, chat.members m "
        "WHERE n.user_id = $1::bigint AND n.unread AND r.id = n.room_id AND m.room_id = n.room_id "
        "AND m.user_id = n.user_id RETURNING n.room_id, r.last_seq), "
        "threads AS (SELECT f.room_id, r.last_seq FROM chat.follows f "
        "JOIN chat.members m ON m.room_id = f.room_id AND m.user_id = f.user_id "
        "JOIN chat.rooms r ON r.id = f.room_id WHERE f.user_id = $1::bigint AND f.following "
        "AND EXISTS (SELECT FROM chat.events x WHERE x.room_id = f.room_id AND x.about = f.root "
        "AND x.type = 'reply' AND x.seq > f.read_seq AND x.sender <> $1::bigint) "
        "UNION SELECT * FROM named), "
        "placed AS (UPDATE chat.follows f SET read_seq = t.last_seq FROM threads t "
        "WHERE f.user_id = $1::bigint AND f.room_id = t.room_id AND f.read_seq < t.last_seq), "
        "told AS (SELECT room_id, read_seq AS seq, read_n AS n, read_gen AS gen, true AS is_room FROM moved "
        "UNION ALL SELECT room_id, last_seq, 0, 0, false FROM threads), "
        "number AS (SELECT count(*) AS n FROM told), "
        "own AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT $1::bigint, n FROM number WHERE n > 0 "
        "ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + excluded.last_useq RETURNING last_useq), "
        "numbered AS (SELECT t.*, o.last_useq - k.n + row_number() OVER (ORDER BY t.is_room, t.room_id) AS useq "
        "FROM told t, own o, number k), "
        "gone AS (DELETE FROM chat.user_events e USING moved t WHERE e.user_id = $1::bigint "
        "AND e.room_id = t.room_id AND e.type = 'read'), "
        "said AS (INSERT INTO chat.user_events (user_id, useq, type, room_id, data) "
        "SELECT $1::bigint, useq, CASE WHEN is_room THEN 'read' ELSE 'thread_read' END, room_id, "
        "jsonb_build_object('seq', seq, 'n', n, 'gen', gen) FROM numbered) "
        "SELECT room_id, seq, n, useq, gen, is_room, EXISTS (SELECT FROM auth.discreet h WHERE h.id = $1::bigint) "
        "FROM numbered ORDER BY useq",
        &v, on_read);
}

void call_read_all(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL)
        ask(c);
}
