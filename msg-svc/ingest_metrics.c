/* Counts what the write path does. */
#include "ingest_metrics.h"

#include "clock.h"
#include "log.h"

void ingest_metrics_make(struct ingest_metrics *m, struct metrics *metrics)
{
    m->stored = metrics_counter(metrics, "parley_msg_events_total", NULL, "Events committed to rooms' logs.");
    m->dups = metrics_counter(metrics, "parley_msg_duplicates_total", NULL, "Sends answered as stored before.");
    m->refused = metrics_counter(metrics, "parley_msg_refused_total", NULL, "Entries answered with an error.");
    m->dead = metrics_counter(metrics, "parley_msg_dead_letters_total", NULL, "Entries given up after 5 tries.");
    m->unpublished =
        metrics_counter(metrics, "parley_msg_unpublished_total", NULL, "Publications the bus did not take.");
    m->batches = metrics_counter(metrics, "parley_msg_batches_total", NULL, "Transactions committed.");
    m->held = metrics_gauge(metrics, "parley_msg_shards", NULL, "Shards held.");
    m->hand = metrics_gauge(metrics, "parley_msg_in_hand", NULL, "Entries read and not yet done with.");
    m->oldest = metrics_gauge(metrics, "parley_msg_oldest_in_hand_seconds", NULL,
                              "How long the oldest entry in hand is there.");
    m->wait = metrics_histogram(metrics, "parley_msg_wait_seconds", NULL,
                                "How long an entry lay in its stream before it was read: the lag of the streams.");
    m->duration = metrics_histogram(metrics, "parley_msg_batch_seconds", NULL, "From BEGIN to the last publication.");
}

void ingest_metrics_hand(const struct ingest_metrics *m, size_t shards, size_t in_hand, int64_t since_ms)
{
    int64_t now = clock_mono_ms();
    metric_set(m->held, (int64_t)shards);
    metric_set(m->hand, (int64_t)in_hand);
    metric_set(m->oldest, since_ms < now ? (now - since_ms) / 1000 : 0);
}

void ingest_metrics_read(const struct ingest_metrics *m, int64_t waited_ms)
{
    metric_observe_us(m->wait, waited_ms > 0 ? waited_ms * 1000 : 0);
}

void ingest_metrics_gave_up(const struct ingest_metrics *m, const struct entry *e)
{
    metric_add(m->dead, 1);
    log_error(NULL, "entry given up", "shard=%u entry=%.*s user=%lld room=%lld tries=%u request=%.*s", e->shard,
              (int)e->id.n, e->id.p, (long long)e->user, (long long)e->room, e->tries, (int)e->trace.n, e->trace.p);
}

void ingest_metrics_batch(const struct ingest_metrics *m, const struct plan *p, int64_t us)
{
    for (size_t i = 0; i < p->n_steps; i++) {
        const struct plan_step *s = &p->steps[i];
        if (plan_buries(s))
            ingest_metrics_gave_up(m, s->entry);
        else if (s->err != 0)
            metric_add(m->refused, !s->newcomer);
        else if (s->dup)
            metric_add(m->dups, 1);
    }
    metric_add(m->stored, (int64_t)p->n_events);
    metric_add(m->batches, 1);
    metric_observe_us(m->duration, us);
}
