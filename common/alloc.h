/* Allocation that cannot fail: out of memory is a log line and abort(). For what a peer sizes, check
 * the size against a bound first. */
#ifndef PARLEY_ALLOC_H
#define PARLEY_ALLOC_H

#include <stddef.h>

#include "str.h"

void *xcalloc(size_t count, size_t size);
void *xrealloc(void *p, size_t size);
char *xstrdup(const char *c);
/* NUL-terminated copy of a view; the caller frees it. */
char *xstrndup(struct str s);

#endif
