/* Allocation that aborts instead of failing. */
#include "alloc.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "failpoint.h"

/* No formatting and no allocation here: there is no memory left for either. */
static void out_of_memory(void)
{
    static const char line[] = "level=error event=\"out of memory\"\n";

    if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
        abort();
    abort();
}

void *xcalloc(size_t count, size_t size)
{
    void *p = FAILPOINT_MEMORY_IS_OUT() ? NULL : calloc(count > 0 ? count : 1, size > 0 ? size : 1);

    if (p == NULL)
        out_of_memory();
    return p;
}

void *xrealloc(void *p, size_t size)
{
    void *q = FAILPOINT_MEMORY_IS_OUT() ? NULL : realloc(p, size > 0 ? size : 1);

    if (q == NULL)
        out_of_memory();
    return q;
}

char *xstrdup(const char *c)
{
    return xstrndup(str_of(c));
}

char *xstrndup(struct str s)
{
    char *copy;

    if (s.n == SIZE_MAX)
        out_of_memory();
    copy = xcalloc(1, s.n + 1);
    if (s.n > 0)
        memcpy(copy, s.p, s.n);
    return copy;
}
