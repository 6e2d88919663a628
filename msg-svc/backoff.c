/* Waits before what failed is tried again. */
#include "backoff.h"

#include <stdlib.h>

#include "alloc.h"

enum { MIN_MS = 50, MAX_MS = 1000 };

struct backoff {
    struct timer *timer;
    backoff_fn *fn;
    void *arg;
    unsigned last_ms; /* 0: nothing failed since the last success */
    bool waits;
};

static void on_timer(void *arg)
{
    struct backoff *b = arg;
    b->waits = false;
    b->fn(b->arg);
}

void backoff_create(struct backoff **b_r, struct loop *loop, backoff_fn *fn, void *arg)
{
    struct backoff *b = xcalloc(1, sizeof *b);
    b->fn = fn;
    b->arg = arg;
    timer_make(&b->timer, loop, on_timer, b);
    *b_r = b;
}

void backoff_destroy(struct backoff **b)
{
    if (*b == NULL)
        return;
    timer_destroy(&(*b)->timer);
    free(*b);
    *b = NULL;
}

void backoff_wait(struct backoff *b)
{
    b->last_ms = b->last_ms == 0 ? MIN_MS : b->last_ms * 2;
    if (b->last_ms > MAX_MS)
        b->last_ms = MAX_MS;
    b->waits = true;
    timer_start(b->timer, b->last_ms, 0);
}

bool backoff_waits(const struct backoff *b)
{
    return b->waits;
}

void backoff_reset(struct backoff *b)
{
    b->last_ms = 0;
}
