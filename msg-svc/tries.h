/* How often an entry was tried, counted in Redis before each try, so that one that kills whoever tries it is known by
 * it to the next. Only of entries that gave reason: claimed, or refused by PostgreSQL. Kept in the hash tries:{shard}.
 * Owned by ingest; loop thread only. */
#ifndef PARLEY_MSG_TRIES_H
#define PARLEY_MSG_TRIES_H

#include "bus.h"
#include "plan.h"

enum {
    TRIES_ALONE = 2, /* from here on an entry goes through a transaction of its own, so that only it is to blame */
    TRIES_MAX = 5,   /* given up: with a transaction that stores nothing but this */
    TRIES_END = 10,  /* that fails, too: given up without one */
};

struct tries;
/* `counted`: each entry's `tries` is right. Else Redis could not be asked, and nothing may be tried. */
typedef void tries_fn(void *arg, bool counted);

void tries_create(struct tries **t_r, struct bus *bus, tries_fn *fn, void *arg);
/* fn is not called any more. */
void tries_destroy(struct tries **t);

/* The coming try of any of these is to be counted first. */
bool tries_due(struct entry *const *entries, size_t count);
/* Count the coming try of each entry that it is due for. 0: fn is called once, later; the entries live until then, and
 * no other count begins. Else it is not. */
int tries_count(struct tries *t, struct entry *const *entries, size_t count);
/* Mark what goes alone from now on and what is given up. True: they must not all go together, and only the first of
 * them is, or are, still counted. */
bool tries_set_apart(struct tries *t, struct entry *const *entries, size_t count);
/* Of what is set aside until its author is welcomed no try counts: however often that fails, it is not its fault. */
void tries_spare_newcomers(struct tries *t, const struct plan *p);
bool tries_counting(const struct tries *t);
/* They are done with. */
void tries_forget(struct bus *bus, unsigned shard, const struct str *ids, size_t count);

#endif
