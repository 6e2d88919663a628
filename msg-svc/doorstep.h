/* Where entries wait whose people may be newcomers: each is welcomed first, one person at a time, so that nobody's
 * entries overtake each other. Owned by ingest, which gets the entries back. */
#ifndef PARLEY_MSG_DOORSTEP_H
#define PARLEY_MSG_DOORSTEP_H

#include "plan.h"
#include "welcome.h"

struct doorstep;

/* The entry goes back; `welcomed`: its user is no newcomer any more. False: that could not be done. */
typedef void doorstep_fn(void *arg, struct entry *e, bool welcomed);
/* All entries of one person went back. */
typedef void doorstep_done_fn(void *arg);

void doorstep_create(struct doorstep **d_r, const struct welcome_config *config, doorstep_fn *fn,
                     doorstep_done_fn *done, void *arg);
/* Gives back what waits. After the pool was destroyed: no welcome may be under way. */
void doorstep_destroy(struct doorstep **d);

void doorstep_push(struct doorstep *d, struct entry *e);
/* Take the entries of newcomers out of a batch, after its plan; how many are left of it. */
size_t doorstep_sift(struct doorstep *d, const struct plan *p, struct entry **entries, size_t count);
/* Begin with whoever is first, unless somebody is being welcomed. */
void doorstep_knock(struct doorstep *d);
/* Give everything back as not welcomed. */
void doorstep_clear(struct doorstep *d);
bool doorstep_has(const struct doorstep *d, unsigned shard, struct str id);
/* Entries of this person wait: later ones are to wait behind them. */
bool doorstep_keeps(const struct doorstep *d, int64_t user);
/* When the one that waits longest came into hand; INT64_MAX: nobody waits. */
int64_t doorstep_since_ms(const struct doorstep *d);

#endif
