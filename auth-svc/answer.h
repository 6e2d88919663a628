/* The objects of the contract (protocol/ops.json) that several calls answer with. */
#ifndef PARLEY_ANSWER_H
#define PARLEY_ANSWER_H

#include "auth.h"
#include "jsonw.h"
#include "session_store.h"
#include "user_store.h"

/* A User. */
void answer_put_user(struct jsonw *w, const char *key, const struct user *user);
/* Answer a request with a User. */
void answer_user(struct rpc_request *req, const struct user *user);
/* Answer with a Login: a fresh access token, the session, and for the gateway the refresh token to put into the
 * cookie. Fails the request when nothing can be signed. */
void answer_login(struct auth *a, struct rpc_request *req, const struct session *session);
/* Answer {}. */
void answer_nothing(struct rpc_request *req);

#endif
