/* SHA-1 (FIPS 180-4) of sixty bytes, in base64. The protocol wants it; nothing here is secret. */
#include "ws_accept.h"

#include <string.h>

enum { BLOCK = 64, DIGEST = 20, ROUNDS = 80 };

static uint32_t rotated(uint32_t x, unsigned by)
{
    return x << by | x >> (32 - by);
}

/* The function and the constant of a round. */
static uint32_t mixed(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
    if (round < 20)
        return ((b & c) | (~b & d)) + 0x5a827999;
    if (round < 40)
        return (b ^ c ^ d) + 0x6ed9eba1;
    if (round < 60)
        return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
    return (b ^ c ^ d) + 0xca62c1d6;
}

static void take_block(uint32_t h[5], const unsigned char block[BLOCK])
{
    uint32_t w[ROUNDS], v[5];
    for (size_t i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
               block[4 * i + 3];
    for (unsigned i = 16; i < ROUNDS; i++)
        w[i] = rotated(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    memcpy(v, h, sizeof(v));
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint32_t next = rotated(v[0], 5) + mixed(i, v[1], v[2], v[3]) + v[4] + w[i];
        v[4] = v[3];
        v[3] = v[2];
        v[2] = rotated(v[1], 30);
        v[1] = v[0];
        v[0] = next;
    }
    for (unsigned i = 0; i < 5; i++)
        h[i] += v[i];
}

static void base64(const unsigned char digest[DIGEST], char out[WS_ACCEPT + 1])
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0, o = 0; i < DIGEST; i += 3, o += 4) {
        uint32_t last = i + 2 < DIGEST ? digest[i + 2] : 0;
        uint32_t three = (uint32_t)digest[i] << 16 | (uint32_t)digest[i + 1] << 8 | last;
        out[o] = letters[three >> 18];
        out[o + 1] = letters[three >> 12 & 63];
        out[o + 2] = letters[three >> 6 & 63];
        out[o + 3] = i + 2 < DIGEST ? letters[three & 63] : '=';
    }
    out[WS_ACCEPT] = '\0';
}

void ws_accept(const char key[WS_KEY], char accept_r[WS_ACCEPT + 1])
{
    static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    enum { TEXT = WS_KEY + sizeof(guid) - 1 };
    unsigned char blocks[2 * BLOCK] = {0}, digest[DIGEST];
    uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    memcpy(blocks, key, WS_KEY);
    memcpy(blocks + WS_KEY, guid, sizeof(guid) - 1);
    blocks[TEXT] = 0x80;
    blocks[2 * BLOCK - 2] = (unsigned char)(TEXT * 8 >> 8);
    blocks[2 * BLOCK - 1] = (unsigned char)(TEXT * 8);
    take_block(h, blocks);
    take_block(h, blocks + BLOCK);
    for (size_t i = 0; i < DIGEST; i++)
        digest[i] = (unsigned char)(h[i / 4] >> (24 - 8 * (i % 4)));
    base64(digest, accept_r);
}
