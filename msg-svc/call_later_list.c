/* later: what I keep for later, a page at a time, each message as it reads now. */
#include "calls.h"
#include "later.h"
#include "log_rows.h"

enum { EVENT = LATER_COLUMNS_N };
enum column { ID, PLACE, ROOM, SEQ, NOTE, SAVED, REMIND, DUE, DONE };

static void put_time(struct jsonw *w, const char *key, const struct db_result *r, size_t row, int col)
{
    if (!db_is_null(r, row, col))
        jsonw_int(w, key, db_int(r, row, col));
}

void later_begin(struct jsonw *w, const struct db_result *r, size_t row, int col)
{
    jsonw_obj(w, NULL);
    jsonw_id(w, "id", db_int(r, row, col + ID));
    jsonw_int(w, "place", db_int(r, row, col + PLACE));
    jsonw_id(w, "room", db_int(r, row, col + ROOM));
    if (db_int(r, row, col + SEQ) > 0)
        jsonw_int(w, "seq", db_int(r, row, col + SEQ));
    if (db_str(r, row, col + NOTE).n > 0)
        jsonw_str(w, "note", db_str(r, row, col + NOTE));
    put_time(w, "saved_at", r, row, col + SAVED);
    put_time(w, "remind_at", r, row, col + REMIND);
    put_time(w, "due_at", r, row, col + DUE);
    put_time(w, "done_at", r, row, col + DONE);
}

static void write_item(struct jsonw *w, const struct call *c, const struct db_result *r, size_t row)
{
    struct log_rows rows = {.r = r, .room = db_int(r, row, ROOM), .first = row, .count = 1, .col = EVENT};
    later_begin(w, r, row, 0);
    if (!db_is_null(r, row, EVENT)) {
        struct event e = log_rows_event(&rows, 0);
        event_write(w, "event", &e, e.sender == c->user);
    }
    jsonw_obj_end(w);
}

/* One row more than the page was asked for tells whether there is a next page; so does an answer that is full. */
static void on_list(void *arg, int err, const struct db_result *r)
{
    struct call *c = arg;
    if (!call_answered(c, err, r))
        return;
    size_t count = db_rows(r), shown = 0;
    struct jsonw w = jsonw_on(&c->text);
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "items");
    for (; shown < count && shown < (size_t)c->limit && c->text.n < LOG_ANSWER_BYTES; shown++)
        write_item(&w, c, r, shown);
    jsonw_arr_end(&w);
    jsonw_bool(&w, "complete", shown == count);
    jsonw_obj_end(&w);
    call_reply(c, buf_view(&c->text));
}

void call_later(void *calls, struct rpc_request *req)
{
    struct call *c = call_begin(calls, req);
    if (c == NULL)
        return;
    struct str part = STR("open");
    int64_t before = INT64_MAX;
    jval_get_str(c->args, "part", &part);
    call_int(c, "before", &before);
    c->limit = call_limit(c, LIMIT_DEFAULT);
    struct db_params v = {0};
    db_p_int(&v, c->user);
    db_p_str(&v, part);
    db_p_int(&v, before);
    db_p_int(&v, c->limit + 1);
    call_query(c,
               "SELECT " LATER_COLUMNS("k") ", " LOG_COLUMNS(
                   "l") "FROM (SELECT * FROM chat.later WHERE user_id = $1::bigint AND place < $3::bigint "
                        "AND (done_at IS NOT NULL) = ($2::text = 'done') AND (due_at IS NOT NULL OR $2::text <> 'due') "
                        "ORDER BY place DESC LIMIT $4::bigint) k "
                        "LEFT JOIN chat.members m ON m.room_id = k.room_id AND m.user_id = k.user_id "
                        "LEFT JOIN chat.log l ON m.user_id IS NOT NULL AND l.room_id = k.room_id AND l.seq = k.seq "
                        "ORDER BY k.place DESC",
               &v, on_list);
}
