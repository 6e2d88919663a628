/* unread: a message and all behind it are unread again. The caller's place goes back to before it, and his devices get
 * the room anew; how far others know him to have read stays. */
#include "calls.h"
#include "err.h"
#include "publish.h"
#include "room_view.h"

enum column { KIND, INSIDE, THERE, SEQ, N, GEN, USEQ };

static void ask(struct call *c);

static void on_view(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) > 0) {
        struct buf info = {0};
        struct jsonw w = jsonw_on(&info);
        room_view_write(&w, NULL, r, 0);
        publish_user_event(c->calls->bus, &(struct user_event){.user = c->user,
                                                               .useq = c->other,
                                                               .room = c->room,
                                                               .type = USER_ROOM_CHANGED,
                                                               .room_info = buf_view(&info)});
        buf_fini(&info);
    }
    call_reply(c, buf_view(&c->text));
}

static void on_back(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_raced(c, err, r)) {
        ask(c);
        return;
    }
    if (!call_inside(c, err, r, ask))
        return;
    if (!db_bool(r, 0, THERE)) {
        call_fail(c, ERR_MESSAGE_NOT_FOUND, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", c->room);
    jsonw_int(&w, "seq", db_int(r, 0, SEQ));
    jsonw_int(&w, "n", db_int(r, 0, N));
    jsonw_int(&w, "gen", db_int(r, 0, GEN));
    jsonw_obj_end(&w);
    c->other = db_int(r, 0, USEQ);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, c->room);
    call_query(c, ROOM_VIEW_SELECT("SELECT $1::bigint, $2::bigint"), &v, on_view);
}

/* It only goes back; where the message is unread as it is, a new generation still begins, so that no mark on its way
 * takes that away. */
static void ask(struct call *c)
{
    int64_t seq = 0;
    struct db_params v = {0};
    call_int(c, "seq", &seq);
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, seq);
    call_query(c,
               "WITH place AS (SELECT e.seq - 1 AS seq, e.n - 1 AS n FROM chat.events e "
               "WHERE e.room_id = $1::bigint AND e.seq = $3::bigint AND e.type = 'message'), "
               "moved AS (UPDATE chat.members m SET read_gen = m.read_gen + 1, "
               "back_seq = CASE WHEN p.seq < coalesce(m.back_seq, m.read_seq) THEN p.seq ELSE m.back_seq END, "
               "back_n = CASE WHEN p.seq < coalesce(m.back_seq, m.read_seq) THEN p.n ELSE m.back_n END FROM place p "
               "WHERE m.room_id = $1::bigint AND m.user_id = $2::bigint "
               "RETURNING coalesce(m.back_seq, m.read_seq) AS seq, coalesce(m.back_n, m.read_n) AS n, m.read_gen), "
               "gone AS (DELETE FROM chat.user_events e USING moved v WHERE e.user_id = $2::bigint "
               "AND e.room_id = $1::bigint AND e.type IN ('read', 'room_changed')), "
               "own AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT $2::bigint, 1 FROM moved "
               "ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + 1 RETURNING last_useq), "
               "said AS (INSERT INTO chat.user_events (user_id, useq, type, room_id) "
               "SELECT $2::bigint, last_useq, 'room_changed', $1::bigint FROM own) "
               "SELECT r.kind, m.user_id IS NOT NULL, v.seq IS NOT NULL, v.seq, v.n, v.read_gen, o.last_useq "
               "FROM chat.rooms r LEFT JOIN chat.members m ON m.room_id = r.id AND m.user_id = $2::bigint "
               "LEFT JOIN moved v ON true LEFT JOIN own o ON true WHERE r.id = $1::bigint",
               &v, on_back);
}

void call_unread(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        ask(c);
}
