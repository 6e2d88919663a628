/* read_all: I have read all rooms. Each that moves is told as by the call read. */
#include "calls.h"
#include "publish.h"

enum column { ROOM, SEQ, N, USEQ };

static void on_read(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    for (size_t i = 0; i < db_rows(r); i++) {
        int64_t room = db_int(r, i, ROOM), seq = db_int(r, i, SEQ);
        publish_user_event(c->calls->bus, &(struct user_event){.user = c->user,
                                                               .useq = db_int(r, i, USEQ),
                                                               .room = room,
                                                               .type = USER_READ,
                                                               .seq = seq,
                                                               .n = db_int(r, i, N)});
        publish_receipt(c->calls->bus, &(struct receipt){.room = room, .user = c->user, .delivered = seq, .read = seq});
    }
    call_reply(c, STR("{}"));
}

/* The new places make those told before worthless: their rows of the user's log go. */
void call_read_all(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(c,
               "WITH behind AS (SELECT m.room_id, r.last_seq, r.last_n FROM chat.members m "
               "JOIN chat.rooms r ON r.id = m.room_id WHERE m.user_id = $1::bigint AND m.read_seq < r.last_seq), "
               "moved AS (UPDATE chat.members m SET read_seq = b.last_seq, read_n = b.last_n, has_read = true, "
               "delivered_seq = greatest(m.delivered_seq, b.last_seq) FROM behind b "
               "WHERE m.user_id = $1::bigint AND m.room_id = b.room_id AND m.read_seq < b.last_seq "
               "RETURNING m.room_id, m.read_seq, m.read_n), "
               "number AS (SELECT count(*) AS n FROM moved), "
               "own AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT $1::bigint, n FROM number WHERE n > 0 "
               "ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + excluded.last_useq RETURNING last_useq), "
               "told AS (SELECT v.*, o.last_useq - k.n + row_number() OVER (ORDER BY v.room_id) AS useq "
               "FROM moved v, own o, number k), "
               "gone AS (DELETE FROM chat.user_events e USING moved v WHERE e.user_id = $1::bigint "
               "AND e.room_id = v.room_id AND e.type = 'read'), "
               "said AS (INSERT INTO chat.user_events (user_id, useq, type, room_id, data) "
               "SELECT $1::bigint, useq, 'read', room_id, jsonb_build_object('seq', read_seq, 'n', read_n) FROM told) "
               "SELECT room_id, read_seq, read_n, useq FROM told ORDER BY useq",
               &v, on_read);
}
