/* One transaction for a batch of entries, on the writer connection: lock the rooms, learn what the plan asks for, write
 * what it decides, COMMIT. One batch at a time. Owned by ingest; loop thread only. */
#ifndef PARLEY_MSG_BATCH_H
#define PARLEY_MSG_BATCH_H

#include "db.h"
#include "plan.h"

struct batch;

enum batch_result {
    BATCH_STORED,  /* committed; the plan has the answers */
    BATCH_LOST,    /* the connection ended: whether it committed is unknown, and the shards are no longer ours */
    BATCH_LATER,   /* not stored, and not for what the entries say: locks, time, disk. The same may pass later */
    BATCH_REFUSED, /* not stored: PostgreSQL refuses something in it */
};

/* Called once for each batch that was started, when its transaction has ended. `why` is for logs and dead letters. */
typedef void batch_done_fn(void *arg, enum batch_result result, const char *why);

void batch_create(struct batch **batch_r, struct db_conn *writer, int64_t capacity, bool previews, batch_done_fn *fn,
                  void *arg);
/* plan_limit_files(). */
void batch_limit_files(struct batch *batch, int64_t room_bytes);
/* After the writer was destroyed: no callback may still be due. */
void batch_destroy(struct batch **batch);

/* Begin; at most PLAN_MAX entries, which live until fn is called. Not 0: nothing was begun, fn is not called. */
int batch_start(struct batch *b, struct entry *const *entries, size_t count);
/* A transaction is open: nobody else may use the writer. */
bool batch_busy(const struct batch *b);
/* Of the batch that fn is called for. */
struct plan *batch_plan(struct batch *b);

/* Is this SQLSTATE the fault of what was to be stored, rather than of the time? */
bool batch_refuses(const char *sqlstate);

#endif
