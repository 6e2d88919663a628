/* Asks whoever is logged in for the password once more: the steps that are the same whatever it is asked for. Loop
 * thread only. */
#ifndef PARLEY_PASSWORD_ASK_H
#define PARLEY_PASSWORD_ASK_H

#include "auth.h"
#include "rpc.h"

/* What is known of who typed it; lives during the call. */
struct password_asked {
    struct str username;
    const char *hash; /* that it was compared with */
};

/* Compares `typed`, which lives until fn is called, with the password of the caller's account. fn is called exactly
 * once, later: 0, and `asked`; or an error, and NULL. ERR_BAD_CREDENTIALS: it is another, which is counted as a login's
 * is; ERR_RATE_LIMITED: too many were; ERR_UNAUTHORIZED: there is no such account. Returns an error without calling fn:
 * ERR_UNAUTHORIZED for a caller without a login session, as one with an access token is. */
typedef void password_ask_fn(void *arg, int err, const struct password_asked *asked);
int password_ask(struct auth *a, const struct caller *caller, int64_t deadline_ms, struct str typed,
                 password_ask_fn *fn, void *arg);

#endif
