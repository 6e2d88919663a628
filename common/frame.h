/* One prebuilt WebSocket text frame: header and payload, immutable, shared by every connection it is queued on.
 * Loop thread only. */
#ifndef PARLEY_FRAME_H
#define PARLEY_FRAME_H

#include "str.h"

struct frame;

/* A frame around a copy of `text` (RFC 6455 §5.2: FIN, text, unmasked); one reference, the caller's. */
struct frame *frame_text(struct str text);
struct frame *frame_ref(struct frame *f);
void frame_unref(struct frame **f);
/* Header and payload, as written to the socket. */
struct str frame_bytes(const struct frame *f);
struct str frame_payload(const struct frame *f);

#endif
