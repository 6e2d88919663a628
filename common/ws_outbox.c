/* Keeps the frames that wait on one WebSocket, and joins them for one write. */
#include "ws_outbox.h"

#include <stdlib.h>

#include "alloc.h"

void ws_outbox_init(struct ws_outbox *outbox)
{
    *outbox = (struct ws_outbox){.cap = WS_OUTBOX_FEW};
    outbox->ring = outbox->few;
}

static void grow(struct ws_outbox *outbox)
{
    struct frame **ring = xcalloc(outbox->cap * 2, sizeof(struct frame *)); /* NOLINT(bugprone-sizeof-expression) */
    for (size_t i = 0; i < outbox->count; i++)
        ring[i] = outbox->ring[(outbox->at + i) & (outbox->cap - 1)];
    if (outbox->ring != outbox->few)
        free(outbox->ring);
    outbox->ring = ring;
    outbox->cap *= 2;
    outbox->at = 0;
}

struct frame *ws_outbox_take(struct ws_outbox *outbox)
{
    struct frame **slot = &outbox->ring[outbox->at], *f = *slot;
    *slot = NULL;
    outbox->bytes -= frame_bytes(f).n;
    outbox->at = (outbox->at + 1) & (outbox->cap - 1);
    outbox->count--;
    if (outbox->count == 0 && outbox->ring != outbox->few) {
        free(outbox->ring);
        ws_outbox_init(outbox);
    }
    return f;
}

static void pop(struct ws_outbox *outbox)
{
    struct frame *f = ws_outbox_take(outbox);
    frame_unref(&f);
}

void ws_outbox_fini(struct ws_outbox *outbox)
{
    while (outbox->count > 0)
        pop(outbox);
}

void ws_outbox_push(struct ws_outbox *outbox, struct frame *f)
{
    if (outbox->count == outbox->cap)
        grow(outbox);
    outbox->ring[(outbox->at + outbox->count) & (outbox->cap - 1)] = frame_ref(f);
    outbox->count++;
    outbox->bytes += frame_bytes(f).n;
}

size_t ws_outbox_gather(struct ws_outbox *outbox, struct buf *out, size_t start, size_t max)
{
    size_t moved = 0;
    while (outbox->count > 0) {
        struct str bytes = frame_bytes(outbox->ring[outbox->at]);
        if (out->n > start && out->n + bytes.n > max)
            break;
        buf_str(out, bytes);
        moved += frame_count(outbox->ring[outbox->at]);
        frame_written(outbox->ring[outbox->at]);
        pop(outbox);
    }
    return moved;
}
