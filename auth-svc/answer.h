/* The objects of the contract (protocol/ops.json) that several calls answer with. */
#ifndef PARLEY_ANSWER_H
#define PARLEY_ANSWER_H

#include "auth.h"
#include "jsonw.h"
#include "session_store.h"
#include "user_store.h"

/* Into an open object: what lists tell of a person; and what only a profile does, empty texts left out. */
void answer_put_person(struct jsonw *w, const struct user *user);
void answer_put_more(struct jsonw *w, struct str about, struct str time_zone);
/* A User as lists have it. */
void answer_put_user(struct jsonw *w, const char *key, const struct user *user);
/* The users of a result whose columns begin with USER_COLUMNS, in its order; a db_done_fn of a request. */
void answer_users(void *req, int err, const struct db_result *r);
/* Answer with a Login: a fresh access token, the session, and for the gateway the refresh token to put into the
 * cookie. Fails the request when nothing can be signed. */
void answer_login(struct auth *a, struct rpc_request *req, const struct session *session);
/* Answer {}. */
void answer_nothing(struct rpc_request *req);

#endif
