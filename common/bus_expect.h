/* Commands whose answers are due, oldest first. Embedded in a link; loop thread only. */
#ifndef PARLEY_BUS_EXPECT_H
#define PARLEY_BUS_EXPECT_H

#include "bus.h"

struct expect {
    bus_reply_fn *fn; /* may be NULL */
    void *arg;
    int64_t deadline; /* on clock_mono_ms() */
};

/* A ring whose size is a power of two; {0} is an empty one. */
struct expects {
    struct expect *ring;
    size_t cap, head, count;
};

void expects_push(struct expects *q, struct expect e);
/* The oldest; there must be one. */
struct expect expects_pop(struct expects *q);
int64_t expects_deadline(const struct expects *q);
/* Call them all: those past their deadline have timed out, of the others nothing is known. Frees the ring. */
void expects_fail(struct expects *q);

#endif
