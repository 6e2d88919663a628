/* The frames that wait on one WebSocket: a ring of references, their bytes counted. Embedded in struct ws. */
#ifndef PARLEY_WS_OUTBOX_H
#define PARLEY_WS_OUTBOX_H

#include "buf.h"
#include "frame.h"

enum { WS_OUTBOX_FEW = 4 };

struct ws_outbox {
    struct frame **ring;              /* heap once there are more than a few, else `few` */
    struct frame *few[WS_OUTBOX_FEW]; /* so that an idle connection owns no heap */
    size_t cap;                       /* a power of two */
    size_t at, count, bytes;
};

void ws_outbox_init(struct ws_outbox *outbox);
/* Drops what is left. */
void ws_outbox_fini(struct ws_outbox *outbox);
/* Takes a reference. Bounds are the caller's. */
void ws_outbox_push(struct ws_outbox *outbox, struct frame *f);
/* The first one, with the outbox's reference; there is one. */
struct frame *ws_outbox_take(struct ws_outbox *outbox);
/* Move whole frames to the end of `out`, in order, as long as out->n stays within `max`; the first one in any
 * case when `out` is no longer than `start`. Joined ones are not parted. Returns how many WebSocket frames that were.
 */
size_t ws_outbox_gather(struct ws_outbox *outbox, struct buf *out, size_t start, size_t max);

#endif
