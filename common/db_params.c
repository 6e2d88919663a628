/* Statement parameters as PostgreSQL's text form, array literals included; a bytea alone as its bytes. */
#include <assert.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "db_conn.h"

enum { MAX_PARAMS = sizeof(((struct db_params *)0)->v) / sizeof(((struct db_params *)0)->v[0]) };

static void begin_text(struct db_params *p)
{
    assert(p->n < MAX_PARAMS);
    p->v[p->n] = NULL;
    p->off[p->n] = p->text.n + 1;
    p->format[p->n] = 0;
}

static void end_text(struct db_params *p)
{
    buf_char(&p->text, '\0');
    p->n++;
}

/* PostgreSQL's text has no NUL, and a C string would end there unseen: such a byte becomes U+FFFD. */
static void put_text(struct buf *out, struct str v, bool quote)
{
    size_t from = 0;
    for (size_t i = 0; i < v.n; i++) {
        bool nul = v.p[i] == '\0', escape = quote && (v.p[i] == '"' || v.p[i] == '\\');
        if (!nul && !escape)
            continue;
        buf_put(out, v.p + from, i - from);
        buf_cstr(out, nul ? "\xef\xbf\xbd" : "\\");
        from = nul ? i + 1 : i;
    }
    if (from < v.n)
        buf_put(out, v.p + from, v.n - from);
}

static void put_hex(struct buf *out, struct str v)
{
    static const char digits[] = "0123456789abcdef";
    buf_reserve(out, 2 * v.n);
    for (size_t i = 0; i < v.n; i++) {
        unsigned char c = (unsigned char)v.p[i];
        out->p[out->n++] = digits[c >> 4];
        out->p[out->n++] = digits[c & 15];
    }
}

void db_p_null(struct db_params *p)
{
    assert(p->n < MAX_PARAMS);
    p->v[p->n] = NULL;
    p->format[p->n] = 0;
    p->off[p->n++] = 0;
}

void db_p_int(struct db_params *p, int64_t v)
{
    begin_text(p);
    buf_i64(&p->text, v);
    end_text(p);
}

void db_p_str(struct db_params *p, struct str v)
{
    begin_text(p);
    if (memchr(v.n ? v.p : "", '\0', v.n))
        put_text(&p->text, v, false);
    else
        buf_str(&p->text, v);
    end_text(p);
}

void db_p_cstr(struct db_params *p, const char *v)
{
    if (v)
        db_p_str(p, str_of(v));
    else
        db_p_null(p);
}

void db_p_bytes(struct db_params *p, struct str v)
{
    assert(v.n <= INT_MAX);
    begin_text(p);
    p->format[p->n] = 1;
    p->length[p->n] = (int)v.n;
    buf_str(&p->text, v);
    end_text(p);
}

void db_p_bytes_at(struct db_params *p, struct str v)
{
    assert(p->n < MAX_PARAMS && v.n <= INT_MAX);
    p->v[p->n] = v.p;
    p->off[p->n] = 0;
    p->format[p->n] = 1;
    p->length[p->n++] = (int)v.n;
}

void db_p_array(struct db_params *p)
{
    begin_text(p);
    buf_char(&p->text, '{');
}

/* Strings are always quoted, so an open brace at the end means: no element yet. */
static void element(struct db_params *p)
{
    if (p->text.p[p->text.n - 1] != '{')
        buf_char(&p->text, ',');
}

void db_p_array_int(struct db_params *p, int64_t v)
{
    element(p);
    buf_i64(&p->text, v);
}

void db_p_array_str(struct db_params *p, struct str v)
{
    element(p);
    buf_char(&p->text, '"');
    put_text(&p->text, v, true);
    buf_char(&p->text, '"');
}

void db_p_array_bytes(struct db_params *p, struct str v)
{
    element(p);
    buf_cstr(&p->text, "\"\\\\x");
    put_hex(&p->text, v);
    buf_char(&p->text, '"');
}

void db_p_array_null(struct db_params *p)
{
    element(p);
    buf_cstr(&p->text, "NULL");
}

void db_p_array_end(struct db_params *p)
{
    buf_char(&p->text, '}');
    end_text(p);
}

void db_params_settle(struct db_params *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->off[i])
            p->v[i] = p->text.p + p->off[i] - 1;
}

void db_params_move(struct db_params *to, struct db_params *from)
{
    *to = (struct db_params){0};
    if (!from)
        return;
    db_params_settle(from);
    to->binary_result = from->binary_result;
    for (size_t i = 0; i < from->n; i++)
        if (from->format[i])
            db_p_bytes(to, (struct str){from->v[i], (size_t)from->length[i]});
        else
            db_p_cstr(to, from->v[i]);
    db_params_fini(from);
}

void db_params_fini(struct db_params *p)
{
    if (!p)
        return;
    buf_fini(&p->text);
    *p = (struct db_params){0};
}
