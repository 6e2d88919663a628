/* What the two halves of a reader of streams share; nobody else includes this. bus_reader.c is which streams are read,
 * and what is claimed of them; bus_reading.c one connection that reads. */
#ifndef PARLEY_BUS_READING_H
#define PARLEY_BUS_READING_H

#include "bus_core.h"

enum {
    BUS_MAX_STREAMS = 64,
    BUS_MAX_ENTRIES = 4096 /* of one answer; COUNT keeps it far below */
};

/* What one read asks for, on a connection of its own: all streams of the one Redis; in a cluster, where one command
 * must not ask for names of several slots, one stream at the node that has it. */
struct reading {
    struct list all; /* in reader.readings */
    struct bus_reader *reader;
    struct bus_link *link;      /* NULL: nobody is known to have the stream */
    struct bus_address address; /* where the link goes */
    char *streams[BUS_MAX_STREAMS];
    size_t streams_n;
    bool under_way;      /* a read is */
    bool outdated;       /* it is for what is not wanted any more, and Redis is asked to end it */
    bool resting;        /* after an error */
    bool groups_made;    /* since the last good read: NOGROUP again is no matter of making them */
    bool asking;         /* the stream is at this node already, its slot will be */
    bool leaving;        /* until the read that is under way has ended */
    int64_t followed_ms; /* when it was last sent on to another node */
    int64_t client_id;   /* of the connection, for ending a blocked read; 0: not known */
    struct timer *rest;
};

struct bus_reader {
    struct bus *bus;
    struct list of_bus;
    struct list readings;
    char *group, *consumer;
    size_t count;
    unsigned block_ms;
    bool noack;
    bus_entries_fn *fn;
    void *arg;
    bool handed; /* entries are with the user, who has not asked for the next */
    struct list claims;
};

/* Not connected yet in a cluster: reading_route() does that once it has a stream. */
struct reading *reading_new(struct bus_reader *reader);
/* To where the map has its stream; but one that follows a stream on its way stays with it while it can. */
void reading_route(struct reading *r);
/* Which streams from the next read on. */
void reading_set(struct reading *r, const struct str *names, size_t count);
/* Read, unless it does, or may not. */
void reading_go(struct reading *r);
/* No more: at once, or when the read that is under way has ended, which Redis is asked to do. */
void reading_leave(struct reading *r);
void reading_free(struct reading *r);

/* Add the entries of `list`, [id, [field, value, …]] each, to the n that are there; returns how many there are then.
 * One that was deleted while pending comes without fields, or as nil: skipped. */
size_t bus_entries_add(struct bus_entry *out, size_t n, struct str stream, const struct bus_reply *list);

#endif
