/* history: part of a room's log, without a hole, as of one moment. For members only. */
#include "calls.h"
#include "entry.h"
#include "err.h"
#include "log.h"
#include "log_rows.h"

enum column { KIND, INSIDE, HEAD, HEAD_N, SEQ };

static void ask(struct call *c);

static void on_history(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_inside(c, err, r, ask))
        return;
    struct log_batch batch = {
        .rows = {.r = r, .room = c->room, .count = db_rows(r), .col = SEQ, .rising = c->rising},
        .user = c->user,
        .head = db_int(r, 0, HEAD),
        .n = db_int(r, 0, HEAD_N),
        .at = c->other,
    };
    if (db_is_null(r, 0, SEQ))
        batch.rows.count = 0; /* The room's row came alone. */
    log_rows_cut(&batch.rows);
    if (!log_rows_whole(&batch.rows)) {
        log_error(NULL, "hole in a room's log", "room=%lld", (long long)c->room);
        call_fail(c, ERR_INTERNAL, NULL);
        return;
    }
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    log_batch_write(&w, &batch);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

/* Membership, head and events come from one statement, so from one snapshot. What the answer cannot take is not even
 * sent: $6 is its bytes and one event more, so that the first is always there. */
#define HISTORY(order)                                                                                           \
    "SELECT r.kind, r.inside, r.last_seq, r.last_n, " LOG_COLUMNS(                                               \
        "e") "FROM (SELECT id, kind, last_seq, last_n, "                                                         \
             "EXISTS (SELECT FROM chat.members WHERE room_id = $1::bigint AND user_id = $2::bigint) AS inside "  \
             "FROM chat.rooms WHERE id = $1::bigint) r "                                                         \
             "LEFT JOIN LATERAL (SELECT * FROM (SELECT l.*, sum(" LOG_BYTES(                                     \
                 "l") ") OVER (ORDER BY l.seq " order ")"                                                        \
                      " AS bytes FROM (SELECT * FROM chat.log WHERE room_id = r.id AND r.inside "                \
                      "AND seq > $3::bigint AND seq < $4::bigint ORDER BY seq " order " LIMIT $5::bigint) l) t " \
                      "WHERE t.bytes <= $6::bigint) e ON true "                                                  \
                      "ORDER BY e.seq " order

static void ask(struct call *c)
{
    int64_t after = 0, before = INT64_MAX;
    bool lower = call_int(c, "after", &after), upper = call_int(c, "before", &before);
    c->rising = lower;
    c->other = lower ? after : upper ? before : 0;
    struct db_params v = {0};
    db_p_int(&v, c->room);
    db_p_int(&v, c->user);
    db_p_int(&v, after);
    db_p_int(&v, before);
    db_p_int(&v, call_limit(c, LIMIT_DEFAULT));
    db_p_int(&v, LOG_ANSWER_BYTES + LOG_EVENT_OVERHEAD + BODY_MAX);
    call_query(c, c->rising ? HISTORY("ASC") : HISTORY("DESC"), &v, on_history);
}

void call_history(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        ask(c);
}
