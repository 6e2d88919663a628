/* What is to be done when: a heap of moments. */
#ifndef PARLEY_BENCH_AGENDA_H
#define PARLEY_BENCH_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct entry {
    int64_t at_us;
    uint32_t who, what;
};

struct agenda {
    struct entry *heap;
    size_t count, room;
};

void agenda_put(struct agenda *agenda, struct entry entry);
/* The first one that is due by then. False: none is. */
bool agenda_take(struct agenda *agenda, int64_t now_us, struct entry *entry_r);
void agenda_fini(struct agenda *agenda);

#endif
