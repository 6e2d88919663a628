/* Many authors, each in its own room, each with as many messages under way as the window says: how many are stored a
 * second, and how long each waits for its answer. */
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "sender.h"
#include "worker.h"

enum { WAIT_US = 20000, DRAIN_US = 10000000 };

struct ingest {
    struct worker *worker;
    struct sender *authors; /* one a client */
};

static void fill(const struct ingest *in, struct sender *author, int64_t now_us)
{
    while (now_us < in->worker->board->until_us && sender_open(author) < (uint32_t)in->worker->options->window)
        sender_send(author, now_us);
}

static void on_frame(struct client *c, struct str frame, int64_t now_us)
{
    struct ingest *in = c->crowd->arg;
    struct slot *slot = in->worker->slot;
    struct sender *author = &in->authors[c - c->crowd->clients];
    uint32_t answered = author->answered;
    bool counts = worker_counts(in->worker, now_us) && now_us < in->worker->board->until_us;
    sender_take(author, frame, now_us, counts ? &slot->answers : NULL);
    if (counts && author->answered != answered) {
        slot->counted += author->answered - answered;
        slot->last_us = now_us;
    }
    fill(in, author, now_us);
}

static uint64_t open_now(const struct ingest *in)
{
    uint64_t open = 0;
    for (size_t i = 0; i < in->worker->crowd.count; i++)
        open += sender_open(&in->authors[i]);
    return open;
}

void ingest_run(struct worker *w)
{
    struct ingest in = {.worker = w, .authors = xcalloc(w->crowd.count, sizeof(*in.authors))};
    w->crowd.arg = &in;
    w->crowd.on_frame = on_frame;
    for (size_t i = 0; i < w->crowd.count; i++)
        sender_init(&in.authors[i], &w->crowd.clients[i], (size_t)w->options->size);
    bool begun = worker_begin(w);
    int64_t end_us = w->board->until_us + DRAIN_US, now_us = clock_mono_us();
    for (size_t i = 0; begun && i < w->crowd.count; i++)
        fill(&in, &in.authors[i], now_us);
    while (begun && !worker_late(w, open_now(&in)) &&
           (now_us < w->board->until_us || (now_us < end_us && open_now(&in) > 0))) {
        crowd_turn(&w->crowd, WAIT_US);
        now_us = clock_mono_us();
    }
    w->slot->unfinished = open_now(&in);
    for (size_t i = 0; i < w->crowd.count; i++)
        w->slot->refused += in.authors[i].refused;
    free(in.authors);
}
