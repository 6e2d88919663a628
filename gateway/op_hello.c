/* hello: who the client is. token → my user channel → my rooms → their channels → welcome. A channel is in force before
 * what it carries is looked up, so that nothing falls between. */
#include <stdlib.h>

#include "authn.h"
#include "channels.h"
#include "clock.h"
#include "drain.h"
#include "fan_out.h"
#include "jsonw.h"
#include "log.h"
#include "ops.h"
#include "presence.h"
#include "repair.h"

enum { OPEN_MS = 3000, OPEN_TRIES = 3 };

static void hello_open(struct session *s);

static void hello_welcome(struct session *s)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "welcome");
    jsonw_cstr(&w, "sid", s->sid);
    jsonw_id(&w, "user", s->user);
    jsonw_cstr(&w, "epoch", s->epoch);
    jsonw_int(&w, "hb_ms", LIMIT_HB_MS);
    jsonw_int(&w, "max_frame", LIMIT_MAX_FRAME);
    jsonw_int(&w, "max_inflight", LIMIT_MAX_INFLIGHT);
    jsonw_int(&w, "time", clock_wall_ms());
    jsonw_int(&w, "return_ms", drain_return_ms(idmap_count(s->gw->by_conn)));
    jsonw_obj_end(&w);
    fan_out_skip(s);
    session_set_state(s, SESSION_READY);
    metric_observe_us(s->gw->m.op_latency[OP_HELLO], clock_mono_us() - s->opened_us);
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
    if (s->state == SESSION_READY)
        presence_touch(s->gw->presence, s->conn, s->user);
}

static void hello_rooms(struct session *s, const struct jval *rooms)
{
    for (size_t i = 0, n = jval_count(rooms); i < n; i++) {
        const struct jval *entry = jval_at(rooms, i);
        int64_t room, mver = 0, head;
        if (!jval_get_id(entry, "room", &room))
            continue;
        jval_get_int(entry, "mver", &mver);
        struct seat *seat = room_index_join(s->gw->index, CHANNEL_ROOM, room, &s->listens);
        /* A channel that others listen to already goes by its events: this answer may be ahead of them. */
        if (!seat->channel->known && jval_get_int(entry, "head", &head))
            channel_stands(seat->channel, head, mver);
        seat->told_seq = seat->channel->last_seq;
    }
    s->step = HELLO_ROOM_CHANNELS;
    if (s->listens.waiting == 0)
        hello_welcome(s);
}

/* False: a late answer of before the database was restored. */
static bool hello_stands(struct session *s, const struct jval *root)
{
    int64_t useq;
    if (!repair_epoch(s->gw->repair, str_of(s->epoch)))
        return false;
    struct channel *mine = room_index_find(s->gw->index, CHANNEL_USER, s->user);
    if (mine && jval_get_int(root, "useq", &useq) && useq > mine->last_useq)
        mine->last_useq = useq;
    return true;
}

static void hello_opened(void *arg, int err, struct str body)
{
    char ref[40];
    struct str epoch;
    struct session *s = op_ctx_take(arg, ref);
    if (!s)
        return;
    hello_line_leave(&s->gw->hellos, &s->hello);
    if ((err == ERR_TIMEOUT || s->reopen) && ++s->tries < OPEN_TRIES) {
        hello_open(s);
        return;
    }
    struct jval *root = err ? NULL : jval_parse(body);
    if (jval_get_str(root, "epoch", &epoch) && epoch.n < sizeof(s->epoch) && !s->reopen) {
        str_copy(s->epoch, sizeof(s->epoch), epoch);
        if (hello_stands(s, root))
            hello_rooms(s, jval_get(root, "rooms"));
        else
            session_close(s, CLOSE_INTERNAL, "restored");
    } else {
        log_warn(&s->log, "rooms not had", "error=%s", err_name(err));
        session_close(s, CLOSE_INTERNAL, "rooms not had");
    }
    jval_free(root);
}

static void hello_open(struct session *s)
{
    s->step = HELLO_OPENING;
    hello_line_join(&s->gw->hellos, &s->hello);
}

void op_hello_ask(struct session *s)
{
    char trace[SESSION_TRACE_MAX];
    s->op = OP_HELLO;
    struct caller caller = session_caller(s, trace);
    struct op_ctx *ctx = op_ctx(s, STR("hello"));
    s->reopen = false;
    int err = rpc_call(s->gw->process.rpc, "msg", "open", &caller, STR("{}"), OPEN_MS, hello_opened, ctx);
    if (!err)
        return;
    free(ctx);
    session_close(s, CLOSE_INTERNAL, err_code(err));
}

void op_hello_confirmed(struct session *s)
{
    if (s->state != SESSION_SUBSCRIBING || s->listens.waiting > 0)
        return;
    switch (s->step) {
    case HELLO_USER_CHANNEL:
        hello_open(s);
        break;
    case HELLO_OPENING:
        break;
    case HELLO_ROOM_CHANNELS:
        hello_welcome(s);
        break;
    }
}

static void hello_judged(struct session *s, int err, const struct token_claims *claims)
{
    struct gateway *gw = s->gw;
    if (err == ERR_UNAVAILABLE || err == ERR_TIMEOUT || err == ERR_BUSY) {
        session_close(s, CLOSE_INTERNAL, err_code(err));
        return;
    }
    if (err) {
        session_close(s, CLOSE_AUTH, err_code(err));
        return;
    }
    if (!scope_in(claims->scopes, SCOPE_READ)) {
        session_close(s, CLOSE_POLICY, err_code(ERR_SCOPE_MISSING));
        return;
    }
    const struct channel *mine = room_index_find(gw->index, CHANNEL_USER, claims->user);
    if (mine && mine->count >= (size_t)gw->config.max_per_user) {
        metric_add(gw->m.limited, 1);
        session_close(s, CLOSE_POLICY, "too many connections");
        return;
    }
    session_identify(s, claims);
    session_set_state(s, SESSION_SUBSCRIBING);
    s->step = HELLO_USER_CHANNEL;
    room_index_join(gw->index, CHANNEL_USER, s->user, &s->listens);
    op_hello_confirmed(s);
}

static void judged_later(void *arg, int err, const struct token_claims *claims)
{
    char ref[40];
    struct session *s = op_ctx_take(arg, ref);
    if (s)
        hello_judged(s, err, claims);
}

void op_hello(struct session *s, const struct jval *frame)
{
    int64_t v = 0;
    struct str token = {0}, device = {0};
    struct token_claims claims = {0};
    jval_get_int(frame, "v", &v);
    jval_get_str(frame, "token", &token);
    jval_get_str(frame, "device", &device);
    if (v != PROTOCOL_VERSION) {
        session_close(s, CLOSE_VERSION, "version");
        return;
    }
    str_copy(s->device, sizeof(s->device), device);
    s->personal = personal_token_claims(token) && personal_token_digest(token, s->digest);
    session_set_state(s, SESSION_AUTHENTICATING);
    struct op_ctx *ctx = op_ctx(s, STR("hello"));
    int err = authn_judge(s->gw->auth, token, &claims, judged_later, ctx);
    if (err == AUTHN_LATER)
        return;
    free(ctx);
    hello_judged(s, err, &claims);
}
