/* open: a person connects. Makes a newcomer a member of the rooms everyone is in, then says which rooms are his. */
#include "calls.h"
#include "clock.h"
#include "err.h"
#include "publish.h"

enum column { EPOCH, USEQ, WELCOMED, ROOM, MVER };

static void look(struct call *c);

static void on_welcomed(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (call_raced(c, err, r)) {
        look(c);
        return;
    }
    if (!call_answered(c, err, r))
        return;
    c->welcomed = true;
    for (size_t i = 0; i < db_rows(r); i++)
        publish_event(c->calls->bus, &(struct event){.room = db_int(r, i, 0),
                                                     .seq = db_int(r, i, 1),
                                                     .n = db_int(r, i, 2),
                                                     .mver = db_int(r, i, 3),
                                                     .ts = db_int(r, i, 4),
                                                     .type = EVENT_JOINED,
                                                     .sender = c->user,
                                                     .member = c->user});
    look(c);
}

/* Of several connections at once one gets the user's row to welcome; the others wait for it and then find it done. The
 * room's row is locked by its UPDATE, whose RETURNING gives the event its seq: as in a batch, commit order is seq
 * order. */
static void welcome(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_int(&v, clock_wall_ms());
    db_p_int(&v, c->calls->room_capacity);
    call_query(
        c,
        "WITH me AS (INSERT INTO chat.users AS u (user_id, welcomed) SELECT id, true FROM auth.people "
        "WHERE id = $1::bigint ON CONFLICT (user_id) DO UPDATE SET welcomed = true WHERE NOT u.welcomed "
        "RETURNING user_id), "
        "moved AS (UPDATE chat.rooms r SET last_seq = last_seq + 1, mver = mver + 1, member_count = member_count + 1 "
        "FROM me WHERE r.everyone AND r.member_count < $3::bigint AND NOT EXISTS "
        "(SELECT FROM chat.members m WHERE m.room_id = r.id AND m.user_id = me.user_id) "
        "RETURNING r.id, r.last_seq, r.last_n, r.mver), "
        "inside AS (INSERT INTO chat.members (room_id, user_id, read_seq, read_n) "
        "SELECT id, $1::bigint, last_seq, last_n FROM moved), "
        "said AS (INSERT INTO chat.events (room_id, seq, n, type, sender, ts, data) "
        "SELECT id, last_seq, last_n, 'joined', $1::bigint, to_timestamp($2::bigint / 1000.0), "
        "jsonb_build_object('user', $1::bigint::text) FROM moved) "
        "SELECT id, last_seq, last_n, mver, $2::bigint FROM moved ORDER BY id",
        &v, on_welcomed);
}

static void on_look(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_INTERNAL, NULL);
        return;
    }
    if (!db_bool(r, 0, WELCOMED) && !c->welcomed) {
        welcome(c);
        return;
    }
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "epoch", db_str(r, 0, EPOCH));
    jsonw_int(&w, "useq", db_int(r, 0, USEQ));
    jsonw_arr(&w, "rooms");
    for (size_t i = 0; i < db_rows(r); i++) {
        if (db_is_null(r, i, ROOM))
            continue;
        jsonw_obj(&w, NULL);
        jsonw_id(&w, "room", db_int(r, i, ROOM));
        jsonw_int(&w, "mver", db_int(r, i, MVER));
        jsonw_obj_end(&w);
    }
    jsonw_arr_end(&w);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

static void look(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->user);
    call_query(
        c,
        "SELECT e.epoch, coalesce(u.last_useq, 0), coalesce(u.welcomed, false), r.id, r.mver FROM chat.epoch e "
        "LEFT JOIN chat.users u ON u.user_id = $1::bigint "
        "LEFT JOIN (chat.members m JOIN chat.rooms r ON r.id = m.room_id) ON m.user_id = $1::bigint ORDER BY r.id",
        &v, on_look);
}

void call_open(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL)
        look(c);
}
