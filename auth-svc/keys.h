/* The keys that sign access tokens: in PostgreSQL, the private half sealed with PARLEY_KEY_SECRET. Made under a lock,
 * so that replicas agree; the newest is replaced after 30 days, its successor is published an hour before it signs, and
 * it stays published a day after. Every replica reads them again each minute. */
#ifndef PARLEY_KEYS_H
#define PARLEY_KEYS_H

#include "buf.h"
#include "db.h"
#include "loop.h"

enum { KEY_SECRET = 32 };

struct keys;
/* Reads on `tx`, when it is up and by itself every minute. Copies the secret. */
void keys_create(struct keys **k_r, struct loop *loop, struct db_conn *tx, const unsigned char secret[KEY_SECRET]);
/* After tx was destroyed. */
void keys_destroy(struct keys **k);
/* Read again now, unless that is under way. */
void keys_refresh(struct keys *k);

/* Why nothing can be signed; NULL: it can. */
const char *keys_trouble(const struct keys *k);
/* The key that signs now: PEM and kid, valid until the loop turns. False: there is none. */
bool keys_signing(const struct keys *k, const char **private_pem_r, const char **kid_r);
/* Append {"keys":[…]} of the published ones. */
void keys_jwks(const struct keys *k, struct buf *out);

#endif
