/* One author and many subscribers: how fast, and how late, what he says is with all of them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "dialect.h"
#include "mark.h"
#include "sender.h"
#include "worker.h"

/* What is not there so long after the last message came is lost. */
enum { SILENCE_US = 5000000, WAIT_US = 20000 };

struct fan {
    struct worker *worker;
    struct sender *author; /* NULL: he is in another process */
    uint64_t seen;         /* by subscribers here */
    size_t subscribers;    /* here */
    int64_t began_us;      /* when the first message was due */
    int64_t heard_us;
};

static void hear_mark(struct fan *fan, struct client *c, const struct mark *mark, int64_t now_us)
{
    struct slot *slot = fan->worker->slot;
    if (mark->number < c->expected) {
        slot->again++;
        return;
    }
    slot->missing += mark->number - c->expected;
    fan->seen += mark->number - c->expected + 1;
    c->expected = mark->number + 1;
    if (!worker_counts(fan->worker, now_us))
        return;
    slot->counted++;
    slot->last_us = now_us;
    histogram_add(&slot->delivery, now_us - mark->due_us);
}

/* What may be the beginning of a mark is kept for the next frame, of servers that cut messages anywhere. */
static void hear(struct fan *fan, struct client *c, struct str frame, int64_t now_us)
{
    struct mark mark;
    bool cuts = c->crowd->plan->dialect->cuts_messages;
    if (c->tail.n > 0) {
        buf_str(&c->tail, frame);
        frame = buf_view(&c->tail);
    }
    while (mark_next(&frame, &mark))
        if (mark.run == c->crowd->plan->run)
            hear_mark(fan, c, &mark, now_us);
    if (!cuts)
        return;
    size_t kept = frame.n < MARK_SIZE ? frame.n : MARK_SIZE - 1;
    const char *from = frame.p + frame.n - kept;
    if (c->tail.n > 0) {
        memmove(c->tail.p, from, kept);
        c->tail.n = kept;
    } else {
        buf_put(&c->tail, from, kept);
    }
}

static void on_frame(struct client *c, struct str frame, int64_t now_us)
{
    struct fan *fan = c->crowd->arg;
    fan->heard_us = now_us;
    if (fan->author && fan->author->client == c)
        sender_take(fan->author, frame, now_us,
                    worker_counts(fan->worker, now_us) ? &fan->worker->slot->answers : NULL);
    else
        hear(fan, c, frame, now_us);
}

/* How many messages everybody has seen, in the mean. */
static uint64_t seen_by_all(const struct worker *w)
{
    uint64_t seen = 0;
    for (size_t i = 0; i < (size_t)w->options->processes; i++)
        seen += atomic_load_explicit(&w->board->slots[i].seen, memory_order_relaxed);
    return seen / (uint64_t)w->options->clients;
}

static int64_t due_at(const struct fan *fan, uint32_t number)
{
    return fan->began_us + (int64_t)((double)number * 1e6 / fan->worker->options->rate);
}

/* Is the next message to be sent now? Nobody has more under way without an answer than the window lets through; in open
 * loop what waits for that is late, and is counted as that. */
static bool is_due(const struct fan *fan, int64_t now_us)
{
    const struct options *o = fan->worker->options;
    const struct sender *author = fan->author;
    if (sender_open(author) >= (uint32_t)o->window)
        return false;
    if (o->rate > 0)
        return due_at(fan, author->sent) <= now_us;
    return author->sent < seen_by_all(fan->worker) + (uint64_t)o->window;
}

/* Everything that is due before the end is sent, if later. How long to wait for the next. */
static int64_t publish(struct fan *fan)
{
    struct worker *w = fan->worker;
    struct sender *author = fan->author;
    int64_t now_us = clock_mono_us(), end_us = w->board->until_us;
    while (is_due(fan, now_us < end_us ? now_us : end_us)) {
        if (w->options->rate == 0 && now_us >= end_us)
            break;
        sender_send(author, w->options->rate > 0 ? due_at(fan, author->sent) : now_us);
        atomic_store_explicit(&w->board->published, author->sent, memory_order_relaxed);
    }
    if (now_us >= end_us && (w->options->rate == 0 || due_at(fan, author->sent) > end_us))
        atomic_store(&w->board->all_published, true);
    if (w->options->rate == 0 || sender_open(author) >= (uint32_t)w->options->window)
        return WAIT_US;
    int64_t wait_us = due_at(fan, author->sent) - clock_mono_us();
    return wait_us < 0 ? 0 : wait_us < WAIT_US ? wait_us : WAIT_US;
}

static void tell_progress(struct fan *fan)
{
    struct worker *w = fan->worker;
    uint64_t one = 1, before = atomic_exchange_explicit(&w->slot->seen, fan->seen, memory_order_relaxed);
    if (!fan->author && before != fan->seen && write(w->progress, &one, sizeof(one)) < 0)
        return; /* full of them: he will be woken */
}

/* Of what was published, what subscribers here have not seen and the author has no answer to. */
static uint64_t open_here(const struct fan *fan)
{
    uint64_t published = atomic_load(&fan->worker->board->published);
    uint64_t unseen = published * fan->subscribers - fan->seen;
    return unseen + (fan->author ? sender_open(fan->author) : 0);
}

static bool is_over(struct fan *fan)
{
    struct worker *w = fan->worker;
    int64_t now_us = clock_mono_us();
    if (fan->heard_us < w->board->from_us)
        fan->heard_us = w->board->from_us;
    if (now_us - fan->heard_us > SILENCE_US && (open_here(fan) > 0 || atomic_load(&w->board->all_published))) {
        atomic_store(&w->board->all_published, true);
        w->slot->unfinished = open_here(fan);
        return true;
    }
    if (!atomic_load(&w->board->all_published))
        return false;
    return open_here(fan) == 0 || worker_late(w, open_here(fan));
}

void fan_run(struct worker *w)
{
    struct fan fan = {.worker = w, .subscribers = w->crowd.count};
    struct sender *author = xcalloc(1, sizeof(*author));
    if (w->index + 1 == (size_t)w->options->processes) {
        fan.author = author;
        fan.subscribers--;
        sender_init(author, &w->crowd.clients[w->crowd.count - 1], (size_t)w->options->size);
        crowd_watch(&w->crowd, w->progress);
    }
    w->crowd.arg = &fan;
    w->crowd.on_frame = on_frame;
    bool begun = worker_begin(w);
    fan.began_us = clock_mono_us();
    while (begun && !is_over(&fan)) {
        int64_t wait_us = fan.author ? publish(&fan) : WAIT_US;
        crowd_turn(&w->crowd, wait_us);
        tell_progress(&fan);
    }
    w->slot->refused = author->refused;
    free(author);
}
