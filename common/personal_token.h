/* Personal access tokens as texts: "parley_pat_", 40 random letters and digits, 6 of a checksum over what is before.
 * The prefix is for programs that look for leaked secrets; the checksum refuses a guess or a slip of the hand before
 * anybody is asked. Who has one is auth-svc's to say, by its digest. */
#ifndef PARLEY_PERSONAL_TOKEN_H
#define PARLEY_PERSONAL_TOKEN_H

#include "str.h"

enum {
    PERSONAL_TOKEN_RANDOM = 40, /* 238 bits */
    PERSONAL_TOKEN_TEXT = 58,   /* with its NUL */
    PERSONAL_TOKEN_ALPHABET = 62,
    PERSONAL_TOKEN_DIGEST = 32
};

/* Does it say of itself that it is one? What does not is somebody else's to judge. */
bool personal_token_claims(struct str text);
/* Is it one, as far as can be told without asking? */
bool personal_token_ok(struct str text);
/* The text of random numbers, each below PERSONAL_TOKEN_ALPHABET. */
void personal_token_compose(const unsigned char random[PERSONAL_TOKEN_RANDOM], char text_r[PERSONAL_TOKEN_TEXT]);
/* SHA-256 of the text: all that is stored, sent and remembered of it. False: the library failed. */
bool personal_token_digest(struct str text, char digest_r[PERSONAL_TOKEN_DIGEST]);

#endif
