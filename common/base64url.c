/* base64url without padding, strict. */
#include "base64url.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

void base64url_put(struct buf *out, struct str bytes)
{
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < bytes.n; i++) {
        bits = (bits << 8 | (unsigned char)bytes.p[i]) & 0xffff;
        for (have += 8; have >= 6; have -= 6)
            buf_char(out, digits[bits >> (have - 6) & 63]);
    }
    if (have > 0)
        buf_char(out, digits[bits << (6 - have) & 63]);
}

static int digit(char c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    return c == '-' ? 62 : c == '_' ? 63 : -1;
}

bool base64url_get(struct buf *out, struct str text)
{
    size_t before = out->n;
    uint32_t bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < text.n; i++) {
        int d = digit(text.p[i]);
        if (d < 0)
            goto fail;
        bits = (bits << 6 | (uint32_t)d) & 0x3fff;
        have += 6;
        if (have >= 8) {
            have -= 8;
            buf_char(out, (char)(bits >> have & 0xff));
        }
    }
    /* Six bits left over: a lone last digit. Others must be zero. */
    if (have == 6 || (bits & ((1U << have) - 1)) != 0)
        goto fail;
    return true;
fail:
    out->n = before;
    return false;
}
