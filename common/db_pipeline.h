/* Inside of the db module: what was sent on one link and not yet answered, and the statements prepared on it.
 * Knows libpq's pipeline mode, not the socket. Owned by a db_conn. */
#ifndef PARLEY_DB_PIPELINE_H
#define PARLEY_DB_PIPELINE_H

#include <libpq-fe.h>

#include "db.h"
#include "list.h"
#include "log.h"
#include "map.h"

struct db_pipeline {
    struct list ops;  /* sent, in order; the answer of the first is next */
    struct list lost; /* of a link that is gone */
    size_t queries;   /* among ops and lost */
    struct idmap *stmts;
    unsigned numbers, section;
    unsigned epoch; /* grows when the link is lost */
    int64_t progress_ms;
    const struct log *log;
};

void db_pipeline_init(struct db_pipeline *p, const struct log *log);
void db_pipeline_fini(struct db_pipeline *p);

/* Queue a statement, prepared first when it has to be. ERR_UNAVAILABLE: the link failed. */
int db_pipeline_exec(struct db_pipeline *p, PGconn *pg, const char *sql, const struct db_params *params, db_done_fn *fn,
                     void *arg);
int db_pipeline_sync(struct db_pipeline *p, PGconn *pg);
/* Hand out what libpq has received. A callback may lose the link: then nothing was touched after it. */
void db_pipeline_take(struct db_pipeline *p, PGconn *pg);
/* Nothing is due. */
bool db_pipeline_idle(const struct db_pipeline *p);
/* On clock_mono_ms(): the last answer, or when something first became due. */
int64_t db_pipeline_progress(const struct db_pipeline *p);

/* The link is gone: what is due waits for db_pipeline_end_lost(), what was prepared is forgotten. */
void db_pipeline_lose(struct db_pipeline *p);
/* Call back what was lost, with ERR_UNAVAILABLE. */
void db_pipeline_end_lost(struct db_pipeline *p);

#endif
