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

int64_t db_int(const struct db_result *r, size_t row, int col)
{
    return strtoll(PQgetvalue(r->pg, (int)row, col), NULL, 10);
}

bool db_bool(const struct db_result *r, size_t row, int col)
{
    return PQgetvalue(r->pg, (int)row, col)[0] == 't';
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
