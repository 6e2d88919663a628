/* Writes a page of a person's own rows. */
#include "own_rows.h"

#include "jsonw.h"

enum { LINE, KEY };

void own_rows_put(const struct db_result *r, struct buf *out)
{
    struct jsonw w = jsonw_on(out);
    struct str after = {0};
    size_t bytes = 0;
    jsonw_obj(&w, NULL);
    jsonw_arr(&w, "lines");
    for (size_t i = 0; i < db_rows(r); i++) {
        struct str key = db_is_null(r, i, KEY) ? (struct str){0} : db_str(r, i, KEY);
        /* Rows of one place stay together: the next page begins behind it. */
        if (bytes >= OWN_ROWS_PAGE_BYTES && !str_eq(key, after))
            break;
        after = key;
        if (db_is_null(r, i, LINE))
            break;
        jsonw_str(&w, NULL, db_str(r, i, LINE));
        bytes += db_str(r, i, LINE).n;
    }
    jsonw_arr_end(&w);
    if (after.n > 0)
        jsonw_str(&w, "after", after);
    jsonw_obj_end(&w);
}
