/* Reads rows of rooms' logs and writes batches of them. */
#include "log_rows.h"

enum column { SEQ, N, TYPE, SENDER, CMID, TS, BODY, MEMBER, ABOUT, DATA, STATE };

struct event log_rows_event(const struct log_rows *rows, size_t i)
{
    const struct db_result *r = rows->r;
    size_t row = rows->first + i;
    int col = rows->col;
    struct event e = {.room = rows->room,
                      .seq = db_int(r, row, col + SEQ),
                      .n = db_int(r, row, col + N),
                      .sender = db_int(r, row, col + SENDER),
                      .cmid = db_str(r, row, col + CMID),
                      .ts = db_int(r, row, col + TS),
                      .body = db_str(r, row, col + BODY),
                      .member = db_int(r, row, col + MEMBER),
                      .about = db_int(r, row, col + ABOUT),
                      .data = db_str(r, row, col + DATA),
                      .state = db_str(r, row, col + STATE)};
    if (event_type_parse(db_str(r, row, col + TYPE), &e.type) && !event_moves_member(e.type))
        e.member = 0;
    return e;
}

static int64_t seq_of(const struct log_rows *rows, size_t i)
{
    return db_int(rows->r, rows->first + i, rows->col + SEQ);
}

bool log_rows_whole(const struct log_rows *rows)
{
    for (size_t i = 1; i < rows->count; i++)
        if (seq_of(rows, i) != seq_of(rows, i - 1) + (rows->rising ? 1 : -1))
            return false;
    return true;
}

/* What a body takes in JSON: quotes and backslashes two bytes, control characters up to six. */
static size_t written_bytes(struct str body)
{
    size_t bytes = body.n;
    for (size_t i = 0; i < body.n; i++) {
        unsigned char c = (unsigned char)body.p[i];
        if (c < 0x20)
            bytes += 5;
        else if (c == '"' || c == '\\')
            bytes++;
    }
    return bytes;
}

void log_rows_cut(struct log_rows *rows)
{
    size_t bytes = 0, n = 0;
    for (; n < rows->count; n++) {
        bytes += LOG_EVENT_OVERHEAD + written_bytes(db_str(rows->r, rows->first + n, rows->col + BODY)) +
                 db_str(rows->r, rows->first + n, rows->col + DATA).n +
                 db_str(rows->r, rows->first + n, rows->col + STATE).n;
        if (bytes > LOG_ANSWER_BYTES && n > 0)
            break;
    }
    rows->count = n;
}

size_t page_end(const struct db_result *r, size_t count, int moment)
{
    size_t end = count;
    while (end > 0 && end < db_rows(r) && db_int(r, end, moment) == db_int(r, end - 1, moment))
        end--;
    if (end > 0)
        return end;
    for (end = count; end > 0 && end < db_rows(r) && db_int(r, end, moment) == db_int(r, end - 1, moment);)
        end++;
    return end;
}

void log_events_write(struct jsonw *w, const char *key, const struct log_rows *rows, int64_t user)
{
    jsonw_arr(w, key);
    for (size_t i = 0; i < rows->count; i++) {
        struct event e = log_rows_event(rows, rows->rising ? i : rows->count - 1 - i);
        event_write(w, NULL, &e, e.sender == user);
    }
    jsonw_arr_end(w);
}

void log_batch_write(struct jsonw *w, const struct log_batch *b)
{
    const struct log_rows *rows = &b->rows;
    int64_t from = b->at, to = b->at;
    bool complete = true;
    if (rows->count > 0) {
        int64_t first = seq_of(rows, 0), last = seq_of(rows, rows->count - 1);
        from = rows->rising ? first : last;
        to = rows->rising ? last : first;
        complete = rows->rising ? to >= b->head : from == 1;
    }
    jsonw_id(w, "room", rows->room);
    jsonw_int(w, "from", from);
    jsonw_int(w, "to", to);
    jsonw_int(w, "head", b->head);
    jsonw_int(w, "n", b->n);
    log_events_write(w, "events", rows, b->user);
    jsonw_bool(w, "complete", complete);
}
