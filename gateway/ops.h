/* What a client can say: one row a frame of the contract, one file a handler (op_*.c). The dispatcher checks syntax,
 * fields, state and rate, so that a handler is only its happy path. */
#ifndef PARLEY_GATEWAY_OPS_H
#define PARLEY_GATEWAY_OPS_H

#include "jval.h"
#include "session.h"

/* One whole text frame of a client. May close the session. */
void ops_message(struct session *s, struct str text);

/* What a text is, before anyone acts on it: parse and contract, no session. 0 and *root_r (the caller's to free) and
 * *op_r; ERR_BAD_JSON, ERR_UNKNOWN_OP or ERR_BAD_REQUEST. *root_r may be set on errors too (NULL when it is no JSON).
 */
int ops_parse(struct str text, struct jval **root_r, const struct op_contract **op_r);

typedef void op_fn(struct session *s, const struct jval *frame);
op_fn op_hello, op_token, op_resume, op_send, op_fetch, op_read, op_delivered, op_typing, op_presence, op_ping;

/* For session.c and channels.c: a seat that waited is confirmed; hello goes on when it was the last. */
void op_hello_confirmed(struct session *s);
/* Its personal access token is to be judged again. */
void op_token_again(struct session *s);
/* Its turn has come: ask for its rooms. */
void op_hello_ask(struct session *s);

enum { OP_CALL_MS = 8000 };

/* The asker of a call whose answer belongs to one connection; freed by who answers. */
struct op_ctx {
    struct gateway *gw;
    uint64_t conn, request;
    enum op op;
    int64_t begun_us;
    char ref[40];
};
struct op_ctx *op_ctx(struct session *s, struct str ref);
/* Takes the context: frees it, and gives its connection, or NULL when that is gone; ref is copied out. */
struct session *op_ctx_take(struct op_ctx *ctx, char ref[40]);
/* Ask a service in the name of the session's user. On failure to ask, answers with an error frame and frees ctx. */
void op_call(struct session *s, const char *service, const char *call, struct str args, rpc_done_fn *fn,
             struct op_ctx *ctx);

#endif
