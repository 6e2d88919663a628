/* All clients lose their connection at the same moment, connect again and ask what they missed: how long until each,
 * and until the last one, has its answer. */
#include "clock.h"
#include "worker.h"

enum { WAIT_US = 10000 };

static void on_ready(struct client *c, int64_t now_us)
{
    struct worker *w = c->crowd->arg;
    histogram_add(&w->slot->ready_after, now_us - w->board->from_us);
    w->slot->counted++;
    w->slot->last_us = now_us;
}

void storm_run(struct worker *w)
{
    if (!worker_begin(w))
        return;
    while (clock_mono_us() < w->board->from_us)
        crowd_turn(&w->crowd, 1000);
    crowd_cut(&w->crowd);
    w->crowd.tries = 0;
    w->crowd.arg = w;
    w->crowd.on_ready = on_ready;
    while (w->crowd.ready < w->crowd.count && !worker_late(w, w->crowd.count - w->crowd.ready))
        crowd_turn(&w->crowd, WAIT_US);
}
