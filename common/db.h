/* PostgreSQL on the loop: a pool of connections in pipeline mode, and leases of one for transactions and locks.
 * Nothing blocks: host names are looked up on a worker thread. Reconnects by itself with back-off (100 ms doubling to
 * 2 s, at most eight tries a second of a process). The only module that names libpq. Statements are prepared once a
 * connection, on first use, by the address of their text: pass string literals. Loop thread only. */
#ifndef PARLEY_DB_H
#define PARLEY_DB_H

#include "buf.h"
#include "loop.h"
#include "metrics.h"

struct db;
struct db_conn;
struct db_result;

struct db_config {
    const char *url;               /* a libpq connection string or URI */
    const char *name;              /* application_name */
    size_t size;                   /* connections of the pool, opened at start */
    size_t max_queued;             /* statements waiting or running in all; 0: 1,000 */
    unsigned statement_timeout_ms; /* 0: 3,000 */
    unsigned lock_timeout_ms;      /* 0: 2,000 */
    const char *options;           /* more settings of the session, as "-c name=value …"; NULL: none */
};

int db_create(struct db **db_r, struct loop *loop, const struct db_config *config, struct metrics *metrics);
/* Every callback still due is called with ERR_UNAVAILABLE first. Not inside a callback of this pool. */
void db_destroy(struct db **db);
/* At least one connection is up. */
bool db_ready(const struct db *db);
/* Grows whenever a connection comes up. As long as it is the same, every answer since came from a session that was
 * there before: the database has not crashed meanwhile, which would have ended them all. */
unsigned db_epoch(const struct db *db);

/* Values are text, but for bytea; NULL is SQL NULL; they are copied. Types come from the statement ($1::bigint …). A
 * NUL byte inside a text becomes U+FFFD, since PostgreSQL has none. */
struct db_params {
    const char *v[24];
    size_t n;
    struct buf text;            /* what the db_p_* helpers format; freed by db_query/db_exec */
    size_t off[24];             /* internal */
    int length[24], format[24]; /* internal: of a bytea its bytes, and 1 */
    bool binary_result; /* the answer comes in PostgreSQL's binary form: of bytea, integers, bool and text only */
};
void db_p_null(struct db_params *p);
void db_p_int(struct db_params *p, int64_t v);
void db_p_str(struct db_params *p, struct str v);
/* NULL gives SQL NULL. */
void db_p_cstr(struct db_params *p, const char *v);
/* A bytea: the statement must take it as one ($1::bytea). It goes over the wire as it is. */
void db_p_bytes(struct db_params *p, struct str v);
/* The same, not copied unless the statement has to wait for a connection: the bytes stay where they are until it was
 * given to db_query() or db_exec(). */
void db_p_bytes_at(struct db_params *p, struct str v);
/* Arrays: begin, any number of elements, end. Elements are quoted as PostgreSQL's array text form wants. */
void db_p_array(struct db_params *p);
void db_p_array_int(struct db_params *p, int64_t v);
void db_p_array_str(struct db_params *p, struct str v);
void db_p_array_bytes(struct db_params *p, struct str v);
void db_p_array_null(struct db_params *p);
void db_p_array_end(struct db_params *p);

/* Run one statement, its own transaction, on any pooled connection. Consumes `params` (may be NULL). fn is
 * called exactly once, later: err 0 and the result, valid during the call; ERR_UNAVAILABLE (connection lost:
 * whether it committed is unknown), ERR_TIMEOUT (statement_timeout, lock_timeout), or ERR_SQL and the result,
 * whose db_sqlstate tells. Returns ERR_BUSY, or ERR_UNAVAILABLE when no connection is up, without calling fn. */
typedef void db_done_fn(void *arg, int err, const struct db_result *result);
int db_query(struct db *db, const char *sql, struct db_params *params, db_done_fn *fn, void *arg);
/* The same, one after the other of all that are asked with this number, from whatever process: each sees what the one
 * before it committed. For bounds, which count what is there and add one. When its turn does not come within
 * lock_timeout it ends with ERR_SQL. */
int db_query_in_turn(struct db *db, int64_t turn, const char *sql, struct db_params *params, db_done_fn *fn, void *arg);

/* One connection that is not of the pool: for what needs a session (advisory locks) or transactions. Connects at
 * once and again when lost; `fn` tells. Statements run in order, pipelined, each db_exec up to the next
 * db_sync is one implicit transaction unless BEGIN is sent. Results before a sync arrive as they come. */
typedef void db_state_fn(void *arg, bool up);
int db_conn_create(struct db_conn **conn_r, struct loop *loop, const struct db_config *config, db_state_fn *fn,
                   void *arg);
/* The same; may be called inside a callback of this connection. `fn` is not called any more. */
void db_conn_destroy(struct db_conn **conn);
bool db_conn_up(const struct db_conn *conn);
/* As db_query, on this connection. Nothing is sent for sure before db_sync(). After an error the rest up to the next
 * db_sync ends with ERR_SQL too. */
int db_exec(struct db_conn *conn, const char *sql, struct db_params *params, db_done_fn *fn, void *arg);
/* Send what was queued and mark the end of a pipeline section. */
void db_sync(struct db_conn *conn);
/* Drop the link now (it comes back by itself): every statement under way ends with ERR_UNAVAILABLE. */
void db_conn_reset(struct db_conn *conn);

size_t db_rows(const struct db_result *r);
/* Rows changed, of INSERT, UPDATE, DELETE. */
int64_t db_changed(const struct db_result *r);
bool db_is_null(const struct db_result *r, size_t row, int col);
/* A text; a bytea too when the result is binary, else "\x" and hexadecimal digits. */
struct str db_str(const struct db_result *r, size_t row, int col);
int64_t db_int(const struct db_result *r, size_t row, int col);
bool db_bool(const struct db_result *r, size_t row, int col);
/* Five characters, "" when there is none. */
const char *db_sqlstate(const struct db_result *r);
/* Name of the violated constraint, "" when none. */
const char *db_constraint(const struct db_result *r);
/* PostgreSQL's message, for logs only. */
const char *db_message(const struct db_result *r);

#endif
