/* Opaque secrets that people's machines hold: random, shown once, kept here as a digest. */
#ifndef PARLEY_SECRET_H
#define PARLEY_SECRET_H

#include "personal_token.h"

enum { SECRET_TEXT = 44, SECRET_DIGEST = 32 };

/* 32 random bytes as base64url text (43 characters). */
void secret_make(char text_r[SECRET_TEXT]);
/* A personal access token. */
void secret_make_personal(char text_r[PERSONAL_TOKEN_TEXT]);
/* SHA-256 of the text. */
void secret_digest(struct str text, char digest_r[SECRET_DIGEST]);
/* The first 16 bytes of the SHA-256, as hex: a short name for what should not be readable in Redis. */
void secret_name(struct str text, char name_r[33]);

#endif
