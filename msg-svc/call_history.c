/* history: part of a room's log, without a hole, as of one moment. For members only. */
#include "calls.h"
#include "entry.h"
#include "err.h"
#include "event.h"
#include "log.h"

enum column { KIND, INSIDE, HEAD, HEAD_N, SEQ, N, TYPE, SENDER, CMID, TS, BODY, MEMBER };

/* Beyond so many bytes an answer is cut: it must fit what a gateway queues for one socket. */
enum { ANSWER_BYTES = 256 * 1024, EVENT_OVERHEAD = 256 };

static struct event event_of(const struct call *c, const struct db_result *r, size_t row)
{
    struct event e = {.room = c->room,
                      .seq = db_int(r, row, SEQ),
                      .n = db_int(r, row, N),
                      .sender = db_int(r, row, SENDER),
                      .cmid = db_str(r, row, CMID),
                      .ts = db_int(r, row, TS),
                      .body = db_str(r, row, BODY),
                      .member = db_int(r, row, MEMBER)};
    event_type_parse(db_str(r, row, TYPE), &e.type);
    return e;
}

/* How many rows, from the one nearest the cursor, the answer takes: at least one. */
static size_t rows_that_fit(const struct db_result *r, size_t count)
{
    size_t bytes = 0, n = 0;
    while (n < count) {
        bytes += EVENT_OVERHEAD + db_str(r, n, BODY).n;
        if (bytes > ANSWER_BYTES && n > 0)
            break;
        n++;
    }
    return n;
}

/* Rows run away from the cursor: each seq is the neighbour of the last. */
static bool has_hole(const struct call *c, const struct db_result *r, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (db_int(r, i, SEQ) != db_int(r, i - 1, SEQ) + (c->rising ? 1 : -1))
            return true;
    return false;
}

static void write_answer(struct call *c, const struct db_result *r, size_t count)
{
    int64_t head = db_int(r, 0, HEAD), from = c->other, to = c->other;
    bool complete = true;
    if (count > 0) {
        int64_t first = db_int(r, 0, SEQ), last = db_int(r, count - 1, SEQ);
        from = c->rising ? first : last;
        to = c->rising ? last : first;
        complete = c->rising ? to >= head : from == 1;
    }
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_id(&w, "room", c->room);
    jsonw_int(&w, "from", from);
    jsonw_int(&w, "to", to);
    jsonw_int(&w, "head", head);
    jsonw_int(&w, "n", db_int(r, 0, HEAD_N));
    jsonw_arr(&w, "events");
    for (size_t i = 0; i < count; i++) {
        struct event e = event_of(c, r, c->rising ? i : count - 1 - i);
        event_write(&w, NULL, &e, e.sender == c->user);
    }
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", complete);
    jsonw_obj_end(&w);
}

static void ask(struct call *c);

static void on_history(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    if (db_rows(r) == 0 || !db_bool(r, 0, INSIDE)) {
        call_outside(c, db_rows(r) > 0 && str_is(db_str(r, 0, KIND), "public"), ask);
        return;
    }
    /* The room's row comes alone when there are no events. */
    size_t count = db_is_null(r, 0, SEQ) ? 0 : rows_that_fit(r, db_rows(r));
    if (has_hole(c, r, count)) {
        log_error(NULL, "hole in a room's log", "room=%lld", (long long)c->room);
        call_fail(c, ERR_INTERNAL, NULL);
        return;
    }
    write_answer(c, r, count);
    call_reply(c, buf_view(&c->text));
}

/* Membership, head and events come from one statement, so from one snapshot. What the answer cannot take is not even
 * sent: $6 is its bytes and one event more, so that the first is always there. */
#define HISTORY(order)                                                                                              \
    "SELECT r.kind, r.inside, r.last_seq, r.last_n, e.seq, e.n, e.type, e.sender, e.cmid, "                         \
    "(extract(epoch FROM e.ts) * 1000)::bigint, e.body, coalesce((e.data ->> 'user')::bigint, 0) "                  \
    "FROM (SELECT id, kind, last_seq, last_n, "                                                                     \
    "EXISTS (SELECT FROM chat.members WHERE room_id = $1::bigint AND user_id = $2::bigint) AS inside "              \
    "FROM chat.rooms WHERE id = $1::bigint) r "                                                                     \
    "LEFT JOIN LATERAL (SELECT * FROM (SELECT l.*, sum(octet_length(l.body) + 256) OVER (ORDER BY l.seq " order ")" \
    " AS bytes FROM (SELECT * FROM chat.events WHERE room_id = r.id AND r.inside "                                  \
    "AND seq > $3::bigint AND seq < $4::bigint ORDER BY seq " order " LIMIT $5::bigint) l) t "                      \
    "WHERE t.bytes <= $6::bigint) e ON true "                                                                       \
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
    db_p_int(&v, ANSWER_BYTES + EVENT_OVERHEAD + BODY_MAX);
    call_query(c, c->rising ? HISTORY("ASC") : HISTORY("DESC"), &v, on_history);
}

void call_history(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c != NULL && call_room(c))
        ask(c);
}
