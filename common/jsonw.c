/* Appends JSON text to a buffer. */
#include "jsonw.h"

#include <assert.h>

enum { MAX_DEPTH = 16 };

struct jsonw jsonw_on(struct buf *out)
{
    return (struct jsonw){.out = out};
}

static void put_string(struct buf *out, struct str s)
{
    static const char hex[] = "0123456789abcdef";
    size_t done = 0;

    buf_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];

        if (c >= 0x20 && c != '"' && c != '\\')
            continue;
        buf_put(out, s.p + done, i - done);
        done = i + 1;
        buf_char(out, '\\');
        if (c == '"' || c == '\\')
            buf_char(out, (char)c);
        else if (c == '\n')
            buf_char(out, 'n');
        else if (c == '\r')
            buf_char(out, 'r');
        else if (c == '\t')
            buf_char(out, 't');
        else {
            const char code[] = {'u', '0', '0', hex[c >> 4], hex[c & 15]};

            buf_put(out, code, sizeof(code));
        }
    }
    if (s.n > done)
        buf_put(out, s.p + done, s.n - done);
    buf_char(out, '"');
}

/* The comma that is due at this level; the next item will owe one. */
static void separate(struct jsonw *w)
{
    uint32_t bit = UINT32_C(1) << w->depth;

    if (w->comma & bit)
        buf_char(w->out, ',');
    w->comma |= bit;
}

static void begin(struct jsonw *w, const char *key)
{
    separate(w);
    if (key == NULL)
        return;
    buf_char(w->out, '"');
    buf_cstr(w->out, key);
    buf_put(w->out, "\":", 2);
}

static void open_level(struct jsonw *w, const char *key, char bracket)
{
    begin(w, key);
    buf_char(w->out, bracket);
    assert(w->depth < MAX_DEPTH);
    w->depth++;
    w->comma &= ~(UINT32_C(1) << w->depth);
}

static void close_level(struct jsonw *w, char bracket)
{
    assert(w->depth > 0);
    w->depth--;
    buf_char(w->out, bracket);
}

void jsonw_obj(struct jsonw *w, const char *key)
{
    open_level(w, key, '{');
}

void jsonw_obj_end(struct jsonw *w)
{
    close_level(w, '}');
}

void jsonw_arr(struct jsonw *w, const char *key)
{
    open_level(w, key, '[');
}

void jsonw_arr_end(struct jsonw *w)
{
    close_level(w, ']');
}

void jsonw_str(struct jsonw *w, const char *key, struct str value)
{
    begin(w, key);
    put_string(w->out, value);
}

void jsonw_cstr(struct jsonw *w, const char *key, const char *value)
{
    jsonw_str(w, key, str_of(value));
}

void jsonw_int(struct jsonw *w, const char *key, int64_t value)
{
    begin(w, key);
    buf_i64(w->out, value);
}

void jsonw_id(struct jsonw *w, const char *key, int64_t id)
{
    begin(w, key);
    buf_char(w->out, '"');
    buf_i64(w->out, id);
    buf_char(w->out, '"');
}

void jsonw_bool(struct jsonw *w, const char *key, bool value)
{
    begin(w, key);
    buf_cstr(w->out, value ? "true" : "false");
}

void jsonw_null(struct jsonw *w, const char *key)
{
    begin(w, key);
    buf_cstr(w->out, "null");
}

void jsonw_raw(struct jsonw *w, const char *key, struct str json)
{
    begin(w, key);
    buf_str(w->out, json);
}

void jsonw_key(struct jsonw *w, struct str key)
{
    separate(w);
    put_string(w->out, key);
    buf_char(w->out, ':');
    /* The value that follows belongs to this item: it puts no comma, and leaves one due. */
    w->comma &= ~(UINT32_C(1) << w->depth);
}
