/* The frames of a WebSocket (RFC 6455 §5.2), as little of them as load and limit need: whole messages in one frame, and
 * the control frames. Pure functions over the caller's bytes. */
#ifndef PARLEY_BENCH_WS_FRAME_H
#define PARLEY_BENCH_WS_FRAME_H

#include "str.h"

enum ws_opcode { WS_CONTINUATION = 0, WS_TEXT = 1, WS_BINARY = 2, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };

enum { WS_HEAD_MAX = 14, WS_MASK = 4 };

struct ws_head {
    unsigned opcode; /* enum ws_opcode, or one that is reserved */
    bool final;
    const char *mask; /* WS_MASK bytes inside of what was parsed; NULL: the frame has none */
    size_t size;      /* of the head itself, mask included */
    uint64_t length;  /* of the payload behind it */
};

enum ws_parsed { WS_MORE, WS_HEAD, WS_WRONG };

/* Read the head at the beginning of `bytes`. WS_MORE: not all of it is there. WS_WRONG: no such frame, the connection
 * is to be ended: a reserved bit, a control frame in parts or above 125 bytes, a length that is not in its shortest
 * form. */
enum ws_parsed ws_head_parse(struct str bytes, struct ws_head *head_r);

/* Write the head of a whole message of `length` bytes; its size back. `mask` NULL: none, as servers write. */
size_t ws_head_put(char out[WS_HEAD_MAX], enum ws_opcode opcode, uint64_t length, const char *mask);

/* Mask or unmask in place: it is the same. */
void ws_mask(char *payload, size_t n, const char mask[WS_MASK]);

#endif
