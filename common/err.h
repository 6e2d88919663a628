/* Errors of the whole system: 0 is success, every other value is one row of the table that
 * protocol/ops.json holds (err.gen.h). A row has a wire code, an HTTP status, a text for people and
 * whether trying again may help. */
#ifndef PARLEY_ERR_H
#define PARLEY_ERR_H

#include <stdbool.h>

#include "err.gen.h"
#include "str.h"

/* Wire code, e.g. "room_not_found"; "ok" for 0; "internal" for a number that is no row and for what nobody
 * outside is told (ERR_SQL …); so do text, status and retryable. */
const char *err_code(int err);
/* What a person is told. */
const char *err_text(int err);
/* 200 for 0. */
int err_http_status(int err);
bool err_retryable(int err);
/* The row's own name, for logs: "sql" for ERR_SQL. */
const char *err_name(int err);
/* The row with this wire code: 0 for "ok", ERR_INTERNAL when there is none. */
int err_from_code(struct str code);

#endif
