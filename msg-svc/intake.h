/* Takes entries off the ingest streams of the shards this replica holds: claims what earlier owners left, then reads,
 * and finds what is stuck. Counts what is in hand of each shard. Owned by ingest; loop thread only. */
#ifndef PARLEY_MSG_INTAKE_H
#define PARLEY_MSG_INTAKE_H

#include "bus.h"
#include "entry.h"

struct intake;

struct intake_hooks {
    /* An entry, now the receiver's, until intake_done(). */
    void (*entry)(void *arg, struct entry *e);
    /* Those of one read or claim are all there. */
    void (*arrived)(void *arg);
    /* Whether the receiver has this entry already. */
    bool (*has)(void *arg, unsigned shard, struct str id);
    /* There is no room for more: what is pending waits there. */
    bool (*full)(void *arg);
    /* A shard asked to close has nothing in hand any more. */
    void (*closed)(void *arg, unsigned shard);
};

void intake_create(struct intake **intake_r, struct bus *bus, const char *consumer, const struct intake_hooks *hooks,
                   void *arg);
void intake_destroy(struct intake **intake);

/* The shard is ours: claim, then read. */
void intake_open(struct intake *in, unsigned shard);
/* Stop reading the shard; hooks.closed follows, in a tick. */
void intake_close(struct intake *in, unsigned shard);
/* No shard is ours any more. */
void intake_lost(struct intake *in);
/* Stop reading for good. */
void intake_stop(struct intake *in);
/* A read is under way that may still bring entries. */
bool intake_busy(const struct intake *in);

/* Redis was away: acknowledgements and reads may be lost. Claim what is pending and not in hand. */
void intake_recheck(struct intake *in);

/* One entry of the shard is done with. */
void intake_done(struct intake *in, unsigned shard);
/* There is room for the entries of one more read or claim; harmless while one is under way. */
void intake_next(struct intake *in);
/* Try claims again, close what can be closed, look for what is stuck. Every SHARD_TICK_MS or more often. */
void intake_tick(struct intake *in);

#endif
