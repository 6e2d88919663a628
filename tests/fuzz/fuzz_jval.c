/* Whatever bytes come, jval.h refuses them or reads a value that jsonw.h writes back to text with the same
 * meaning; and str.h agrees about what UTF-8 is. */
#include <stdlib.h>
#include <string.h>

#include "buf.h"
#include "jsonw.h"
#include "jval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(fact)   \
    do {             \
        if (!(fact)) \
            abort(); \
    } while (0)

static void write_value(struct jsonw *w, const char *key, const struct jval *v);

static bool write_member(void *arg, struct str key, const struct jval *value)
{
    struct jsonw *w = arg;

    MUST(str_utf8(key));
    jsonw_key(w, key);
    write_value(w, NULL, value);
    return true;
}

static void write_value(struct jsonw *w, const char *key, const struct jval *v)
{
    struct str s;
    int64_t i;
    bool b;

    if (jval_is_object(v)) {
        jsonw_obj(w, key);
        jval_each(v, write_member, w);
        jsonw_obj_end(w);
    } else if (jval_is_array(v)) {
        jsonw_arr(w, key);
        for (size_t at = 0; at < jval_count(v); at++)
            write_value(w, NULL, jval_at(v, at));
        jsonw_arr_end(w);
    } else if (jval_str(v, &s)) {
        MUST(str_utf8(s));
        jsonw_str(w, key, s);
    } else if (jval_int(v, &i)) {
        jsonw_int(w, key, i);
    } else if (jval_bool(v, &b)) {
        jsonw_bool(w, key, b);
    } else {
        /* null, or a number with a fraction, which nothing of ours reads. */
        jsonw_null(w, key);
    }
}

/* The text a value is written as. It is in one form, so two values are the same when their texts are. */
static void rewrite(struct buf *out, const struct jval *v)
{
    struct jsonw w = jsonw_on(out);

    write_value(&w, NULL, v);
}

static void check_json(struct str text)
{
    struct jval *first = jval_parse(text), *second;
    struct buf once = {0}, twice = {0};

    if (first == NULL)
        return;
    MUST(str_utf8(text));
    rewrite(&once, first);
    second = jval_parse(buf_view(&once));
    MUST(second != NULL);
    rewrite(&twice, second);
    MUST(str_eq(buf_view(&once), buf_view(&twice)));
    jval_free(first);
    jval_free(second);
    buf_fini(&once);
    buf_fini(&twice);
}

/* Any well-formed text can be sent as a string, and comes back as it was; what is not well-formed cannot. */
static void check_string(struct str text)
{
    struct buf out = {0};
    struct jsonw w = jsonw_on(&out);
    struct jval *v;
    struct str back;

    jsonw_str(&w, NULL, text);
    v = jval_parse(buf_view(&out));
    MUST((v != NULL) == (str_utf8(text) && (text.n == 0 || memchr(text.p, '\0', text.n) == NULL)));
    if (v != NULL) {
        MUST(jval_str(v, &back));
        MUST(str_eq(back, text));
    }
    jval_free(v);
    buf_fini(&out);
}

static void check_str(struct str text)
{
    struct str part, rest = text;
    struct buf joined = {0};
    int64_t number;

    for (size_t parts = 0; parts <= text.n; parts++) {
        rest = str_cut(rest, ',', &part);
        buf_str(&joined, part);
        if (joined.n < text.n)
            buf_char(&joined, ',');
        else
            break;
    }
    MUST(str_eq(buf_view(&joined), text));
    if (str_i64(text, &number)) {
        buf_reset(&joined);
        buf_i64(&joined, number);
        MUST(str_eq(buf_view(&joined), text));
    }
    buf_fini(&joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};

    check_json(text);
    check_string(text);
    check_str(text);
    return 0;
}
