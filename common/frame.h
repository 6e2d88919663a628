/* One prebuilt WebSocket text frame, or several in a row: header and payload, immutable, shared by every connection it
 * is queued on. Loop thread only. */
#ifndef PARLEY_FRAME_H
#define PARLEY_FRAME_H

#include "str.h"

struct frame;

/* What becomes of some frames and of all that they are joined into, together. Embedded in what wants to know; `done` is
 * called once, when the last of them is freed. */
struct frame_watch {
    unsigned frames;
    /* Of those that are freed: */
    int64_t sockets;  /* on how many connections they were written */
    int64_t first_us; /* when on the first, on clock_mono_us(); 0: on none */
    void (*done)(struct frame_watch *watch);
};

/* A frame around a copy of `text` (RFC 6455 §5.2: FIN, text, unmasked); one reference, the caller's. */
struct frame *frame_text(struct str text);
/* All of them in a row as one, to be queued and written together; one reference, the caller's. The parts keep theirs.
 * `n` is 1 at least. */
struct frame *frame_join(struct frame *const *parts, size_t n);
struct frame *frame_ref(struct frame *f);
void frame_unref(struct frame **f);
/* From now on the watch is told of the frame, and of what it is joined into; one a frame. */
void frame_watch(struct frame *f, struct frame_watch *watch);
/* It goes out on a connection. */
void frame_written(struct frame *f);
/* How many WebSocket frames it is. */
size_t frame_count(const struct frame *f);
/* Header and payload, as written to the socket. */
struct str frame_bytes(const struct frame *f);
/* Of one that is not joined. */
struct str frame_payload(const struct frame *f);

#endif
