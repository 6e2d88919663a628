/* Pieces one behind the other, in blocks that get larger. */
#include "arena.h"

#include <stdlib.h>

#include "alloc.h"

enum { FIRST = 1000, GROWTH = 4, LARGEST = 64 * 1024 };

/* What is behind it is for pieces. */
struct arena_block {
    struct arena_block *older;
    size_t size, used;
};

static size_t aligned(size_t n)
{
    const size_t unit = _Alignof(max_align_t);
    return (n + unit - 1) / unit * unit;
}

static void grow(struct arena *a, size_t size)
{
    struct arena_block *b = xrealloc(NULL, aligned(sizeof *b) + size);
    *b = (struct arena_block){.older = a->newest, .size = size};
    a->newest = b;
}

void arena_open(struct arena *a, size_t room)
{
    grow(a, aligned(room));
}

void *arena_take(struct arena *a, size_t n)
{
    size_t need = aligned(n), before = a->newest ? a->newest->size : 0;
    if (!a->newest || before - a->newest->used < need) {
        size_t size = before * GROWTH < FIRST ? FIRST : before * GROWTH < LARGEST ? before * GROWTH : LARGEST;
        grow(a, size > need ? aligned(size) : need);
    }
    struct arena_block *b = a->newest;
    char *at = (char *)b + aligned(sizeof *b) + b->used;
    b->used += need;
    return at;
}

void arena_free(struct arena *a)
{
    struct arena_block *b = a->newest;
    a->newest = NULL;
    while (b) {
        struct arena_block *older = b->older;
        free(b);
        b = older;
    }
}
