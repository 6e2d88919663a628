/* Counters, gauges and histograms of one process, written as Prometheus text (exposition format 0.0.4).
 * Made once at start, held as pointers, touched on the loop thread only. */
#ifndef PARLEY_METRICS_H
#define PARLEY_METRICS_H

#include "buf.h"

struct metrics;
struct metric;

void metrics_create(struct metrics **metrics_r);
void metrics_destroy(struct metrics **metrics);

/* `labels` is NULL or text like op="send"; names start with parley_. The registry owns the result. */
struct metric *metrics_counter(struct metrics *m, const char *name, const char *labels, const char *help);
struct metric *metrics_gauge(struct metrics *m, const char *name, const char *labels, const char *help);
/* Latencies in seconds, buckets from 100 µs to 10 s. */
struct metric *metrics_histogram(struct metrics *m, const char *name, const char *labels, const char *help);

/* A histogram whose label sets come when they first occur: it is named from the start. And the same of a counter. */
void metrics_announce_histogram(struct metrics *m, const char *name, const char *help);
void metrics_announce_counter(struct metrics *m, const char *name, const char *help);

void metric_add(struct metric *c, int64_t n);
void metric_set(struct metric *g, int64_t value);
void metric_observe_us(struct metric *h, int64_t us);
int64_t metric_value(const struct metric *m);

void metrics_write(const struct metrics *m, struct buf *out);

#endif
