/* A byte buffer that grows by doubling. */
#include "buf.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "failpoint.h"

enum { FIRST_CAP = 64 };

void buf_fini(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
}

void buf_reserve(struct buf *b, size_t more)
{
    size_t cap = b->cap > 0 ? b->cap : FIRST_CAP;

    if (more <= b->cap - b->n)
        return;
    /* Such a size is a bug of the caller; no machine has half of the address space. */
    if (more > SIZE_MAX / 2 - b->n)
        abort();
    while (cap < b->n + more)
        cap *= 2;
    b->p = xrealloc(b->p, cap);
    b->cap = cap;
}

bool buf_try_reserve(struct buf *b, size_t more)
{
    size_t cap = b->cap > 0 ? b->cap : FIRST_CAP;

    if (more <= b->cap - b->n)
        return true;
    if (more > SIZE_MAX / 2 - b->n || FAILPOINT_FAILS("buf.grow"))
        return false;
    while (cap < b->n + more)
        cap *= 2;
    char *p = realloc(b->p, cap);
    if (p == NULL)
        return false;
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_put(struct buf *b, const void *p, size_t n)
{
    if (n == 0)
        return;
    buf_reserve(b, n);
    memcpy(b->p + b->n, p, n);
    b->n += n;
}

void buf_str(struct buf *b, struct str s)
{
    buf_put(b, s.p, s.n);
}

void buf_cstr(struct buf *b, const char *c)
{
    buf_str(b, str_of(c));
}

void buf_char(struct buf *b, char c)
{
    buf_reserve(b, 1);
    b->p[b->n++] = c;
}

void buf_i64(struct buf *b, int64_t v)
{
    char digits[STR_NUMBER];

    buf_str(b, str_decimal(v, digits));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    size_t n = FIRST_CAP - 1;

    /* The second turn, when there is one, has the room that the first asked for. */
    for (;;) {
        int wants;

        buf_reserve(b, n + 1);
        va_start(args, fmt);
        wants = vsnprintf(b->p + b->n, n + 1, fmt, args);
        va_end(args);
        if (wants < 0)
            abort();
        if ((size_t)wants <= n) {
            b->n += (size_t)wants;
            return;
        }
        n = (size_t)wants;
    }
}

struct str buf_view(const struct buf *b)
{
    return (struct str){b->p, b->n};
}

const char *buf_c(struct buf *b)
{
    buf_reserve(b, 1);
    b->p[b->n] = '\0';
    return b->p;
}
