/* Removes what nobody will ask for again: what is old in the users' own logs and among the dead letters. */
#ifndef PARLEY_MSG_JANITOR_H
#define PARLEY_MSG_JANITOR_H

#include "db.h"

struct janitor;
/* Every every_s seconds, and soon after the start. Of several replicas one at a time does the work. */
void janitor_create(struct janitor **j_r, struct loop *loop, struct db *db, int64_t every_s);
/* After the pool: its callbacks have all run. */
void janitor_destroy(struct janitor **j);

#endif
