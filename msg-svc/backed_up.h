/* When ./parley backup last ended, looked up each minute, as a metric. Owned by main; loop thread only. */
#ifndef PARLEY_MSG_BACKED_UP_H
#define PARLEY_MSG_BACKED_UP_H

#include "db.h"

struct backed_up;
void backed_up_create(struct backed_up **b_r, struct loop *loop, struct db *db, struct metrics *metrics);
/* After the pool: its callbacks have all run. */
void backed_up_destroy(struct backed_up **b);

#endif
