/* Rows of rooms' logs as queries select them, and the batch that clients get of them: the same in the answers to
 * history and resume. */
#ifndef PARLEY_MSG_LOG_ROWS_H
#define PARLEY_MSG_LOG_ROWS_H

#include "db.h"
#include "event.h"

/* The columns of an event as it happened, of the table or subquery of this name, LOG_COLUMNS_N of them; and of
 * chat.log, as it reads now. */
#define LOG_COLUMNS_THEN(e)                                                                                    \
    e ".seq, " e ".n, " e ".type, " e ".sender, " e ".cmid, (extract(epoch FROM " e ".ts) * 1000)::bigint, " e \
      ".body, coalesce((" e ".data ->> 'user')::bigint, 0), " e ".about, " e ".data::text, NULL "
#define LOG_COLUMNS(e)                                                                                         \
    e ".seq, " e ".n, " e ".type, " e ".sender, " e ".cmid, (extract(epoch FROM " e ".ts) * 1000)::bigint, " e \
      ".body, coalesce((" e ".data ->> 'user')::bigint, 0), " e ".about, " e ".data::text, " e ".state::text "
enum { LOG_COLUMNS_N = 11 };

/* What a row of chat.log takes in an answer, in SQL. */
#define LOG_BYTES(l)                                                                                     \
    "octet_length(" l ".body) + coalesce(octet_length(" l ".state::text), 0) + coalesce(octet_length(" l \
    ".data ->> 'forward'), 0) + coalesce(octet_length(" l ".data ->> 'files'), 0) + 256"

/* What an answer holds at most, so that it fits what a gateway queues for one socket; and what an event takes beside
 * its body. */
enum { LOG_ANSWER_BYTES = 256 * 1024, LOG_EVENT_OVERHEAD = 256 };

/* Consecutive rows of one room: `count` from row `first` on, whose columns begin at `col`. */
struct log_rows {
    const struct db_result *r;
    int64_t room;
    size_t first, count;
    int col;
    bool rising;
};

/* The i-th of them; its texts live as long as the result. mver is not set. */
struct event log_rows_event(const struct log_rows *rows, size_t i);
/* Write them as an array of events under `key`, falling rows from the last to the first. cmids are for their authors
 * only. */
void log_events_write(struct jsonw *w, const char *key, const struct log_rows *rows, int64_t user);
/* Each seq is the neighbour of the last. */
bool log_rows_whole(const struct log_rows *rows);
/* Keep only as many as an answer takes: at least one. */
void log_rows_cut(struct log_rows *rows);

/* Where a page of at most `count` rows ends whose next one begins at a moment, `moment` being its column: between two
 * moments, or rows of the same one would be left out. More than `count` when all of these are of one moment. */
size_t page_end(const struct db_result *r, size_t count, int moment);

struct log_batch {
    struct log_rows rows;
    int64_t user;    /* who reads: cmids are for their authors only */
    int64_t head, n; /* of the room */
    int64_t at;      /* what an empty batch says as from and to */
};
/* Write the members of a batch into the open object, events in rising order. */
void log_batch_write(struct jsonw *w, const struct log_batch *b);

#endif
