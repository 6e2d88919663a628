/* Who is there, as Redis holds it: a hash a user, an index a gateway. Several replicas change it at the same time; each
 * change of a user is one script, so that old and new state are what they were for everybody. Loop thread only. */
#ifndef PARLEY_PRESENCE_H
#define PARLEY_PRESENCE_H

#include "bus.h"
#include "state.h"

struct presence;

/* A user's state is another than it was; called by whatever replica changed it. */
typedef void presence_change_fn(void *arg, int64_t user);
void presence_create(struct presence **presence_r, struct bus *bus, struct metrics *metrics);
void presence_on_change(struct presence *presence, presence_change_fn *fn, void *arg);
/* Answers still due are dropped by the bus before. */
void presence_destroy(struct presence **presence);

/* Called exactly once, later, with 0 or ERR_UNAVAILABLE, ERR_TIMEOUT, ERR_INTERNAL. */
typedef void presence_done_fn(void *arg, int err);

/* One connection's state. `id` is the request's place in the stream: an older one than the connection has changes
 * nothing, so that answers may come from any replica in any order. Beyond 50 connections a user has, further ones are
 * not counted. Returns as bus_command(). */
int presence_set(struct presence *presence, int64_t user, struct str gateway, struct str conn,
                 enum presence_state state, struct str id, presence_done_fn *fn, void *arg);

/* Take away a user's connections at a dead gateway: those last set before `before_ms` of Redis' clock. Idempotent. */
int presence_drop(struct presence *presence, int64_t user, struct str gateway, int64_t before_ms, presence_done_fn *fn,
                  void *arg);

/* How a user stands now. */
typedef void presence_read_fn(void *arg, int err, const struct presence_user *user);
int presence_read(struct presence *presence, int64_t user, presence_read_fn *fn, void *arg);

#endif
