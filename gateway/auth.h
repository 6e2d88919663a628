/* The one place where access tokens are judged: public keys from auth-svc, claims, and login sessions that ended before
 * their tokens did. Loop thread only. */
#ifndef PARLEY_GATEWAY_AUTH_H
#define PARLEY_GATEWAY_AUTH_H

#include "bus.h"
#include "loop.h"
#include "rpc.h"
#include "token.h"

struct auth;

/* Calls `revoked` for each login session that auth-svc ends, after it was remembered. Asks for the keys at once, until
 * they are there, and every minute from then on. */
typedef void auth_revoked_fn(void *arg, struct str session);
void auth_create(struct auth **auth_r, struct loop *loop, struct bus *bus, struct rpc *rpc, auth_revoked_fn *revoked,
                 void *arg);
/* Those who wait for a judgement are called with ERR_UNAVAILABLE. */
void auth_destroy(struct auth **auth);
bool auth_ready(const struct auth *auth);
/* Redis is there: when keys are missing ask now, not at the next try. */
void auth_hurry(struct auth *auth);

/* Was the token judged good before, so that judging it again costs next to nothing? */
bool auth_knows(const struct auth *auth, struct str token);
/* Judge a token: 0 and the claims; ERR_UNAUTHORIZED, ERR_TOKEN_EXPIRED, ERR_SESSION_REVOKED; ERR_UNAVAILABLE or
 * ERR_BUSY when it could not be judged. Or AUTH_LATER: its key is not known, so that the keys are asked for first; then
 * `fn` is called exactly once, later, with one of the above (or ERR_TIMEOUT). The token is copied. */
enum { AUTH_LATER = 1 };
typedef void auth_judged_fn(void *arg, int err, const struct token_claims *claims);
int auth_judge(struct auth *auth, struct str token, struct token_claims *claims_r, auth_judged_fn *fn, void *arg);

#endif
