/* One process of a run, and what each kind of run does in it. */
#ifndef PARLEY_BENCH_WORKER_H
#define PARLEY_BENCH_WORKER_H

#include "board.h"
#include "options.h"

struct worker {
    const struct options *options;
    struct board *board;
    struct slot *slot; /* its own */
    size_t index;
    int progress; /* an eventfd: written when subscribers elsewhere have seen something, read by the author's process */
    int64_t deadline_us;
    struct crowd crowd;
};

/* All clients are ready. Gets itself ready to hear what comes to them, begins with worker_begin(), and returns when the
 * run is over in this process. */
typedef void worker_run_fn(struct worker *w);
worker_run_fn fan_run, idle_run, storm_run, ingest_run, day_run;

/* From the first connection to the end of the run; the figures are in its slot. */
void worker_live(struct worker *w);
/* Say that this process is prepared, and wait until all are. False: that was not in time, and nothing is to be run. */
bool worker_begin(struct worker *w);
/* Does what comes now count? */
bool worker_counts(const struct worker *w, int64_t now_us);
/* Is there nothing to wait for any more? Notes what was waited for. */
bool worker_late(struct worker *w, uint64_t unfinished);

#endif
