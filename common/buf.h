/* A growing byte buffer. Owned by whoever declares it: `struct buf b = {0}` is a valid empty one,
 * buf_fini() frees. Running out of memory aborts (see alloc.h), but for buf_try_reserve(); bound what a peer makes it
 * hold. */
#ifndef PARLEY_BUF_H
#define PARLEY_BUF_H

#include <stdbool.h>

#include "str.h"

struct buf {
    char *p;
    size_t n, cap;
};

void buf_fini(struct buf *b);
/* Forget the content, keep the memory. */
void buf_reset(struct buf *b);
/* Make room for `more` bytes beyond n. */
void buf_reserve(struct buf *b, size_t more);
/* The same for what a peer sizes: false when there is no memory, and the buffer is as it was. */
bool buf_try_reserve(struct buf *b, size_t more);

void buf_put(struct buf *b, const void *p, size_t n);
void buf_str(struct buf *b, struct str s);
void buf_cstr(struct buf *b, const char *c);
void buf_char(struct buf *b, char c);
void buf_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The bytes so far; valid until the next change. */
struct str buf_view(const struct buf *b);
/* The same as a C string: a NUL is put behind the bytes and not counted. */
const char *buf_c(struct buf *b);

#endif
