/* Puts personal access tokens together and checks their form. */
#include "personal_token.h"

#include <openssl/evp.h>
#include <string.h>

#define PREFIX "parley_pat_"

enum { PREFIX_LENGTH = sizeof(PREFIX) - 1, SUM = 6, SUM_AT = PREFIX_LENGTH + PERSONAL_TOKEN_RANDOM };

static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* CRC-32 as of zlib, bit by bit: it is 51 bytes. */
static uint32_t crc32_of(const char *p, size_t n)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)p[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
    }
    return ~crc;
}

/* Six digits to the base 62, the highest first: enough for 32 bits. */
static void put_sum(const char *text, char sum_r[SUM])
{
    uint32_t crc = crc32_of(text, SUM_AT);
    for (int i = SUM; i-- > 0; crc /= PERSONAL_TOKEN_ALPHABET)
        sum_r[i] = alphabet[crc % PERSONAL_TOKEN_ALPHABET];
}

bool personal_token_claims(struct str text)
{
    return str_starts(text, STR(PREFIX));
}

bool personal_token_ok(struct str text)
{
    char sum[SUM];
    if (text.n != PERSONAL_TOKEN_TEXT - 1 || !personal_token_claims(text))
        return false;
    for (size_t i = PREFIX_LENGTH; i < text.n; i++)
        if (!memchr(alphabet, text.p[i], PERSONAL_TOKEN_ALPHABET))
            return false;
    put_sum(text.p, sum);
    return memcmp(text.p + SUM_AT, sum, SUM) == 0;
}

void personal_token_compose(const unsigned char random[PERSONAL_TOKEN_RANDOM], char text_r[PERSONAL_TOKEN_TEXT])
{
    memcpy(text_r, PREFIX, PREFIX_LENGTH);
    for (int i = 0; i < PERSONAL_TOKEN_RANDOM; i++)
        text_r[PREFIX_LENGTH + i] = alphabet[random[i] % PERSONAL_TOKEN_ALPHABET];
    put_sum(text_r, text_r + SUM_AT);
    text_r[PERSONAL_TOKEN_TEXT - 1] = '\0';
}

bool personal_token_digest(struct str text, char digest_r[PERSONAL_TOKEN_DIGEST])
{
    return EVP_Digest(text.p, text.n, (unsigned char *)digest_r, NULL, EVP_sha256(), NULL) == 1;
}
