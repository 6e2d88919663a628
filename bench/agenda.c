/* A binary heap, the earliest on top. */
#include "agenda.h"

#include <stdlib.h>

#include "alloc.h"

static void swap(struct entry *a, struct entry *b)
{
    struct entry kept = *a;
    *a = *b;
    *b = kept;
}

void agenda_put(struct agenda *g, struct entry entry)
{
    if (g->count == g->room) {
        g->room = g->room ? 2 * g->room : 256;
        g->heap = xrealloc(g->heap, g->room * sizeof(*g->heap));
    }
    size_t at = g->count++;
    g->heap[at] = entry;
    for (size_t up; at > 0 && g->heap[up = (at - 1) / 2].at_us > g->heap[at].at_us; at = up)
        swap(&g->heap[up], &g->heap[at]);
}

static void sink(struct agenda *g)
{
    for (size_t at = 0, least;; at = least) {
        least = at;
        for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < g->count; child++)
            if (g->heap[child].at_us < g->heap[least].at_us)
                least = child;
        if (least == at)
            return;
        swap(&g->heap[at], &g->heap[least]);
    }
}

bool agenda_take(struct agenda *g, int64_t now_us, struct entry *entry_r)
{
    if (g->count == 0 || g->heap[0].at_us > now_us)
        return false;
    *entry_r = g->heap[0];
    g->heap[0] = g->heap[--g->count];
    sink(g);
    return true;
}

void agenda_fini(struct agenda *g)
{
    free(g->heap);
    *g = (struct agenda){0};
}
