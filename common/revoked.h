/* Login sessions that ended lately, for as long as an access token of theirs may still be good. Bounded: beyond, the
 * oldest is forgotten. */
#ifndef PARLEY_REVOKED_H
#define PARLEY_REVOKED_H

#include "str.h"

enum { REVOKED_KEEP_MS = 16 * 60 * 1000, REVOKED_MAX = 50000 };

struct revoked;
void revoked_create(struct revoked **revoked_r);
void revoked_destroy(struct revoked **revoked);
/* Idempotent. False: it was known. */
bool revoked_add(struct revoked *revoked, struct str session);
bool revoked_has(struct revoked *revoked, struct str session);
size_t revoked_count(const struct revoked *revoked);

#endif
