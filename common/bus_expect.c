/* Commands whose answers are due, oldest first. */
#include "bus_expect.h"

#include <assert.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"

void expects_push(struct expects *q, struct expect e)
{
    if (q->count == q->cap) {
        size_t cap = q->cap ? q->cap * 2 : 16;
        struct expect *ring = xcalloc(cap, sizeof *ring);
        for (size_t i = 0; i < q->count; i++)
            ring[i] = q->ring[(q->head + i) & (q->cap - 1)];
        free(q->ring);
        *q = (struct expects){ring, cap, 0, q->count};
    }
    q->ring[(q->head + q->count++) & (q->cap - 1)] = e;
}

struct expect expects_pop(struct expects *q)
{
    assert(q->count > 0);
    struct expect e = q->ring[q->head];
    q->head = (q->head + 1) & (q->cap - 1);
    q->count--;
    return e;
}

int64_t expects_deadline(const struct expects *q)
{
    assert(q->count > 0);
    return q->ring[q->head].deadline;
}

void expects_fail(struct expects *q)
{
    int64_t now = clock_mono_ms();
    while (q->count > 0) {
        struct expect e = expects_pop(q);
        if (e.fn)
            e.fn(e.arg, now >= e.deadline ? ERR_TIMEOUT : ERR_UNAVAILABLE, NULL);
    }
    free(q->ring);
    *q = (struct expects){0};
}
