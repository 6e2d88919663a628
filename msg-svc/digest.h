/* What tells two messages apart: the first 16 bytes of the SHA-256 of the body, and of its thread and what it quotes
 * when it has such. */
#ifndef PARLEY_MSG_DIGEST_H
#define PARLEY_MSG_DIGEST_H

#include "str.h"

enum { DIGEST_BYTES = 16 };

void digest_of(struct str body, int64_t thread, int64_t quote, unsigned char digest_r[DIGEST_BYTES]);
/* From PostgreSQL's text form of a bytea, "\x…". False: not 16 bytes of it. */
bool digest_parse(struct str text, unsigned char digest_r[DIGEST_BYTES]);

enum { DIGEST_WHOLE = 32 };

/* The whole SHA-256 of a text: what is kept of a secret. */
void digest_whole(struct str text, unsigned char digest_r[DIGEST_WHOLE]);

#endif
