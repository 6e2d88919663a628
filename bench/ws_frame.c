/* Heads of WebSocket frames, read and written. */
#include "ws_frame.h"

#include <string.h>

enum { FINAL = 0x80, RESERVED = 0x70, MASKED = 0x80, SHORT_MAX = 125, TWO_BYTES = 126, EIGHT_BYTES = 127 };

static uint64_t big_endian(const char *p, size_t n)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n; i++)
        value = value << 8 | (unsigned char)p[i];
    return value;
}

/* How many bytes the length takes behind the first two. */
static size_t extra_bytes(unsigned length)
{
    if (length == TWO_BYTES)
        return 2;
    return length == EIGHT_BYTES ? 8 : 0;
}

static bool is_shortest(uint64_t length, size_t extra)
{
    if (extra == 2)
        return length > SHORT_MAX;
    return extra == 0 || (length > UINT16_MAX && length <= INT64_MAX);
}

enum ws_parsed ws_head_parse(struct str bytes, struct ws_head *head_r)
{
    if (bytes.n < 2)
        return WS_MORE;
    unsigned first = (unsigned char)bytes.p[0], second = (unsigned char)bytes.p[1];
    size_t extra = extra_bytes(second & 0x7f);
    size_t size = 2 + extra + (second & MASKED ? WS_MASK : 0);
    struct ws_head head = {.opcode = first & 0x0f, .final = first & FINAL, .size = size, .length = second & 0x7f};
    bool control = head.opcode >= WS_CLOSE;
    if (first & RESERVED || (control && (!head.final || head.length > SHORT_MAX)))
        return WS_WRONG;
    if (bytes.n < size)
        return WS_MORE;
    if (extra > 0)
        head.length = big_endian(bytes.p + 2, extra);
    if (!is_shortest(head.length, extra))
        return WS_WRONG;
    if (second & MASKED)
        head.mask = bytes.p + 2 + extra;
    *head_r = head;
    return WS_HEAD;
}

static size_t put_length(char *out, uint64_t length, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        out[i] = (char)(length >> 8 * (bytes - 1 - i));
    return bytes;
}

size_t ws_head_put(char out[WS_HEAD_MAX], enum ws_opcode opcode, uint64_t length, const char *mask)
{
    unsigned masked = mask ? MASKED : 0;
    size_t n = 2;
    out[0] = (char)(FINAL | opcode);
    if (length <= SHORT_MAX) {
        out[1] = (char)(masked | length);
    } else if (length <= UINT16_MAX) {
        out[1] = (char)(masked | TWO_BYTES);
        n += put_length(out + 2, length, 2);
    } else {
        out[1] = (char)(masked | EIGHT_BYTES);
        n += put_length(out + 2, length, 8);
    }
    if (mask) {
        memcpy(out + n, mask, WS_MASK);
        n += WS_MASK;
    }
    return n;
}

void ws_mask(char *payload, size_t n, const char mask[WS_MASK])
{
    for (size_t i = 0; i < n; i++)
        payload[i] ^= mask[i % WS_MASK];
}
