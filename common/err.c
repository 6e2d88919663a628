/* Looks errors up in the table that protocol/ops.json generates. */
#include "err.h"

#include <stddef.h>

struct row {
    const char *code, *text;
    int http_status;
    bool retryable;
};

/* ERR_INTERNAL is row 0 and numbers go down from there. */
#define ROW(number, code_, http_status_, retryable_, text_) \
    [ERR_INTERNAL -                                         \
        (number)] = {.code = (code_), .text = (text_), .http_status = (http_status_), .retryable = (retryable_)},
static const struct row rows[] = {ERR_TABLE(ROW)};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct row success = {"ok", "Done.", 200, false};

static const struct row *row_of(int err)
{
    if (err == ERR_OK)
        return &success;
    if (err > ERR_INTERNAL || err <= ERR_INTERNAL - ROWS)
        return &rows[0];
    return &rows[ERR_INTERNAL - err];
}

/* A row without a text is for use inside: whoever is outside learns that something went wrong, not what. */
static const struct row *wire_row_of(int err)
{
    const struct row *row = row_of(err);

    return row->text[0] != '\0' ? row : &rows[0];
}

const char *err_name(int err)
{
    return row_of(err)->code;
}

const char *err_code(int err)
{
    return wire_row_of(err)->code;
}

const char *err_text(int err)
{
    return wire_row_of(err)->text;
}

int err_http_status(int err)
{
    return wire_row_of(err)->http_status;
}

bool err_retryable(int err)
{
    return wire_row_of(err)->retryable;
}

int err_from_code(struct str code)
{
    if (str_is(code, success.code))
        return ERR_OK;
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].text[0] != '\0' && str_is(code, rows[i].code))
            return ERR_INTERNAL - i;
    }
    return ERR_INTERNAL;
}
