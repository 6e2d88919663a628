/* A page of what a service has of somebody, for that person: the rows that {schema}.own_rows() gives
 * (deploy/sql/0027_own_rows_by_person.sql), as an answer over rpc. Pure. */
#ifndef PARLEY_OWN_ROWS_H
#define PARLEY_OWN_ROWS_H

#include "buf.h"
#include "db.h"

enum {
    OWN_ROWS_MOST = 500,             /* rows that a page asks for */
    OWN_ROWS_PAGE_BYTES = 256 << 10, /* of lines: with the place that reaches it the page ends */
    OWN_ROWS_CONFIRMED_S = 10 * 60   /* so long after the password was typed they are given */
};

/* Append {"lines": [a row each], "after": "where to go on", absent when that was all} of the columns line and key. */
void own_rows_put(const struct db_result *r, struct buf *out);

#endif
