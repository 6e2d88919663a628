/* All clients lose their connection at the same moment, connect again and ask what they missed: how long until each,
 * and until the last one, has its answer. They leave by themselves and come back at once; or the server that they are
 * all at is killed, and they come back elsewhere as its protocol asks them to. */
#include <signal.h>

#include "clock.h"
#include "dialect.h"
#include "worker.h"

enum { WAIT_US = 10000 };

static void on_ready(struct client *c, int64_t now_us)
{
    struct worker *w = c->crowd->arg;
    histogram_add(&w->slot->ready_after, now_us - w->board->from_us);
    w->slot->counted++;
    w->slot->last_us = now_us;
}

static void on_frame(struct client *c, struct str frame, int64_t now_us)
{
    (void)now_us;
    c->crowd->plan->dialect->note(c, frame);
}

/* As clients do each minute: the first of them were told what held for few. */
static void ask_all(struct worker *w)
{
    w->crowd.on_frame = on_frame;
    for (size_t i = 0; i < w->crowd.count; i++)
        w->crowd.plan->dialect->ask(&w->crowd.clients[i]);
}

static void lose_all(struct worker *w)
{
    int64_t pid = w->options->kill;
    if (pid == 0)
        crowd_cut(&w->crowd);
    else if (w->index == 0)
        kill((pid_t)pid, SIGKILL);
    while (pid != 0 && w->crowd.homeless < w->crowd.count && !worker_late(w, w->crowd.count - w->crowd.homeless))
        crowd_turn(&w->crowd, WAIT_US);
}

void storm_run(struct worker *w)
{
    if (w->options->kill)
        ask_all(w);
    if (!worker_begin(w))
        return;
    while (clock_mono_us() < w->board->from_us)
        crowd_turn(&w->crowd, 1000);
    w->crowd.tries = 0;
    w->crowd.arg = w;
    w->crowd.on_ready = on_ready;
    lose_all(w);
    while (w->crowd.ready < w->crowd.count && !worker_late(w, w->crowd.count - w->crowd.ready))
        crowd_turn(&w->crowd, WAIT_US);
    /* Who is looked at beside it must not be disturbed by the end of the bench. */
    while (w->options->kill && clock_mono_us() < w->board->until_us)
        crowd_turn(&w->crowd, WAIT_US);
}
