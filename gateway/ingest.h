/* The way into msg-svc for everything that changes a room: one entry in the stream of the room's shard. Refuses when a
 * shard's backlog is too long, or has waited too long. docs/bus.md has the entry. */
#ifndef PARLEY_GATEWAY_INGEST_H
#define PARLEY_GATEWAY_INGEST_H

#include "bus.h"
#include "jval.h"
#include "loop.h"
#include "metrics.h"

enum { INGEST_SHARDS = 16 };

struct ingest;

struct ingest_entry {
    const char *kind; /* send, join, leave, add, remove; or an act, whose arguments are in args */
    struct str inbox, ref;
    int64_t user, room;
    int64_t cseq, cgen;                                  /* cseq 0: none */
    int64_t thread, quote;                               /* of a send; 0: none */
    int64_t from_room, from_seq;                         /* of a send: the message it forwards; 0: none */
    struct str device, cmid, body, args, trace, address; /* empty: left out */
    struct str files;                                    /* of a send: ingest_files(); empty: none */
};

/* Write a request's list of files, which the contract has checked, as an entry has them; returns a view of `text`. What
 * is too many is cut to too many. */
enum { INGEST_FILES_TEXT = 11 * 33 };
struct str ingest_files(const struct jval *files, char text[INGEST_FILES_TEXT]);

void ingest_create(struct ingest **ingest_r, struct loop *loop, struct bus *bus, struct metrics *metrics);
void ingest_destroy(struct ingest **ingest);

/* Add an entry. `fn` is called exactly once, later: 0, Redis has it; ERR_BUSY, Redis refused it, it is not stored; any
 * other error: unknown, it may be stored all the same. Returns ERR_BUSY or ERR_UNAVAILABLE without calling fn: not
 * stored. */
typedef void ingest_fn(void *arg, int err);
int ingest_add(struct ingest *ingest, const struct ingest_entry *entry, ingest_fn *fn, void *arg);

#endif
