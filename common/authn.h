/* Authentication: the one place where access tokens are judged: those of logins by public keys from auth-svc, claims,
 * and login sessions that ended before their tokens did; personal ones by what auth-svc says of them (personal.h).
 * Every process that faces clients has one. Loop thread only. */
#ifndef PARLEY_AUTHN_H
#define PARLEY_AUTHN_H

#include "bus.h"
#include "loop.h"
#include "personal_token.h"
#include "rpc.h"
#include "token.h"

struct authn;

/* Calls `revoked` (may be NULL) after a login session that ended was remembered: ask authn_ended() which of yours it
 * is, once for all that a turn brought. Asks for the keys at once, until they are there, and every minute from then on;
 * for the ended logins every 15 s. */
typedef void authn_revoked_fn(void *arg);
void authn_create(struct authn **auth_r, struct loop *loop, struct bus *bus, struct rpc *rpc, authn_revoked_fn *revoked,
                  void *arg);
/* Those who wait for a judgement are called with ERR_UNAVAILABLE. */
void authn_destroy(struct authn **auth);
/* The keys are there, and the ended logins, or 5 s have passed without them: until then no token is judged. */
bool authn_ready(const struct authn *auth);
/* Redis is there (again): what is missing, or may have been missed, is asked for now. */
void authn_hurry(struct authn *auth);
/* Has this login session ended? */
bool authn_ended(const struct authn *auth, struct str session);

/* Was the token judged good before, so that judging it again costs next to nothing? */
bool authn_knows(const struct authn *auth, struct str token);
/* Judge a token: 0 and the claims; ERR_UNAUTHORIZED, ERR_TOKEN_EXPIRED, ERR_SESSION_REVOKED; ERR_UNAVAILABLE or
 * ERR_BUSY when it could not be judged. Or AUTHN_LATER: its key is not known, or the ended logins are not yet, so that
 * these are asked for first; then `fn` is called exactly once, later, with one of the above (or ERR_TIMEOUT). The token
 * is copied. */
enum { AUTHN_LATER = 1 };
typedef void authn_judged_fn(void *arg, int err, const struct token_claims *claims);
int authn_judge(struct authn *auth, struct str token, struct token_claims *claims_r, authn_judged_fn *fn, void *arg);
/* Judge anew a personal access token that was judged good, by its digest: AUTHN_LATER, and as above; or ERR_BUSY or
 * ERR_UNAVAILABLE at once. */
int authn_judge_again(struct authn *auth, const char digest[PERSONAL_TOKEN_DIGEST], authn_judged_fn *fn, void *arg);

#endif
