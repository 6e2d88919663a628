/* Takes client frames apart and hands them to their handlers. */
#include "ops.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "metrics.h"
#include "patience.h"

/* When a bucket is empty all that a client has in flight is refused: told to come back for the next token, all of it
 * would come back for the same one. */
enum {
    MAX_MALFORMED = 20,
    MALFORMED_US = 3000000, /* after which one of them is forgiven */
    REF_MAX = 64,
    RETRY_MIN_MS = 500,
};

static const struct {
    enum op op;
    op_fn *fn;
} handlers[OP_COUNT] = {
    [OP_HELLO] = {OP_HELLO, op_hello},
    [OP_TOKEN] = {OP_TOKEN, op_token},
    [OP_RESUME] = {OP_RESUME, op_resume},
    [OP_SEND] = {OP_SEND, op_send},
    [OP_FETCH] = {OP_FETCH, op_fetch},
    [OP_READ] = {OP_READ, op_read},
    [OP_DELIVERED] = {OP_DELIVERED, op_delivered},
    [OP_TYPING] = {OP_TYPING, op_typing},
    [OP_PRESENCE] = {OP_PRESENCE, op_presence},
    [OP_PING] = {OP_PING, op_ping},
};

static const struct op_contract *op_named(struct str name)
{
    for (size_t i = 0; i < OP_COUNT; i++)
        if (str_is(name, op_contracts[i].name))
            return &op_contracts[i];
    return NULL;
}

int ops_parse(struct str text, struct jval **root_r, const struct op_contract **op_r)
{
    struct str name;
    *op_r = NULL;
    *root_r = jval_parse(text);
    if (!*root_r || !jval_is_object(*root_r))
        return ERR_BAD_JSON;
    if (!jval_get_str(*root_r, "t", &name))
        return ERR_BAD_REQUEST;
    *op_r = op_named(name);
    if (!*op_r)
        return ERR_UNKNOWN_OP;
    return contract_check((*op_r)->fields, (*op_r)->field_count, *root_r, NULL) ? 0 : ERR_BAD_REQUEST;
}

/* A send that names its cmid well is answered by nack, so that the client can settle it; all else by error. */
static void refuse(struct session *s, const struct op_contract *op, const struct jval *frame, int err, int64_t retry_ms)
{
    static const struct field cmid_rule = {"cmid", FIELD_STRING, FIELD_STRING, true, 36, 36, FORMAT_UUID, NULL};
    struct str cmid, ref = {0};
    if (op && op->op == OP_SEND && jval_get_str(frame, "cmid", &cmid) && contract_check_text(&cmid_rule, cmid)) {
        session_nack(s, cmid, err, retry_ms);
        return;
    }
    if (frame && jval_get_str(frame, "t", &ref) && ref.n > REF_MAX)
        ref.n = 0;
    session_error(s, err, ref);
}

static void malformed(struct session *s, const struct op_contract *op, const struct jval *frame, int err)
{
    int64_t v;
    struct str body;
    metric_add(s->gw->m.malformed, 1);
    s->op = op ? op->op : OP_COUNT;
    if (op && op->op == OP_HELLO && jval_get_int(frame, "v", &v) && v != PROTOCOL_VERSION) {
        session_close(s, CLOSE_VERSION, "version");
        return;
    }
    if (op && op->op == OP_SEND && jval_get_str(frame, "body", &body) && body.n > LIMIT_MAX_BODY)
        err = ERR_TOO_LARGE;
    refuse(s, op, frame, err, 0);
    if (!patience_try(&s->malformed_us, MAX_MALFORMED, MALFORMED_US))
        session_close(s, CLOSE_MALFORMED, "malformed");
}

static bool in_good_state(const struct session *s, const struct op_contract *op)
{
    switch (op->needs) {
    case NEEDS_NEW:
        return s->state == SESSION_NEW;
    case NEEDS_READY:
        return s->state == SESSION_READY;
    case NEEDS_ANY:
        return true;
    }
    return false;
}

/* Where a call is asked, its context counts how long it took; hello and send are counted where they are answered. */
static void run(struct session *s, const struct op_contract *op, const struct jval *frame)
{
    struct gateway *gw = s->gw;
    int64_t begun_us = clock_mono_us();
    enum op which = op->op;
    metric_add(gw->m.op_frames[which], 1);
    s->op_waits = which == OP_HELLO || which == OP_SEND;
    handlers[which].fn(s, frame);
    if (!s->op_waits)
        metric_observe_us(gw->m.op_latency[which], clock_mono_us() - begun_us);
}

void ops_message(struct session *s, struct str text)
{
    struct gateway *gw = s->gw;
    struct jval *frame;
    const struct op_contract *op;
    int64_t retry_ms;
    int err = ops_parse(text, &frame, &op);
    s->op = op ? op->op : OP_COUNT;
    s->request++;
    if (err) {
        malformed(s, op, frame, err);
    } else if (!in_good_state(s, op)) {
        malformed(s, op, frame, ERR_BAD_STATE);
    } else if (!rate_limit_take(gw->rates, s->rate_key, rate_bucket_op(op->op), op->rate, &retry_ms)) {
        /* Before hello nothing but the address is known, which many may share: it is told to come back. */
        if (op->op == OP_HELLO) {
            metric_add(gw->m.limited, 1);
            session_close(s, CLOSE_RATE_LIMIT, "too many connections");
        } else if (session_refused(s)) {
            refuse(s, op, frame, ERR_RATE_LIMITED, retry_ms < RETRY_MIN_MS ? RETRY_MIN_MS : retry_ms);
        }
    } else if (s->user && !scope_in(s->scopes, op->scope)) {
        refuse(s, op, frame, ERR_SCOPE_MISSING, 0);
    } else {
        run(s, op, frame);
    }
    jval_free(frame);
}

struct op_ctx *op_ctx(struct session *s, struct str ref)
{
    struct op_ctx *ctx = xcalloc(1, sizeof(*ctx));
    ctx->gw = s->gw;
    ctx->conn = s->conn;
    ctx->op = s->op;
    ctx->request = s->request;
    ctx->begun_us = clock_mono_us();
    s->op_waits = true;
    str_copy(ctx->ref, sizeof(ctx->ref), ref);
    return ctx;
}

struct session *op_ctx_take(struct op_ctx *ctx, char ref[40])
{
    struct session *s = session_find(ctx->gw, ctx->conn);
    memcpy(ref, ctx->ref, sizeof(ctx->ref));
    if (ctx->op < OP_COUNT && ctx->op != OP_SEND && ctx->op != OP_HELLO)
        metric_observe_us(ctx->gw->m.op_latency[ctx->op], clock_mono_us() - ctx->begun_us);
    if (s) {
        s->op = ctx->op;
        s->request = ctx->request;
    }
    free(ctx);
    return s;
}

void op_call(struct session *s, const char *service, const char *call, struct str args, rpc_done_fn *fn,
             struct op_ctx *ctx)
{
    char trace[SESSION_TRACE_MAX];
    struct caller caller = session_caller(s, trace);
    int err = rpc_call(s->gw->process.rpc, service, call, &caller, args, OP_CALL_MS, fn, ctx);
    if (!err)
        return;
    session_error(s, err, str_of(ctx->ref));
    free(ctx);
}
