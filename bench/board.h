/* What the processes of a run tell each other: memory that they share. Each process has a slot that it alone writes;
 * the parent says when a phase begins. */
#ifndef PARLEY_BENCH_BOARD_H
#define PARLEY_BENCH_BOARD_H

#include <stdatomic.h>
#include <stdbool.h>

#include "histogram.h"

enum { BOARD_SLOTS = 16, BOARD_ROOMS = 65536 };

/* What people do in a day. */
enum act { ACT_TYPE, ACT_WRITE, ACT_SWITCH, ACT_SEARCH, ACT_IDLE, ACT_LEAVE, ACT_TELL, ACT_READ, ACTS };

enum phase {
    PHASE_CONNECT, /* everybody gets ready */
    PHASE_RUN,     /* from from_us on it counts, until until_us something new is begun */
};

/* How long answers took, and the parts of it that servers tell. */
struct answer_times {
    struct histogram ack, queue, commit, server;
};

struct slot {
    atomic_bool prepared;      /* its clients are ready, and whatever comes to them is heard */
    atomic_bool quiet;         /* nothing of its own is under way any more */
    atomic_bool done;          /* the run is over here, and the figures below are whole */
    atomic_uint_fast64_t seen; /* messages by subscribers, also before it counted */
    /* Read by the parent when all is done: */
    uint64_t counted; /* messages by subscribers, or answers to authors, while it counted */
    uint64_t missing, again, refused;
    uint64_t unfinished; /* what was waited for and did not come */
    uint64_t tries;      /* to connect */
    double cpu_s;        /* of this process, in the run */
    int64_t last_us;     /* when the last of what was counted came */
    uint64_t reads;      /* of sockets in the run that brought something */
    uint64_t acts[ACTS];
    struct histogram delivery, ready_after, history, search;
    struct answer_times answers;
    char trouble[160];
};

struct board {
    atomic_int phase;
    int64_t from_us, until_us;
    atomic_uint_fast64_t published; /* messages so far */
    atomic_bool all_published;
    atomic_uint_fast64_t heads[BOARD_ROOMS]; /* of a day: how far the log of each room goes */
    struct slot slots[BOARD_SLOTS];
};

struct board *board_create(void);

#endif
