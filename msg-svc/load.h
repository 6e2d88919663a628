/* The questions a batch puts to the database before its plan is run: locks first, in one order for all transactions,
 * then what the plan asks for. */
#ifndef PARLEY_MSG_LOAD_H
#define PARLEY_MSG_LOAD_H

#include "db.h"
#include "plan.h"

/* Tells the plan what the rows say. */
typedef void load_take_fn(struct plan *p, const struct db_result *r);
/* Queues one statement and waits for it; `take` (may be NULL) gets its rows. */
typedef void load_exec_fn(void *arg, const char *sql, struct db_params *params, load_take_fn *take);

void load(const struct plan *p, load_exec_fn *exec, void *arg);
/* The part of it about messages that are changed, answered or quoted, and about names in texts. */
void load_messages(const struct plan *p, load_exec_fn *exec, void *arg);

/* The part of it about emoji, stickers and pictures of rooms. */
void load_pictures(const struct plan *p, load_exec_fn *exec, void *arg);

/* The part of it about bans, invitations and settings. */
void load_room_acts(const struct plan *p, load_exec_fn *exec, void *arg);

#endif
