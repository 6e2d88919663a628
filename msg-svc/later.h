/* What the calls about what is kept for later and about scheduled messages share with the worker that does what is due
 * (timekeeper.c): when a time is one, and how a person's devices are told to look again. */
#ifndef PARLEY_MSG_LATER_H
#define PARLEY_MSG_LATER_H

#include "db.h"
#include "jsonw.h"

enum { LATER_MAX = 1000, SCHEDULED_MAX = 100 };

/* SQL: a time in ms that may be asked for: not long past, and within a year. NULL and 0 are no time. */
#define LATER_TIME_OK(ms)                                                                             \
    "(coalesce(" ms ", 0) = 0 OR to_timestamp(" ms " / 1000.0) BETWEEN now() - interval '2 minutes' " \
    "AND now() + interval '366 days') "

/* SQL, behind WITH …: an event of the type `later` into the own log of everyone in `source`, a name of rows (user_id,
 * room_id); the one before says nothing more. What to publish is in later_own(user_id, last_useq, room_id). Users' rows
 * are locked in the order of their ids, as everywhere. */
#define LATER_TELL(source)                                                                                        \
    "later_who AS (SELECT user_id, max(room_id) AS room_id FROM " source " GROUP BY user_id), "                   \
    "later_log AS (INSERT INTO chat.users AS u (user_id, last_useq) SELECT user_id, 1 FROM later_who ORDER BY 1 " \
    "ON CONFLICT (user_id) DO UPDATE SET last_useq = u.last_useq + 1 RETURNING u.user_id, u.last_useq), "         \
    "later_own AS (SELECT l.user_id, l.last_useq, w.room_id FROM later_log l JOIN later_who w USING (user_id)), " \
    "later_old AS (DELETE FROM chat.user_events e USING later_log l WHERE e.user_id = l.user_id "                 \
    "AND e.type = 'later'), "                                                                                     \
    "later_new AS (INSERT INTO chat.user_events (user_id, useq, type, room_id) "                                  \
    "SELECT user_id, last_useq, 'later', room_id FROM later_own) "

/* The columns of chat.later `k` that a LaterItem is made of, LATER_COLUMNS_N of them, from column `col` of a row on. */
#define LATER_COLUMNS(k)                                                                                            \
    k ".id, " k ".place, " k ".room_id, coalesce(" k ".seq, 0), " k ".note, "                                       \
      "(extract(epoch FROM " k ".saved_at) * 1000)::bigint, (extract(epoch FROM " k ".remind_at) * 1000)::bigint, " \
      "(extract(epoch FROM " k ".due_at) * 1000)::bigint, (extract(epoch FROM " k ".done_at) * 1000)::bigint "
enum { LATER_COLUMNS_N = 9 };

/* Write a LaterItem; its end is the caller's. */
void later_begin(struct jsonw *w, const struct db_result *r, size_t row, int col);

struct call;
/* Tell the caller's devices what LATER_TELL wrote. */
void later_tell(const struct call *c, int64_t useq, int64_t room);
/* A db_done_fn for a row that was to go, of (last_useq, room_id): tells and answers; no row: ERR_NOT_FOUND. */
void later_gone(void *arg, int err, const struct db_result *r);

#endif
