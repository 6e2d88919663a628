/* How much of a room's log a client has, by the numbers of its events, which begin at 1 and have no hole. */
#ifndef PARLEY_BENCH_PLACE_H
#define PARLEY_BENCH_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct place {
    uint32_t room;    /* which of the plan's */
    uint32_t written; /* messages that this client wrote there */
    uint64_t seen;    /* all up to here have come */
    uint64_t ahead;   /* bit i: so has seen + 2 + i */
    uint64_t head;    /* the highest that is known of */
    uint64_t told;    /* as delivered */
    uint64_t read;
    int64_t missed_us; /* since when something is missing; 0: nothing is */
};

/* An event has come. False: it had before, or is so far ahead of what is missing that it has to come again. */
bool place_take(struct place *place, uint64_t seq);
/* The log goes up to there. */
void place_hear(struct place *place, uint64_t head);

#endif
