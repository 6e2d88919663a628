/* PNG by hand: one stream of zeros, in the longest matches that deflate has. */
#include "flat_png.h"

struct bits {
    struct buf *out;
    uint32_t held;
    unsigned n;
};

static void put_bits(struct bits *b, uint32_t value, unsigned n)
{
    b->held |= value << b->n;
    for (b->n += n; b->n >= 8; b->n -= 8) {
        buf_char(b->out, (char)(b->held & 255));
        b->held >>= 8;
    }
}

static void put_u32(struct buf *out, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        buf_char(out, (char)(value >> shift & 255));
}

static uint32_t crc32_of(struct str bytes)
{
    uint32_t table[256], crc = ~0U;

    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xEDB88320 : 0);
    }
    for (size_t i = 0; i < bytes.n; i++)
        crc = crc >> 8 ^ table[(crc ^ (uint8_t)bytes.p[i]) & 255];
    return ~crc;
}

static void put_chunk(struct buf *out, const char *type, struct str body)
{
    size_t from;

    put_u32(out, (uint32_t)body.n);
    from = out->n;
    buf_cstr(out, type);
    buf_str(out, body);
    put_u32(out, crc32_of((struct str){out->p + from, out->n - from}));
}

/* zlib of `n` zeros: one literal, then matches of 258 at distance 1 (8 + 5 bits), then literals again; the fixed codes,
 * whose bits stand mirrored. */
static void put_zeros(struct buf *out, uint64_t n)
{
    struct bits b = {.out = out};
    uint64_t left = n - 1;

    buf_put(out, "\x78\x01", 2);
    put_bits(&b, 3, 3);
    put_bits(&b, 0x0C, 8);
    for (; left >= 258; left -= 258) {
        put_bits(&b, 0xA3, 8);
        put_bits(&b, 0, 5);
    }
    for (; left > 0; left--)
        put_bits(&b, 0x0C, 8);
    put_bits(&b, 0, 7);
    put_bits(&b, 0, 7);
    put_u32(out, (uint32_t)(n % 65521) << 16 | 1);
}

void flat_png(struct buf *out, uint32_t width, uint32_t height, enum flat flat)
{
    struct buf body = {0};

    buf_put(out, "\x89PNG\r\n\x1A\n", 8);
    put_u32(&body, width);
    put_u32(&body, height);
    /* 8 bits; grey or RGB with alpha; no filter of its own, no interlace. */
    buf_put(&body, flat == FLAT_GREY ? "\x08\0\0\0\0" : "\x08\x06\0\0\0", 5);
    put_chunk(out, "IHDR", buf_view(&body));
    buf_reset(&body);
    put_zeros(&body, height * (1 + (uint64_t)width * (unsigned)flat));
    put_chunk(out, "IDAT", buf_view(&body));
    put_chunk(out, "IEND", STR(""));
    buf_fini(&body);
}
