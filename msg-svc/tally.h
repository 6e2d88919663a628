/* Counts what is written, a day at a time, for the figures that admins look at: by the way, a bounded part of the log
 * at a time, so that nobody counts messages when somebody looks. Of several replicas one counts each part. */
#ifndef PARLEY_MSG_TALLY_H
#define PARLEY_MSG_TALLY_H

#include "db.h"

struct tally;
void tally_create(struct tally **tally_r, struct loop *loop, struct db *db);
/* After the pool: its callbacks have all run. */
void tally_destroy(struct tally **tally);

#endif
