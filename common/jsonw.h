/* JSON out: appends to a buf, puts the commas, escapes strings. Values must be valid UTF-8 (what came in
 * through jval.h is). Nesting is the caller's to balance; asserted at most 16 deep. */
#ifndef PARLEY_JSONW_H
#define PARLEY_JSONW_H

#include "buf.h"

struct jsonw {
    struct buf *out;
    uint32_t comma; /* bit per level: a comma is due */
    unsigned depth;
};

/* Start at the end of `out`. */
struct jsonw jsonw_on(struct buf *out);

/* `key` NULL: in an array or at the top. Keys are literals of ours and not escaped. */
void jsonw_obj(struct jsonw *w, const char *key);
void jsonw_obj_end(struct jsonw *w);
void jsonw_arr(struct jsonw *w, const char *key);
void jsonw_arr_end(struct jsonw *w);
void jsonw_str(struct jsonw *w, const char *key, struct str value);
void jsonw_cstr(struct jsonw *w, const char *key, const char *value);
void jsonw_int(struct jsonw *w, const char *key, int64_t value);
/* An id: a number of ours as a string of digits. */
void jsonw_id(struct jsonw *w, const char *key, int64_t id);
void jsonw_bool(struct jsonw *w, const char *key, bool value);
void jsonw_null(struct jsonw *w, const char *key);
/* JSON text that is already made. */
void jsonw_raw(struct jsonw *w, const char *key, struct str json);
/* A member whose key is data and must be escaped; opens nothing, the value follows with key NULL. */
void jsonw_key(struct jsonw *w, struct str key);

#endif
