/* A newcomer becomes a member of the rooms everyone is in, once, by the first thing he does: connecting, listing his
 * rooms, or reading or writing in such a room. Bots do not: people bring them where they want them. */
#ifndef PARLEY_MSG_WELCOME_H
#define PARLEY_MSG_WELCOME_H

#include "bus.h"
#include "db.h"

struct welcome_config {
    struct bus *bus;
    struct db *db;
    int64_t room_capacity;
};

/* Welcome the user unless that was done before. fn is called exactly once, later: 0: he is welcomed, and every room's
 * event was published; else an error. Returns as db_query(). */
typedef void welcome_fn(void *arg, int err);
int welcome(const struct welcome_config *config, int64_t user, welcome_fn *fn, void *arg);

#endif
