/* Reading a PostgreSQL result: rows, values, and what an error means. */
#include <stdlib.h>
#include <string.h>

#include "db_conn.h"
#include "err.h"
#include "log.h"

size_t db_rows(const struct db_result *r)
{
    return r->pg ? (size_t)PQntuples(r->pg) : 0;
}

int64_t db_changed(const struct db_result *r)
{
    /* libpq takes a PGresult that is not const here and does not change it. */
    const char *text = r->pg ? PQcmdTuples((PGresult *)(uintptr_t)r->pg) : "";
    return *text ? strtoll(text, NULL, 10) : 0;
}

bool db_is_null(const struct db_result *r, size_t row, int col)
{
    return PQgetisnull(r->pg, (int)row, col) != 0;
}

struct str db_str(const struct db_result *r, size_t row, int col)
{
    return (struct str){PQgetvalue(r->pg, (int)row, col), (size_t)PQgetlength(r->pg, (int)row, col)};
}

/* Two's complement, the highest byte first, of the length of its type. */
static int64_t int_of_binary(struct str v)
{
    uint64_t n = v.n > 0 && (v.p[0] & 0x80) ? UINT64_MAX : 0;
    for (size_t i = 0; i < v.n; i++)
        n = n << 8 | (unsigned char)v.p[i];
    return (int64_t)n;
}

int64_t db_int(const struct db_result *r, size_t row, int col)
{
    struct str v = db_str(r, row, col);
    return PQfformat(r->pg, col) == 1 ? int_of_binary(v) : strtoll(v.p, NULL, 10);
}

bool db_bool(const struct db_result *r, size_t row, int col)
{
    char c = PQgetvalue(r->pg, (int)row, col)[0];
    return PQfformat(r->pg, col) == 1 ? c != 0 : c == 't';
}

static const char *field(const PGresult *pg, int code)
{
    const char *text = pg ? PQresultErrorField(pg, code) : NULL;
    return text ? text : "";
}

const char *db_sqlstate(const struct db_result *r)
{
    return field(r->pg, PG_DIAG_SQLSTATE);
}

const char *db_constraint(const struct db_result *r)
{
    return field(r->pg, PG_DIAG_CONSTRAINT_NAME);
}

const char *db_message(const struct db_result *r)
{
    return field(r->pg, PG_DIAG_MESSAGE_PRIMARY);
}

/* The server ended this session, is going down or is not up yet: the link is lost, not the statement wrong. */
static bool session_ended(const char *state)
{
    return strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 || strcmp(state, "25P03") == 0;
}

int db_result_err(const PGresult *pg)
{
    ExecStatusType status = PQresultStatus(pg);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK)
        return 0;
    const char *state = field(pg, PG_DIAG_SQLSTATE);
    if (session_ended(state))
        return ERR_UNAVAILABLE;
    /* query_canceled is statement_timeout, lock_not_available is lock_timeout (or NOWAIT). */
    if (strcmp(state, "57014") == 0 || strcmp(state, "55P03") == 0)
        return ERR_TIMEOUT;
    return ERR_SQL;
}

void db_result_log(const PGresult *pg, const struct log *log, const char *sql)
{
    const char *state = field(pg, PG_DIAG_SQLSTATE);
    if (PQresultStatus(pg) == PGRES_PIPELINE_ABORTED)
        return; /* the statement that failed before it was said */
    /* Violated constraints, lost races for locks: callers expect and handle them. */
    bool expected = strncmp(state, "23", 2) == 0 || strncmp(state, "40", 2) == 0 || strcmp(state, "55P03") == 0;
    LOG_AT(expected ? LOG_DEBUG : LOG_WARN, log, "statement failed", "sqlstate=%s message=%s sql=%.80s", state,
           field(pg, PG_DIAG_MESSAGE_PRIMARY), sql ? sql : "");
}
