/* Which ingest shards this replica writes. A shard is its holder's as long as it holds pg_advisory_lock(class, shard)
 * on the very connection that writes: when that session ends, lock and open transaction end together. Beats in
 * replicas:{msg} tell the replicas how many they are; each wants its share, and takes what nobody holds.
 * Owned by ingest; loop thread only. */
#ifndef PARLEY_MSG_SHARD_H
#define PARLEY_MSG_SHARD_H

#include "bus.h"
#include "db.h"
#include "entry.h"

enum { SHARD_TICK_MS = 250 };

struct shards;

struct shard_hooks {
    /* The lock is held: claim, then read. */
    void (*take)(void *arg, unsigned shard);
    /* Another replica should have it: stop reading, finish what was read, then shards_unlock(). */
    void (*give)(void *arg, unsigned shard);
};

struct shards_config {
    struct bus *bus;
    struct db_conn *writer;
    const char *id; /* of the process */
    struct shard_hooks hooks;
    void *arg;
};

void shards_create(struct shards **s_r, const struct shards_config *config);
void shards_destroy(struct shards **s);

/* Beat, and look who else does. Every SHARD_TICK_MS while the writer is up: who cannot write is no replica. */
void shards_beat(struct shards *s);
/* Queue this tick's statements on the writer: locks wanted, unlocks due, or a ping, so that the server does not take
 * the session for a stopped one. Only between transactions. `idle`: Redis cannot be reached from here for a while, so
 * hold nothing; somebody else may reach it. */
void shards_step(struct shards *s, bool idle);
/* What was read of the shard is done: unlock it with the next step. */
void shards_unlock(struct shards *s, unsigned shard);
/* The writer's session ended: nothing is held any more. */
void shards_lost(struct shards *s);
/* Stop for good: unlock everything, leave the set. fn is called once both were answered or failed. */
void shards_leave(struct shards *s, void (*fn)(void *arg), void *arg);

bool shards_held(const struct shards *s, unsigned shard);
size_t shards_count(const struct shards *s);

/* The share of one among `replicas`. */
size_t shards_share(size_t replicas);

#endif
