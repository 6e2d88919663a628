/* Makes and digests refresh tokens and personal access tokens. */
#include "secret.h"

#include <sodium.h>

void secret_make(char text_r[SECRET_TEXT])
{
    unsigned char bytes[32];
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2base64(text_r, SECRET_TEXT, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
}

void secret_make_personal(char text_r[PERSONAL_TOKEN_TEXT])
{
    unsigned char random[PERSONAL_TOKEN_RANDOM];
    for (size_t i = 0; i < sizeof(random); i++)
        random[i] = (unsigned char)randombytes_uniform(PERSONAL_TOKEN_ALPHABET);
    personal_token_compose(random, text_r);
    sodium_memzero(random, sizeof(random));
}

void secret_digest(struct str text, char digest_r[SECRET_DIGEST])
{
    crypto_hash_sha256((unsigned char *)digest_r, (const unsigned char *)text.p, text.n);
}

void secret_name(struct str text, char name_r[33])
{
    char digest[SECRET_DIGEST];
    secret_digest(text, digest);
    sodium_bin2hex(name_r, 33, (const unsigned char *)digest, 16);
}
