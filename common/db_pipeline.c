/* Statements under way on one PostgreSQL link: preparing, sending, handing out the answers in order. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "db_conn.h"
#include "db_pipeline.h"
#include "err.h"

/* A statement as prepared on the current link. A name is sure once the server confirmed it; until then it may
 * be used only in the pipeline section it was prepared in, since that section's failure would undo it. */
struct stmt {
    const char *sql;
    unsigned sure;            /* number of the confirmed name; 0: none */
    unsigned tried, tried_in; /* number of the latest attempt, and its section */
};

enum op_kind { OP_PREPARE, OP_QUERY, OP_SYNC };
struct op {
    struct list link;
    enum op_kind kind;
    struct stmt *stmt; /* valid until the link is lost */
    unsigned number;   /* of the prepared name */
    db_done_fn *fn;
    void *arg;
    PGresult *result;
    PGresult *cause; /* why the preparation before this query failed */
};

static bool stmt_free(void *arg, uint64_t key, void *value)
{
    (void)arg;
    (void)key;
    free(value);
    return true;
}

void db_pipeline_init(struct db_pipeline *p, const struct log *log)
{
    *p = (struct db_pipeline){.section = 1, .log = log};
    list_init(&p->ops);
    list_init(&p->lost);
    idmap_create(&p->stmts);
}

void db_pipeline_fini(struct db_pipeline *p)
{
    idmap_each(p->stmts, stmt_free, NULL);
    idmap_destroy(&p->stmts);
}

bool db_pipeline_idle(const struct db_pipeline *p)
{
    return list_empty(&p->ops);
}

int64_t db_pipeline_progress(const struct db_pipeline *p)
{
    return p->progress_ms;
}

/* ---- sending ---- */

static struct op *op_add(struct db_pipeline *p, enum op_kind kind, struct stmt *stmt, unsigned number)
{
    struct op *op = xcalloc(1, sizeof(*op));
    op->kind = kind;
    op->stmt = stmt;
    op->number = number;
    if (list_empty(&p->ops))
        p->progress_ms = clock_mono_ms();
    list_push(&p->ops, &op->link);
    return op;
}

/* The number of the prepared name to use for `sql` now; prepares it when needed. 0: the link failed. */
static unsigned prepare(struct db_pipeline *p, PGconn *pg, const char *sql, struct stmt **stmt_r)
{
    uint64_t key = (uint64_t)(uintptr_t)sql;
    struct stmt *stmt = idmap_get(p->stmts, key);
    if (!stmt) {
        stmt = xcalloc(1, sizeof(*stmt));
        stmt->sql = sql;
        idmap_put(p->stmts, key, stmt);
    }
    *stmt_r = stmt;
    if (stmt->sure)
        return stmt->sure;
    if (stmt->tried_in == p->section)
        return stmt->tried;
    char name[16];
    snprintf(name, sizeof(name), "s%u", ++p->numbers);
    if (!PQsendPrepare(pg, name, sql, 0, NULL))
        return 0;
    stmt->tried = p->numbers;
    stmt->tried_in = p->section;
    op_add(p, OP_PREPARE, stmt, p->numbers);
    return p->numbers;
}

int db_pipeline_exec(struct db_pipeline *p, PGconn *pg, const char *sql, const struct db_params *params, db_done_fn *fn,
                     void *arg)
{
    struct stmt *stmt;
    unsigned number = prepare(p, pg, sql, &stmt);
    char name[16];
    snprintf(name, sizeof(name), "s%u", number);
    static const struct db_params none;
    const struct db_params *v = params ? params : &none;
    if (!number || !PQsendQueryPrepared(pg, name, (int)v->n, v->v, v->length, v->format, v->binary_result))
        return ERR_UNAVAILABLE;
    struct op *op = op_add(p, OP_QUERY, stmt, number);
    op->fn = fn;
    op->arg = arg;
    p->queries++;
    return 0;
}

int db_pipeline_sync(struct db_pipeline *p, PGconn *pg)
{
    if (!PQpipelineSync(pg))
        return ERR_UNAVAILABLE;
    op_add(p, OP_SYNC, NULL, 0);
    p->section++;
    return 0;
}

/* ---- answers ---- */

/* End one op: it is unlinked first, since its callback may do anything to the connection. */
static void op_end(struct db_pipeline *p, struct op *op, int err, const PGresult *pg)
{
    list_remove(&op->link);
    if (op->kind == OP_QUERY) {
        p->queries--;
        struct db_result result = {pg};
        if (op->fn)
            op->fn(op->arg, err, pg ? &result : NULL);
    }
    PQclear(op->result);
    PQclear(op->cause);
    free(op);
}

static void prepare_done(struct db_pipeline *p, struct op *op)
{
    if (PQresultStatus(op->result) == PGRES_COMMAND_OK) {
        op->stmt->sure = op->number;
    } else {
        if (op->stmt->tried == op->number)
            op->stmt->tried_in = 0;
        db_result_log(op->result, p->log, op->stmt->sql);
        /* A preparation is sent together with its query: the query tells its caller the cause. */
        struct op *query = LIST_ITEM(op->link.next, struct op, link);
        if (op->link.next != &p->ops && query->kind == OP_QUERY) {
            query->cause = op->result;
            op->result = NULL;
        }
    }
    op_end(p, op, 0, NULL);
}

static void query_done(struct db_pipeline *p, struct op *op)
{
    const PGresult *pg = op->result;
    if (op->cause && PQresultStatus(pg) == PGRES_PIPELINE_ABORTED)
        pg = op->cause;
    int err = db_result_err(pg);
    if (err && pg != op->cause)
        db_result_log(pg, p->log, op->stmt->sql);
    struct db_result result = {pg};
    const char *state = db_sqlstate(&result);
    /* The schema changed under the prepared statement: prepare it again at its next use. */
    if (strcmp(state, "0A000") == 0 || strcmp(state, "26000") == 0)
        op->stmt->sure = op->stmt->tried_in = 0;
    op_end(p, op, err, pg);
}

/* Hand out one answer of libpq. False: there is none. libpq separates the answers of statements by a NULL; a
 * NULL where none is due also starts the next statement's answer, so only two in a row mean there is no more. */
static bool take_one(struct db_pipeline *p, PGconn *pg, bool *null_before)
{
    struct op *op = LIST_ITEM(p->ops.next, struct op, link);
    PGresult *result = PQgetResult(pg);
    /* A broken connection makes error results of its own; what they stand for is told by the loss of the link. */
    if (PQstatus(pg) == CONNECTION_BAD) {
        PQclear(result);
        return false;
    }
    if (!result && !op->result && *null_before)
        return false;
    *null_before = !result;
    p->progress_ms = clock_mono_ms();
    if (result && op->kind == OP_SYNC) {
        PQclear(result);
        op_end(p, op, 0, NULL);
    } else if (result) {
        PQclear(op->result);
        op->result = result;
    } else if (op->result && op->kind == OP_PREPARE) {
        prepare_done(p, op);
    } else if (op->result) {
        query_done(p, op);
    }
    return true;
}

void db_pipeline_take(struct db_pipeline *p, PGconn *pg)
{
    unsigned epoch = p->epoch;
    bool null_before = false;
    /* Asked also when nothing is due: it makes libpq parse notices. */
    while (!PQisBusy(pg) && !list_empty(&p->ops) && take_one(p, pg, &null_before))
        if (p->epoch != epoch)
            return;
}

void db_pipeline_lose(struct db_pipeline *p)
{
    while (!list_empty(&p->ops)) {
        struct list *item = p->ops.next;
        list_remove(item);
        list_push(&p->lost, item);
    }
    db_pipeline_fini(p);
    idmap_create(&p->stmts);
    p->epoch++;
}

void db_pipeline_end_lost(struct db_pipeline *p)
{
    while (!list_empty(&p->lost))
        op_end(p, LIST_ITEM(p->lost.next, struct op, link), ERR_UNAVAILABLE, NULL);
}
