/* One prebuilt WebSocket text frame, or several in a row: header and payload, immutable, shared by every connection it
 * is queued on. Loop thread only. */
#ifndef PARLEY_FRAME_H
#define PARLEY_FRAME_H

#include "str.h"

struct frame;

/* A frame around a copy of `text` (RFC 6455 §5.2: FIN, text, unmasked); one reference, the caller's. */
struct frame *frame_text(struct str text);
/* All of them in a row as one, to be queued and written together; one reference, the caller's. The parts keep theirs.
 * `n` is 1 at least. */
struct frame *frame_join(struct frame *const *parts, size_t n);
struct frame *frame_ref(struct frame *f);
void frame_unref(struct frame **f);
/* How many WebSocket frames it is. */
size_t frame_count(const struct frame *f);
/* Header and payload, as written to the socket. */
struct str frame_bytes(const struct frame *f);
/* Of one that is not joined. */
struct str frame_payload(const struct frame *f);

#endif
