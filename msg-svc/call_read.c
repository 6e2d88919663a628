/* read: I have read the room up to seq. Never goes back, never beyond the head; says so to my other devices. Where the
 * caller put his place back meanwhile (unread), what was read before that moves nothing. */
#include "calls.h"
#include "err.h"
#include "publish.h"

enum column { KIND, INSIDE, SEQ, N, USEQ, DELIVERED, OTHERS_READ, OTHERS_DELIVERED, DISCREET, TOLD, GEN };

static void ask(struct call *c);

/* As far as to be news for somebody: see call_delivered. Who does not tell what they have read has received it. */
static void tell_others(struct call *c, const struct db_result *r, int64_t seq)
{
    int64_t delivered = db_int(r, 0, DELIVERED), read = db_bool(r, 0, DISCREET) ? 0 : seq;
    if (!db_is_null(r, 0, DELIVERED) &&
        (read > db_int(r, 0, OTHERS_READ) || delivered > db_int(r, 0, OTHERS_DELIVERED)))
        publish_receipt(c->calls->bus,
                        &(struct receipt){.room = c->room, .user = c->user, .delivered = delivered, .read = read});
}

static void on_read(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_raced(c, err, r)) {
        ask(c);
        return;
    }
    if (!call_inside(c, err, r, ask))
        return;
    int64_t seq = db_int(r, 0, SEQ), n = db_int(r, 0, N);
    if (!db_is_null(r, 0, USEQ))
        publish_user_event(c->calls->bus, &(struct user_event){.user = c->user,
                                                               .useq = db_int(r, 0, USEQ),
                                                               .room = c->room,
                                                               .type = USER_READ,
                                                               .seq = seq,
                                                               .n = n,
                                                               .gen = db_int(r, 0, GEN)});
    tell_others(c, r, db_int(r, 0, TOLD));
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", c->room);
    jsonw_int(&w, "seq", seq);
    jsonw_int(&w, "n", n);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void ask(struct call *c)
{
    int64_t gen = -1;
    struct db_params v = {0};
    call_int(c, "gen", &gen);
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    db_p_int(&v, gen);
    /* The UPDATE checks the position again on the locked row: of two at once the higher stays. The new position makes
     * the one told before worthless: its row of the user's log goes. */
    call_query(c,
               "WITH mark AS (SELECT least($3::bigint, r.last_seq) AS seq FROM chat.rooms r WHERE r.id = $1::bigint), "
               "place AS (SELECT k.seq, coalesce(e.n, 0) AS n FROM mark k "
               "LEFT JOIN chat.events e ON e.room_id = $1::bigint AND e.seq = k.seq), "
               "moved AS (UPDATE chat.members m SET read_seq = greatest(m.read_seq, p.seq), "
               "read_n = greatest(m.read_n, p.n), back_seq = CASE WHEN p.seq < m.read_seq THEN p.seq END, "
               "back_n = CASE WHEN p.seq < m.read_seq THEN p.n END, has_read = true, "
               "delivered_seq = greatest(m.delivered_seq, p.seq) FROM place p "
               "WHERE m.room_id = $1::bigint AND m.user_id = $2::bigint AND $4::bigint IN (-1, m.read_gen) "
               "AND (coalesce(m.back_seq, m.read_seq) < p.seq OR (m.read_seq = p.seq AND NOT m.has_read)) "
               "RETURNING p.seq, p.n, m.delivered_seq, m.read_seq AS told, m.read_gen), "
               "own AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT $2::bigint, 1 FROM moved "
               "ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + 1 RETURNING last_useq), "
               "said AS (INSERT INTO chat.user_events (user_id, useq, type, room_id, data) "
               "SELECT $2::bigint, o.last_useq, 'read', $1::bigint, "
               "jsonb_build_object('seq', v.seq, 'n', v.n, 'gen', v.read_gen) FROM own o, moved v), "
               "gone AS (DELETE FROM chat.user_events e USING moved v "
               "WHERE e.user_id = $2::bigint AND e.room_id = $1::bigint AND e.type = 'read') "
               "SELECT r.kind, m.user_id IS NOT NULL, coalesce(v.seq, m.back_seq, m.read_seq), "
               "coalesce(v.n, m.back_n, m.read_n), "
               "o.last_useq, v.delivered_seq, "
               "coalesce((SELECT d.read_seq FROM chat.members d WHERE d.room_id = $1::bigint AND d.has_read "
               "AND d.user_id <> $2::bigint AND NOT EXISTS (SELECT FROM auth.discreet h WHERE h.id = d.user_id) "
               "ORDER BY d.read_seq DESC OFFSET 1 LIMIT 1), 0), "
               "coalesce((SELECT d.delivered_seq FROM chat.members d WHERE d.room_id = $1::bigint "
               "AND d.user_id <> $2::bigint ORDER BY d.delivered_seq DESC OFFSET 1 LIMIT 1), 0), "
               "EXISTS (SELECT FROM auth.discreet h WHERE h.id = $2::bigint), v.told, v.read_gen "
               "FROM chat.rooms r "
               "LEFT JOIN chat.members m ON m.room_id = r.id AND m.user_id = $2::bigint "
               "LEFT JOIN moved v ON true LEFT JOIN own o ON true WHERE r.id = $1::bigint",
               &v, on_read);
}

void call_read(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL || !call_room(c))
        return;
    if (!call_int(c, "seq", &c->other) || c->other < 0)
        call_fail(c, ERR_BAD_REQUEST, "seq");
    else
        ask(c);
}
