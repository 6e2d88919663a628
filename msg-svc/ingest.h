/* The write path: reads the streams of the shards this replica holds, passes their entries in batches through
 * PostgreSQL, announces what was committed, acknowledges to Redis. docs/life-of-a-message.md tells it in full.
 * Owned by main; loop thread only. */
#ifndef PARLEY_MSG_INGEST_H
#define PARLEY_MSG_INGEST_H

#include "bus.h"
#include "db.h"
#include "loop.h"
#include "metrics.h"

struct ingest;

struct ingest_config {
    struct loop *loop;
    struct bus *bus;
    struct db *db; /* for newcomers */
    struct metrics *metrics;
    struct hops *hops;
    const char *id; /* of the process */
    const char *database_url;
    int64_t batch_size;
    int64_t room_capacity;
    int64_t room_bytes; /* of the files of a room; 0: any */
    bool previews;      /* links are looked at */
};

int ingest_create(struct ingest **ingest_r, const struct ingest_config *config);
/* The writer connection is up. */
bool ingest_ready(const struct ingest *in);
/* The bus lost and found Redis (its state function). */
void ingest_bus_changed(struct ingest *in, bool ready);
/* Stop reading, finish what is in hand, give every shard back; then fn, once. */
void ingest_drain(struct ingest *in, void (*fn)(void *arg), void *arg);
/* Entries in hand are dropped: Redis still has them. */
void ingest_destroy(struct ingest **ingest);

#endif
