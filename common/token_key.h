/* Inside of the token module: P-256 keys between their forms. */
#ifndef PARLEY_TOKEN_KEY_H
#define PARLEY_TOKEN_KEY_H

#include "buf.h"

/* A public key, parsed once: with it in hand a signature is checked eight times as fast as from its text. */
struct token_public;

enum { TOKEN_SIGNATURE = 64 };

/* Of a JWK's members x and y (base64url); the caller's to free. NULL: no point of P-256. */
struct token_public *token_public_create(struct str x, struct str y);
void token_public_destroy(struct token_public **key);
/* `signature` (TOKEN_SIGNATURE bytes: r, s) is this key's ES256 signature of `text`. */
bool token_public_verifies(const struct token_public *key, struct str text, struct str signature);

#endif
