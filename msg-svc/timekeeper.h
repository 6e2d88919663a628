/* Does what is due, whichever replica comes first: gives reminders, puts scheduled messages into the streams of their
 * rooms, and tells their authors what became of them (docs/later.md). Looks once a second. Owned by main; loop thread
 * only. */
#ifndef PARLEY_MSG_TIMEKEEPER_H
#define PARLEY_MSG_TIMEKEEPER_H

#include "bus.h"
#include "db.h"

struct timekeeper;

void timekeeper_create(struct timekeeper **t_r, struct loop *loop, struct db *db, struct bus *bus);
/* After the pool was destroyed. */
void timekeeper_destroy(struct timekeeper **t);

#endif
