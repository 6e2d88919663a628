/* Waits before what failed is tried again, each time twice as long, until it succeeds. Owned by ingest; loop thread
 * only.
 */
#ifndef PARLEY_MSG_BACKOFF_H
#define PARLEY_MSG_BACKOFF_H

#include <stdbool.h>

#include "loop.h"

struct backoff;
/* The wait is over. */
typedef void backoff_fn(void *arg);

void backoff_create(struct backoff **b_r, struct loop *loop, backoff_fn *fn, void *arg);
void backoff_destroy(struct backoff **b);
/* Wait, then call fn once. */
void backoff_wait(struct backoff *b);
bool backoff_waits(const struct backoff *b);
/* It succeeded: the next wait is the shortest. */
void backoff_reset(struct backoff *b);

#endif
