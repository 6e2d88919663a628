/* What the write path counts. Owned by ingest. */
#ifndef PARLEY_MSG_INGEST_METRICS_H
#define PARLEY_MSG_INGEST_METRICS_H

#include "metrics.h"
#include "plan.h"

struct ingest_metrics {
    struct metric *stored, *dups, *refused, *dead, *unpublished, *batches, *held, *hand, *oldest, *duration, *wait;
};

void ingest_metrics_make(struct ingest_metrics *m, struct metrics *metrics);
/* A committed batch that took so long. */
void ingest_metrics_batch(const struct ingest_metrics *m, const struct plan *p, int64_t us);
/* What is held now; `since_ms`: when the oldest entry came into hand, INT64_MAX: there is none. */
void ingest_metrics_hand(const struct ingest_metrics *m, size_t shards, size_t in_hand, int64_t since_ms);
/* An entry was read; it lay in the stream for so long. */
void ingest_metrics_read(const struct ingest_metrics *m, int64_t waited_ms);
/* An entry that is not tried any more. */
void ingest_metrics_gave_up(const struct ingest_metrics *m, const struct entry *e);

#endif
