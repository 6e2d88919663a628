/* delivered: a device of mine holds the room up to seq. Never goes back, never beyond the head; authors are told. */
#include "calls.h"
#include "err.h"
#include "publish.h"

enum column { KIND, INSIDE, DELIVERED, READ, OTHERS };

static void ask(struct call *c);

/* What an author is shown is the furthest of anybody but himself. So a mark is news as long as no two others are as
 * far: one of two may be the author himself. */
static void on_delivered(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask))
        return;
    int64_t delivered = db_int(r, 0, DELIVERED);
    if (!db_is_null(r, 0, DELIVERED) && delivered > db_int(r, 0, OTHERS))
        publish_receipt(
            c->calls->bus,
            &(struct receipt){.room = c->room, .user = c->user, .delivered = delivered, .read = db_int(r, 0, READ)});
    call_reply(c, STR("{}"));
}

static void ask(struct call *c)
{
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, c->other);
    /* The UPDATE checks the mark again on the locked row: of two at once the higher stays. */
    call_query(c,
               "WITH mark AS (SELECT least($3::bigint, r.last_seq) AS seq FROM chat.rooms r WHERE r.id = $1::bigint), "
               "moved AS (UPDATE chat.members m SET delivered_seq = k.seq FROM mark k "
               "WHERE m.room_id = $1::bigint AND m.user_id = $2::bigint AND m.delivered_seq < k.seq "
               "RETURNING m.delivered_seq, CASE WHEN m.has_read AND NOT EXISTS (SELECT FROM auth.discreet h "
               "WHERE h.id = m.user_id) THEN m.read_seq ELSE 0 END AS read_seq) "
               "SELECT r.kind, m.user_id IS NOT NULL, v.delivered_seq, v.read_seq, "
               "coalesce((SELECT d.delivered_seq FROM chat.members d WHERE d.room_id = $1::bigint "
               "AND d.user_id <> $2::bigint ORDER BY d.delivered_seq DESC OFFSET 1 LIMIT 1), 0) "
               "FROM chat.rooms r LEFT JOIN chat.members m ON m.room_id = r.id AND m.user_id = $2::bigint "
               "LEFT JOIN moved v ON true WHERE r.id = $1::bigint",
               &v, on_delivered);
}

void call_delivered(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL || !call_room(c))
        return;
    if (!call_int(c, "seq", &c->other) || c->other < 0)
        call_fail(c, ERR_BAD_REQUEST, "seq");
    else
        ask(c);
}
