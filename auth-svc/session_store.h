/* Login sessions and their refresh tokens: auth.sessions, auth.refresh_tokens. A session ends by time, by the person,
 * or by a refresh token presented twice. Only digests of tokens are stored. */
#ifndef PARLEY_SESSION_STORE_H
#define PARLEY_SESSION_STORE_H

#include "auth.h"
#include "secret.h"
#include "user_store.h"

enum { SESSION_ID = 36 };

/* A session that goes on with this refresh token. Views: valid during the callback. */
struct session {
    struct str id;
    struct user user;
    const char *refresh_token;
};
typedef void session_fn(void *arg, int err, const struct session *session);

/* Start one for a user whose password hash still is `password_hash`; ERR_BAD_CREDENTIALS: it is not, or the account is
 * disabled. Like the next, calls fn once, later, unless it returns an error. */
int session_start(struct auth *a, int64_t user, struct str password_hash, const struct caller *caller, session_fn *fn,
                  void *arg);

/* Replace a refresh token by a new one, in one statement: of two that present it, one wins. ERR_SESSION_REVOKED: it is
 * unknown, its session has ended, or it was used before; then its session ends now. */
int session_refresh(struct auth *a, struct str refresh_token, const struct caller *caller, session_fn *fn, void *arg);

/* Text of a session id, as it is safe to pass as a uuid. */
bool session_id_ok(struct str id);

#endif
