/* Clients who only stay connected: what that costs is in the figures of the processes they are connected to. */
#include "clock.h"
#include "worker.h"

enum { WAIT_US = 100000 };

static void on_frame(struct client *c, struct str frame, int64_t now_us)
{
    struct worker *w = c->crowd->arg;
    (void)frame;
    if (worker_counts(w, now_us)) {
        w->slot->counted++;
        w->slot->last_us = now_us;
    }
}

void idle_run(struct worker *w)
{
    w->crowd.arg = w;
    w->crowd.on_frame = on_frame;
    uint64_t tries = w->crowd.tries;
    if (!worker_begin(w))
        return;
    while (clock_mono_us() < w->board->until_us && !worker_late(w, 0))
        crowd_turn(&w->crowd, WAIT_US);
    w->slot->missing = w->crowd.tries - tries; /* who was lost, and connected again */
}
