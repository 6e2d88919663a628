/* Where messages have been in this process, and when: the last few thousand, for `parley trace`, which asks each
 * process's admin port (docs/observability.md). A ring of fixed size, so that noting costs a copy of some words; its
 * memory is taken with the first message. Never the text. Loop thread only. */
#ifndef PARLEY_HOPS_H
#define PARLEY_HOPS_H

#include "buf.h"

enum { HOPS_KEPT = 4096, HOP_TIMES = 6, HOP_REQUEST = 65 };

/* Which times a hop has, in this order. */
enum hop_kind {
    HOP_SENT,   /* a gateway took it, and wrote the answer: taken, answered */
    HOP_STORED, /* msg-svc: given to Redis by the gateway, added to the stream, read, begun, committed, published */
    HOP_FANNED, /* a gateway wrote it to its sockets: received, first, last */
};

struct hop {
    enum hop_kind kind;
    int64_t room;              /* 0: not known */
    int64_t seq, last;         /* from, to; 0: not known */
    int64_t sockets;           /* of HOP_FANNED: to how many connections it was written */
    int64_t at_us[HOP_TIMES];  /* since 1970 UTC; 0: there is none */
    char request[HOP_REQUEST]; /* the request's id, of a message its cmid; empty: not known */
};

struct hops;

void hops_create(struct hops **hops_r);
void hops_destroy(struct hops **hops);

/* Keeps a copy; the oldest goes. */
void hops_note(struct hops *hops, const struct hop *hop);
/* A moment of clock_mono_us() as microseconds since 1970 UTC. */
int64_t hops_wall_us(int64_t mono_us);

/* Append one line a time, with tabs between: microseconds since 1970, what happened, room, seq, request, sockets; "-"
 * for what is not known. Of those that have this room and seq, or, with `request` not empty, this request. */
void hops_write(const struct hops *hops, int64_t room, int64_t seq, struct str request, struct buf *out);

#endif
