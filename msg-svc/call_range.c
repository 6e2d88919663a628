/* range: a part of a room's log for a gateway that lost it on the way, as it was published. For no person: a gateway
 * knows itself who may see what. */
#include "calls.h"
#include "entry.h"
#include "err.h"
#include "log.h"
#include "log_rows.h"
#include "plan.h"

enum column { HEAD, HEAD_N, MVER, SEQ };

static void on_range(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0) {
        call_fail(c, ERR_ROOM_NOT_FOUND, NULL);
        return;
    }
    const struct plan_room room = {
        .last_seq = db_int(r, 0, HEAD), .last_n = db_int(r, 0, HEAD_N), .mver = db_int(r, 0, MVER)};
    struct log_rows rows = {.r = r, .room = c->room, .count = db_rows(r), .col = SEQ, .rising = true};
    if (db_is_null(r, 0, SEQ))
        rows.count = 0;
    log_rows_cut(&rows);
    if (!log_rows_whole(&rows)) {
        log_error(NULL, "hole in a room's log", "room=%lld", (long long)c->room);
        call_fail(c, ERR_INTERNAL, NULL);
        return;
    }
    for (size_t i = 0; i < rows.count; i++) {
        struct event e = log_rows_event(&rows, i);
        e.mver = plan_mver_at(&room, e.seq, e.n);
        event_payload(&c->text, &e);
        buf_char(&c->text, '\n');
    }
    call_reply(c, buf_view(&c->text));
}

void call_range(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin_any(calls, req);
    int64_t after = 0;
    if (!call_room(c))
        return;
    if (!call_int(c, "after", &after) || after < 0) {
        call_fail(c, ERR_BAD_REQUEST, "after");
        return;
    }
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, after);
    db_p_int(&v, call_limit(c, LIMIT_MAX));
    db_p_int(&v, LOG_ANSWER_BYTES + LOG_EVENT_OVERHEAD + BODY_MAX);
    call_query(
        c,
        "SELECT r.last_seq, r.last_n, r.mver, " LOG_COLUMNS_THEN(
            "e") "FROM chat.rooms r LEFT JOIN LATERAL (SELECT * FROM "
                 "(SELECT l.*, sum(octet_length(l.body) + 256) OVER (ORDER BY l.seq) AS bytes FROM "
                 "(SELECT * FROM chat.events WHERE room_id = r.id AND seq > $2::bigint ORDER BY seq LIMIT $3::bigint) l) t "
                 "WHERE t.bytes <= $4::bigint) e ON true WHERE r.id = $1::bigint ORDER BY e.seq",
        &v, on_range);
}
