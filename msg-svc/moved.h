/* Whose logs, of rooms and of people, grew in the last 20 s: one look at the database a second at most, however many
 * ask. Where so much is written that a look takes long, it is for ten times as long, but three seconds at most: who
 * asks each 5 s then still sees all that moved. Owned by calls; loop thread only. */
#ifndef PARLEY_MSG_MOVED_H
#define PARLEY_MSG_MOVED_H

#include "buf.h"
#include "list.h"

struct moved {
    struct buf answer;   /* of the last look, made at looked_ms */
    int64_t looked_ms;   /* 0: none was good so far */
    int64_t fresh_ms;    /* how long it is good */
    int64_t asked_ms;    /* of the look under way */
    struct list waiting; /* calls, for the look under way */
};

void moved_init(struct moved *m);
/* After the pool was destroyed: nobody waits any more. */
void moved_fini(struct moved *m);

#endif
