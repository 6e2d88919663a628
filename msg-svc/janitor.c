/* Deletes old rows of chat.user_events, dead_letters, send_order, reports, invites and day_people, and empties messages
 * that are kept no longer, a bounded batch at a time. */
#include "janitor.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "log.h"

/* A first run soon after the start, so that frequent restarts do not mean never. */
enum { FIRST_S = 60, AGAIN_MS = 250, BATCH = 1000 };

/* The lock is of the statement's transaction: whoever comes second deletes nothing, and comes again. */
#define ALONE "(SELECT pg_try_advisory_xact_lock(7011603))"

static const struct {
    const char *what, *sql;
} chores[] = {
    /* One room at a time, whose writers wait meanwhile: a fifth of a second. Again until no room has any. */
    {"messages kept no longer", "SELECT CASE WHEN " ALONE " THEN chat.expire(500) ELSE 0 END"},
    /* Who missed such a row must be told that there was one: a client that stands before it reads all rooms anew. */
    {"user events",
     "WITH gone AS (DELETE FROM chat.user_events WHERE (user_id, useq) IN (SELECT user_id, useq FROM chat.user_events "
     "WHERE ts < now() - interval '30 days' AND " ALONE " ORDER BY ts LIMIT 1000) RETURNING user_id, useq), "
     "marked AS (UPDATE chat.users u SET pruned_useq = greatest(u.pruned_useq, g.useq) "
     "FROM (SELECT user_id, max(useq) AS useq FROM gone GROUP BY user_id) g WHERE u.user_id = g.user_id) "
     "SELECT count(*) FROM gone"},
    {"dead letters", "DELETE FROM chat.dead_letters WHERE id IN (SELECT id FROM chat.dead_letters "
                     "WHERE at < now() - interval '90 days' AND " ALONE " ORDER BY at LIMIT 1000)"},
    /* A device that comes back later is told out_of_order, and begins a new generation. A row that is used at this
     * moment is looked at again when its lock is free, and stays. */
    {"send order", "DELETE FROM chat.send_order WHERE used_on < current_date - 7 AND (room_id, sender, device) IN "
                   "(SELECT room_id, sender, device FROM chat.send_order "
                   "WHERE used_on < current_date - 7 AND " ALONE " ORDER BY used_on LIMIT 1000)"},
    /* Whoever makes up devices keeps no more than the last of them; for the oldest it is as after a week. */
    {"send order of many devices",
     "DELETE FROM chat.send_order WHERE (room_id, sender, device) IN (SELECT room_id, sender, device FROM "
     "(SELECT room_id, sender, device, row_number() OVER (PARTITION BY room_id, sender ORDER BY used_on DESC, device) "
     "AS nth FROM chat.send_order) d WHERE nth > 64 AND " ALONE " LIMIT 1000)"},
    /* With them goes the copy of what was said; that there was one stays in the audit. */
    {"settled reports", "DELETE FROM chat.reports WHERE id IN (SELECT id FROM chat.reports "
                        "WHERE settled_at < now() - interval '180 days' AND " ALONE " ORDER BY settled_at LIMIT 1000)"},
    /* Who came in by one may follow his own link for a while; then nobody asks for it any more. */
    {"spent invitations", "DELETE FROM chat.invites WHERE id IN (SELECT id FROM chat.invites "
                          "WHERE (expires_at < now() OR uses_left = 0) "
                          "AND greatest(made_at, expires_at) < now() - interval '30 days' AND " ALONE " LIMIT 1000)"},
    {"counted people", "DELETE FROM chat.day_people WHERE (day, user_id) IN (SELECT day, user_id FROM chat.day_people "
                       "WHERE day < current_date - 7 AND " ALONE " ORDER BY day LIMIT 1000)"},
};
/* The first of them goes on until nothing is left: the end of a room, which is no full batch, is not the last room's.
 */
enum { EXPIRY, CHORES = sizeof chores / sizeof chores[0] };

struct janitor {
    struct db *db;
    struct timer *timer;
    uint64_t every_ms;
    size_t chore; /* that is under way, or comes next */
};

static void rest(struct janitor *j, uint64_t ms)
{
    timer_start(j->timer, ms, 0);
}

static void on_deleted(void *arg, int err, const struct db_result *r)
{
    struct janitor *j = arg;
    int64_t count = 0;
    if (err == 0)
        count = db_rows(r) > 0 ? db_int(r, 0, 0) : db_changed(r);
    if (err == ERR_SQL)
        log_error(NULL, "old rows not removed", "what=\"%s\" message=%s", chores[j->chore].what, db_message(r));
    if (count > 0)
        log_info(NULL, "old rows removed", "what=\"%s\" count=%lld", chores[j->chore].what, (long long)count);
    bool more = count >= (j->chore == EXPIRY ? 1 : BATCH);
    if (!more)
        j->chore = (j->chore + 1) % CHORES;
    rest(j, !more && j->chore == 0 ? j->every_ms : AGAIN_MS);
}

static void on_timer(void *arg)
{
    struct janitor *j = arg;
    /* Without a database there is nothing to hurry for. */
    if (db_query(j->db, chores[j->chore].sql, NULL, on_deleted, j) != 0)
        rest(j, j->every_ms);
}

void janitor_create(struct janitor **j_r, struct loop *loop, struct db *db, int64_t every_s)
{
    struct janitor *j = xcalloc(1, sizeof *j);
    j->db = db;
    j->every_ms = (uint64_t)every_s * 1000;
    timer_make(&j->timer, loop, on_timer, j);
    rest(j, (uint64_t)(every_s < FIRST_S ? every_s : FIRST_S) * 1000);
    *j_r = j;
}

void janitor_destroy(struct janitor **j)
{
    if (*j == NULL)
        return;
    timer_destroy(&(*j)->timer);
    free(*j);
    *j = NULL;
}
