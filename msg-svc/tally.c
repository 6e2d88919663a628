/* Moves the place up to where events are counted, and counts what lies between. */
#include "tally.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "log.h"

/* The first look soon after the start; then each minute; again at once while there is much to catch up with. */
enum { FIRST_MS = 5000, EVERY_MS = 60000, AGAIN_MS = 250 };

struct tally {
    struct db *db;
    struct timer *timer;
};

static void on_counted(void *arg, int err, const struct db_result *r)
{
    struct tally *t = arg;
    if (err == ERR_SQL)
        log_error(NULL, "days not counted", "sqlstate=%s message=%s", db_sqlstate(r), db_message(r));
    bool behind = err == 0 && db_rows(r) > 0 && db_bool(r, 0, 0);
    timer_start(t->timer, behind ? AGAIN_MS : EVERY_MS, 0);
}

static void on_timer(void *arg)
{
    struct tally *t = arg;
    /* The column at is the database's clock at the INSERT, and a transaction of half a minute does not happen: what is
     * older than that is all there. The row of chat.tallied is locked: of two replicas the second skips it. Six hours
     * of the log are a step; its index by time is a few pages. */
    static const char sql[] =
        "WITH mark AS (SELECT at FROM chat.tallied FOR UPDATE SKIP LOCKED), "
        "span AS (SELECT at AS lo, least(at + interval '6 hours', now() - interval '30 seconds') AS hi FROM mark), "
        "said AS (SELECT (e.at AT TIME ZONE 'UTC')::date AS day, e.sender, count(*) AS n FROM chat.events e "
        "WHERE e.at >= (SELECT lo FROM span) AND e.at < (SELECT hi FROM span) AND e.type IN ('message', 'reply') "
        "GROUP BY 1, 2), "
        "fresh AS (INSERT INTO chat.day_people (day, user_id) SELECT day, sender FROM said ON CONFLICT DO NOTHING "
        "RETURNING day), "
        "counted AS (INSERT INTO chat.days AS d (day, messages, people) SELECT s.day, sum(s.n), "
        "(SELECT count(*) FROM fresh f WHERE f.day = s.day) FROM said s GROUP BY s.day ON CONFLICT (day) DO UPDATE "
        "SET messages = d.messages + excluded.messages, people = d.people + excluded.people), "
        "moved AS (UPDATE chat.tallied SET at = span.hi FROM span WHERE span.hi > span.lo) "
        "SELECT hi < now() - interval '5 minutes' FROM span";
    if (db_query(t->db, sql, NULL, on_counted, t) != 0)
        timer_start(t->timer, EVERY_MS, 0);
}

void tally_create(struct tally **tally_r, struct loop *loop, struct db *db)
{
    struct tally *t = xcalloc(1, sizeof *t);
    t->db = db;
    timer_make(&t->timer, loop, on_timer, t);
    timer_start(t->timer, FIRST_MS, 0);
    *tally_r = t;
}

void tally_destroy(struct tally **tally)
{
    if (*tally == NULL)
        return;
    timer_destroy(&(*tally)->timer);
    free(*tally);
    *tally = NULL;
}
