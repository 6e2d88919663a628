/* token: a fresh access token of the same login, before the old one expires. Who came with a personal one need not send
 * it: the gateway asks again by itself. */
#include <stdlib.h>
#include <string.h>

#include "authn.h"
#include "ops.h"

static void renew(struct session *s, int err, const struct token_claims *claims)
{
    /* Not judged is not bad: the old token goes on until it expires. */
    if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT || err == ERR_BUSY) {
        session_error(s, err, STR("token"));
        return;
    }
    if (!err && (claims->user != s->user || strcmp(claims->session, s->sid) != 0))
        err = ERR_UNAUTHORIZED;
    if (err)
        session_close(s, CLOSE_AUTH, err_code(err));
    else
        session_identify(s, claims);
}

static void judged(void *arg, int err, const struct token_claims *claims)
{
    char ref[40];
    struct session *s = op_ctx_take(arg, ref);
    if (s)
        renew(s, err, claims);
}

void op_token(struct session *s, const struct jval *frame)
{
    struct str token = {0};
    struct token_claims claims = {0};
    struct op_ctx *ctx = op_ctx(s, STR("token"));
    jval_get_str(frame, "token", &token);
    int err = authn_judge(s->gw->auth, token, &claims, judged, ctx);
    if (err == AUTHN_LATER)
        return;
    free(ctx);
    s->op_waits = false;
    renew(s, err, &claims);
}

static void judged_again(void *arg, int err, const struct token_claims *claims)
{
    char ref[40];
    struct session *s = op_ctx_take(arg, ref);
    if (!s)
        return;
    if (err_http_status(err) == 401)
        session_close(s, CLOSE_AUTH, err_code(err));
    else if (!err)
        session_identify(s, claims);
}

void op_token_again(struct session *s)
{
    s->op = OP_TOKEN;
    struct op_ctx *ctx = op_ctx(s, STR("token"));
    /* Not asked now: soon again. */
    if (authn_judge_again(s->gw->auth, s->digest, judged_again, ctx) != AUTHN_LATER)
        free(ctx);
}
