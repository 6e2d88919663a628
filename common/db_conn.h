/* Inside of the db module: what the pool (db.c) needs of a connection beyond db.h, and what a result is. */
#ifndef PARLEY_DB_CONN_H
#define PARLEY_DB_CONN_H

#include <libpq-fe.h>

#include "db.h"
#include "log.h"

enum { DB_STUCK_MS = 10000 }; /* no answer for this long: the link is dropped; a statement that waits so long ends */

/* A PGresult that somebody else owns, as callbacks see it. */
struct db_result {
    const PGresult *pg;
};

/* What a result means to a caller: 0, ERR_SQL, ERR_TIMEOUT or ERR_UNAVAILABLE. */
int db_result_err(const PGresult *pg);
/* Says a failed statement in the log: at warn, or at debug when the caller is expected to handle it. */
void db_result_log(const PGresult *pg, const struct log *log, const char *sql);

/* Statements queued on the link whose callback is still due. */
size_t db_conn_pending(const struct db_conn *conn);
/* Called on the loop after results were handed out, when there may be room again. */
typedef void db_conn_room_fn(void *arg);
void db_conn_on_room(struct db_conn *conn, db_conn_room_fn *fn, void *arg);

/* Points v[] of what the helpers formatted into the text; after it the params must not grow. */
void db_params_settle(struct db_params *p);
/* Take over `from`: everything it points at is copied; `from` is left empty. */
void db_params_move(struct db_params *to, struct db_params *from);
/* NULL is fine. */
void db_params_fini(struct db_params *p);

#endif
