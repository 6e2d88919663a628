/* Reads the one row of chat.backed_up. */
#include "backed_up.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"

enum { FIRST_MS = 2000, EVERY_MS = 60000 };

struct backed_up {
    struct db *db;
    struct timer *timer;
    struct metric *at;
};

static void on_row(void *arg, int err, const struct db_result *r)
{
    struct backed_up *b = arg;
    if (!err && db_rows(r) > 0)
        metric_set(b->at, db_int(r, 0, 0));
}

static void on_timer(void *arg)
{
    struct backed_up *b = arg;
    (void)db_query(b->db, "SELECT extract(epoch FROM at)::bigint FROM chat.backed_up", NULL, on_row, b);
}

void backed_up_create(struct backed_up **b_r, struct loop *loop, struct db *db, struct metrics *metrics)
{
    struct backed_up *b = xcalloc(1, sizeof(*b));
    b->db = db;
    b->at = metrics_gauge(metrics, "parley_backup_timestamp_seconds", NULL,
                          "When ./parley backup last ended, seconds since 1970; 0: never.");
    timer_make(&b->timer, loop, on_timer, b);
    timer_start(b->timer, FIRST_MS, EVERY_MS);
    *b_r = b;
}

void backed_up_destroy(struct backed_up **b)
{
    if (*b == NULL)
        return;
    timer_destroy(&(*b)->timer);
    free(*b);
    *b = NULL;
}
