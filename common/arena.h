/* Memory of many small pieces that are given back together: what a parser makes of one text. */
#ifndef PARLEY_ARENA_H
#define PARLEY_ARENA_H

#include <stddef.h>

struct arena_block;

/* Zero is an empty one. It may be copied, and lie in a piece of its own memory; only one copy is used. */
struct arena {
    struct arena_block *newest;
};

/* Of an empty arena: pieces of so many bytes together come without asking the heap again. */
void arena_open(struct arena *a, size_t room);
/* A piece, aligned for anything, not set to anything. Owned by the arena; ends the process when there is no memory. */
void *arena_take(struct arena *a, size_t n);
/* All pieces at once. The arena is empty then. */
void arena_free(struct arena *a);

#endif
