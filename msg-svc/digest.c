/* Computes and reads the digest of a message's body. */
#include "digest.h"

#include <string.h>

#include <openssl/sha.h>

void digest_of(struct str body, unsigned char digest_r[DIGEST_BYTES])
{
    unsigned char full[SHA256_DIGEST_LENGTH];
    SHA256((const unsigned char *)body.p, body.n, full);
    memcpy(digest_r, full, DIGEST_BYTES);
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
