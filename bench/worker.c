/* Gets its clients ready and runs what is to be measured. */
#include "worker.h"

#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"

enum { TURN_US = 5000 };

/* Clients go round the processes, so that the author, who is the last, is alone in the number of his. */
static size_t share(const struct options *o, size_t index, size_t *first_r)
{
    size_t all = (size_t)o->clients + (o->mode == MODE_FAN), each = all / (size_t)o->processes;
    *first_r = index * each;
    return index + 1 == (size_t)o->processes ? all - *first_r : each;
}

bool worker_late(struct worker *w, uint64_t unfinished)
{
    if (clock_mono_us() < w->deadline_us)
        return false;
    w->slot->unfinished = unfinished;
    return true;
}

static void turn_until(struct worker *w, bool (*is_over)(const struct worker *))
{
    while (!is_over(w) && clock_mono_us() < w->deadline_us)
        crowd_turn(&w->crowd, TURN_US);
}

static bool all_ready(const struct worker *w)
{
    return w->crowd.ready == w->crowd.count;
}

static bool may_run(const struct worker *w)
{
    return atomic_load(&w->board->phase) == PHASE_RUN;
}

bool worker_begin(struct worker *w)
{
    atomic_store(&w->slot->prepared, true);
    turn_until(w, may_run);
    return may_run(w);
}

bool worker_counts(const struct worker *w, int64_t now_us)
{
    return may_run(w) && now_us >= w->board->from_us;
}

static double own_time(void)
{
    struct rusage own;
    getrusage(RUSAGE_SELF, &own);
    return (double)(own.ru_utime.tv_sec + own.ru_stime.tv_sec) +
           (double)(own.ru_utime.tv_usec + own.ru_stime.tv_usec) / 1e6;
}

void worker_live(struct worker *w)
{
    static worker_run_fn *const runs[] = {fan_run, idle_run, storm_run, ingest_run, day_run};
    size_t first, count = share(w->options, w->index, &first);
    crowd_init(&w->crowd, &w->options->plan, first, count);
    turn_until(w, all_ready);
    double before_s = own_time();
    uint64_t reads = w->crowd.reads;
    if (all_ready(w))
        runs[w->options->mode](w);
    w->slot->cpu_s = own_time() - before_s;
    w->slot->reads = w->crowd.reads - reads;
    w->slot->tries = w->crowd.tries;
    memcpy(w->slot->trouble, w->crowd.trouble, sizeof(w->slot->trouble));
    atomic_store(&w->slot->done, true);
    crowd_fini(&w->crowd);
}
