/* Personal access tokens: what auth-svc said of those in use. Bounded; kept as long as an access token of a login
 * would be good, and asked about again every minute that it is used. Loop thread only. */
#ifndef PARLEY_PERSONAL_H
#define PARLEY_PERSONAL_H

#include "authn.h"
#include "personal_token.h"
#include "revoked.h"

struct personal;
/* `revoked` outlives it: what ended is refused, whatever was said of it before. */
void personal_create(struct personal **personal_r, struct rpc *rpc, struct revoked *revoked);
/* Those who wait are called with ERR_UNAVAILABLE. */
void personal_destroy(struct personal **personal);

bool personal_knows(const struct personal *personal, struct str token);
/* As authn_judge(): 0, an error, or AUTHN_LATER. claims.session is the id of the token, expires_s the moment until
 * which the answer may be believed without asking again. */
int personal_judge(struct personal *personal, struct str token, struct token_claims *claims_r, authn_judged_fn *fn,
                   void *arg);
/* Ask in any case, of the token with this digest. AUTHN_LATER, or ERR_BUSY or ERR_UNAVAILABLE when it cannot be asked.
 * `fn` may be NULL: what is known is brought up to date. */
int personal_ask(struct personal *personal, const char digest[PERSONAL_TOKEN_DIGEST], authn_judged_fn *fn, void *arg);

#endif
