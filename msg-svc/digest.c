/* Computes and reads the digest of a message's body. */
#include "digest.h"

#include <string.h>

#include <openssl/sha.h>

#include "buf.h"

void digest_of(struct str body, int64_t thread, int64_t quote, unsigned char digest_r[DIGEST_BYTES])
{
    unsigned char full[SHA256_DIGEST_LENGTH];
    if (thread == 0 && quote == 0) {
        SHA256((const unsigned char *)body.p, body.n, full);
    } else {
        /* No text holds a NUL, so none ends in the same way. */
        struct buf whole = {0};
        buf_str(&whole, body);
        buf_char(&whole, '\0');
        buf_i64(&whole, thread);
        buf_char(&whole, ' ');
        buf_i64(&whole, quote);
        SHA256((const unsigned char *)whole.p, whole.n, full);
        buf_fini(&whole);
    }
    memcpy(digest_r, full, DIGEST_BYTES);
}

void digest_whole(struct str text, unsigned char digest_r[DIGEST_WHOLE])
{
    SHA256((const unsigned char *)text.p, text.n, digest_r);
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return -1;
}

bool digest_parse(struct str text, unsigned char digest_r[DIGEST_BYTES])
{
    if (text.n != 2 + 2 * DIGEST_BYTES || text.p[0] != '\\' || text.p[1] != 'x')
        return false;
    for (size_t i = 0; i < DIGEST_BYTES; i++) {
        int high = hex_value(text.p[2 + 2 * i]), low = hex_value(text.p[3 + 2 * i]);
        if (high < 0 || low < 0)
            return false;
        digest_r[i] = (unsigned char)(high << 4 | low);
    }
    return true;
}
