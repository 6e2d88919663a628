/* The life of a client connection: from the upgrade to the end of its WebSocket. */
#include "session.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "authn.h"
#include "clock.h"
#include "fan_out.h"
#include "jsonw.h"
#include "log.h"
#include "ops.h"
#include "patience.h"
#include "presence.h"

enum {
    STEP_MS = 10000,      /* for judging a token, and for subscribing */
    ANSWER_MS = 10000,    /* a send without an answer frees its slot after this */
    REFUSALS_BURST = 500, /* then 4009; one is forgiven every */
    REFUSAL_US = 20000,
    /* A personal access token lasts longer than what is known of it (personal.c): a connection asks again in time. */
    JUDGE_AGAIN_MS = 5 * 60 * 1000,
    JUDGE_RETRY_MS = 10000,
    SENDS_FIRST = 4, /* that there is room for at first, of LIMIT_MAX_INFLIGHT */
};

/* ---- tables ---- */

static void due(struct wheel_entry *entry);

void sessions_init(struct gateway *gw)
{
    idmap_create(&gw->by_conn);
    list_init(&gw->sessions);
    list_init(&gw->bundles);
    hello_line_init(&gw->hellos);
    strmap_create(&gw->per_address);
    wheel_init(&gw->wheel, gw->process.loop);
}

void sessions_fini(struct gateway *gw)
{
    if (!gw->by_conn)
        return;
    wheel_fini(&gw->wheel);
    idmap_destroy(&gw->by_conn);
    strmap_destroy(&gw->per_address);
}

struct session *session_find(const struct gateway *gw, uint64_t conn)
{
    return gw->by_conn ? idmap_get(gw->by_conn, conn) : NULL;
}

struct session *session_of(struct subscriber *listens)
{
    return LIST_ITEM(listens, struct session, listens);
}

void sessions_close_ended(struct gateway *gw)
{
    LIST_EACH (&gw->sessions, it) {
        struct session *s = LIST_ITEM(it, struct session, of_gateway);
        if (!*s->sid || !authn_ended(gw->auth, str_of(s->sid)))
            continue;
        metric_add(gw->m.revoked, 1);
        session_close(s, CLOSE_AUTH, "session_revoked");
    }
}

void sessions_ask_again(struct gateway *gw)
{
    LIST_EACH (&gw->sessions, it) {
        struct session *s = LIST_ITEM(it, struct session, of_gateway);
        if (s->send_count > 0)
            session_send_text(s, STR("{\"t\":\"resend\"}"));
    }
}

/* Connections of an address, kept as the pointer value itself. */
static size_t address_count(const struct gateway *gw, const char *key)
{
    return (size_t)(uintptr_t)strmap_get(gw->per_address, str_of(key));
}

static void address_add(struct gateway *gw, const char *key, int change)
{
    size_t n = address_count(gw, key) + (size_t)change;
    if (n > 0)
        strmap_put(gw->per_address, str_of(key), (void *)(uintptr_t)n);
    else
        strmap_del(gw->per_address, str_of(key));
}

/* ---- states and deadlines ---- */

static int64_t min_due(int64_t a, int64_t b)
{
    return a && (!b || a < b) ? a : b;
}

static void arm(struct session *s)
{
    int64_t at = min_due(s->state_due_ms, s->state == SESSION_READY ? s->expires_ms : 0);
    at = min_due(at, s->state == SESSION_READY ? s->again_ms : 0);
    at = min_due(at, s->leave_ms);
    for (unsigned i = 0; i < s->send_count; i++)
        at = min_due(at, s->sends[i].at_us / 1000 + ANSWER_MS);
    if (at)
        wheel_arm(&s->gw->wheel, &s->due, at);
    else
        wheel_disarm(&s->gw->wheel, &s->due);
}

/* Most connections wait for nothing at most times: no memory is kept for what they might send. */
static void end_send(struct session *s, struct session_send *send)
{
    *send = s->sends[--s->send_count];
    if (s->send_count > 0)
        return;
    free(s->sends);
    s->sends = NULL;
    s->send_room = 0;
}

static void due(struct wheel_entry *entry)
{
    struct session *s = LIST_ITEM(entry, struct session, due);
    int64_t now = clock_mono_ms();
    if (s->leave_ms && now >= s->leave_ms) {
        session_close(s, CLOSE_DRAIN, "drain");
        return;
    }
    if (s->state_due_ms && now >= s->state_due_ms) {
        if (s->state == SESSION_NEW)
            session_close(s, CLOSE_HELLO_TIMEOUT, "no hello");
        else
            session_close(s, CLOSE_INTERNAL, "took too long");
        return;
    }
    if (s->state == SESSION_READY && now >= s->expires_ms) {
        session_close(s, CLOSE_AUTH, "token_expired");
        return;
    }
    if (s->state == SESSION_READY && s->again_ms && now >= s->again_ms) {
        s->again_ms = now + JUDGE_RETRY_MS;
        op_token_again(s);
    }
    for (unsigned i = s->send_count; i-- > 0;)
        if (now >= s->sends[i].at_us / 1000 + ANSWER_MS)
            end_send(s, &s->sends[i]);
    arm(s);
}

void session_set_state(struct session *s, enum session_state state)
{
    assert(session_may_become(s->state, state));
    log_debug(&s->log, "session", "from=%s to=%s", session_state_name(s->state), session_state_name(state));
    s->state = state;
    switch (state) {
    case SESSION_NEW:
    case SESSION_AUTHENTICATING:
    case SESSION_SUBSCRIBING:
        s->state_due_ms = clock_mono_ms() + STEP_MS;
        break;
    case SESSION_READY:
    case SESSION_CLOSING:
    case SESSION_STATES:
        s->state_due_ms = 0;
        break;
    }
    arm(s);
}

void session_identify(struct session *s, const struct token_claims *claims)
{
    s->user = claims->user;
    s->scopes = claims->scopes;
    snprintf(s->sid, sizeof(s->sid), "%s", claims->session);
    s->expires_ms = clock_mono_ms() + (claims->expires_s + TOKEN_SKEW_S) * 1000 - clock_wall_ms();
    if (s->personal)
        s->again_ms = clock_mono_ms() + JUDGE_AGAIN_MS;
    rate_key_user(s->user, s->rate_key);
    snprintf(s->log_pairs, sizeof(s->log_pairs), "conn=%" PRIx64 " user=%" PRId64, s->conn, s->user);
    arm(s);
}

void session_leave(struct session *s, int64_t at_ms)
{
    s->leave_ms = at_ms;
    arm(s);
}

void session_close(struct session *s, int code, const char *reason)
{
    struct gateway *gw = s->gw;
    fan_out_take(s);
    if (s->state == SESSION_CLOSING)
        return;
    bool was_ready = s->state == SESSION_READY;
    session_set_state(s, SESSION_CLOSING);
    wheel_disarm(&gw->wheel, &s->due);
    log_debug(&s->log, "session closes", "code=%d reason=%s", code, reason);
    room_index_drop(gw->index, &s->listens);
    hello_line_leave(&gw->hellos, &s->hello);
    idmap_del(gw->by_conn, s->conn);
    list_remove(&s->of_gateway);
    list_remove(&s->presence_due);
    if (was_ready)
        presence_touch(gw->presence, s->conn, s->user);
    ws_close(s->ws, code, reason);
}

/* ---- WebSocket callbacks ---- */

static int ws_accept(void *arg, struct str address, struct str user_agent)
{
    struct gateway *gw = arg;
    char key[RATE_KEY_MAX];
    (void)user_agent;
    if (gw->process.draining || !bus_ready(gw->process.bus))
        return ERR_UNAVAILABLE;
    rate_key_address(address, key);
    if (address_count(gw, key) >= (size_t)gw->config.max_per_address) {
        metric_add(gw->m.limited, 1);
        return ERR_RATE_LIMITED;
    }
    return 0;
}

static void ws_opened(void *arg, struct ws *ws)
{
    struct gateway *gw = arg;
    struct session *s = xcalloc(1, sizeof(*s));
    s->gw = gw;
    s->ws = ws;
    s->conn = ++gw->last_conn;
    s->opened_us = clock_mono_us();
    s->log.pairs = s->log_pairs;
    snprintf(s->log_pairs, sizeof(s->log_pairs), "conn=%" PRIx64, s->conn);
    rate_key_address(ws_address(ws), s->address_key);
    memcpy(s->rate_key, s->address_key, sizeof(s->rate_key));
    list_init(&s->of_gateway);
    list_init(&s->presence_due);
    hello_place_init(&s->hello);
    subscriber_init(&s->listens);
    wheel_entry_init(&s->due, due);
    list_push(&gw->sessions, &s->of_gateway);
    idmap_put(gw->by_conn, s->conn, s);
    address_add(gw, s->address_key, 1);
    ws_set_data(ws, s);
    metric_add(gw->m.opened, 1);
    metric_add(gw->m.sessions, 1);
    s->state_due_ms = clock_mono_ms() + LIMIT_HELLO_MS;
    /* Its handshake was judged before the drain began. */
    if (gw->process.draining)
        s->leave_ms = clock_mono_ms();
    arm(s);
}

static void ws_message(void *arg, struct ws *ws, struct str text)
{
    struct session *s = ws_data(ws);
    (void)arg;
    if (s->state != SESSION_CLOSING)
        ops_message(s, text);
}

static void ws_drained(void *arg, struct ws *ws)
{
    struct session *s = ws_data(ws);
    (void)arg;
    s->lagging = false;
    session_catch_up(s);
}

static void ws_round(void *arg)
{
    fan_out_all(arg);
}

static void ws_closed(void *arg, struct ws *ws, int code)
{
    struct gateway *gw = arg;
    struct session *s = ws_data(ws);
    if (!s)
        return;
    session_close(s, code, "closed");
    address_add(gw, s->address_key, -1);
    metric_add(gw->m.sessions, -1);
    buf_fini(&s->presence);
    free(s->sends);
    free(s);
}

const struct ws_handler session_ws_handler = {
    .path = "/ws",
    .subprotocol = PROTOCOL_SUBPROTOCOL,
    .accept = ws_accept,
    .opened = ws_opened,
    .message = ws_message,
    .drained = ws_drained,
    .round = ws_round,
    .closed = ws_closed,
};

/* ---- what is written ---- */

static void send_by(int (*send)(struct ws *ws, struct frame *f), struct session *s, struct frame *f)
{
    if (s->state == SESSION_CLOSING)
        return;
    metric_add(s->gw->m.deliveries, (int64_t)frame_count(f));
    if (send(s->ws, f) == 0)
        return;
    metric_add(s->gw->m.slow, 1);
    session_close(s, CLOSE_SLOW, "slow");
}

void session_send(struct session *s, struct frame *f)
{
    fan_out_take(s);
    send_by(ws_send, s, f);
}

void session_send_text(struct session *s, struct str text)
{
    struct frame *f = frame_text(text);
    session_send(s, f);
    frame_unref(&f);
}

void session_send_event(struct session *s, struct seat *seat, struct frame *f)
{
    s->lagging |= ws_queued(s->ws) > SESSION_MAX_QUEUED / 4 * 3;
    if (!s->lagging && !s->fenced) {
        send_by(ws_send_soon, s, f);
        return;
    }
    seat->behind = true;
    metric_add(s->gw->m.left_out, (int64_t)frame_count(f));
}

static void put_own(struct session *s, struct jsonw *w)
{
    const struct channel *mine = room_index_find(s->gw->index, CHANNEL_USER, s->user);
    s->own_behind = false;
    if (!mine)
        return;
    s->told_useq = mine->last_useq;
    jsonw_int(w, "useq", mine->last_useq);
}

void session_catch_up(struct session *s)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    bool any = s->own_behind;
    if (s->lagging || s->fenced || s->state != SESSION_READY)
        return;
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "head");
    jsonw_obj(&w, "rooms");
    LIST_EACH (&s->listens.seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_subscriber);
        char room[24];
        if (!seat->behind)
            continue;
        seat->behind = false;
        any = true;
        snprintf(room, sizeof(room), "%" PRId64, seat->channel->id);
        jsonw_int(&w, room, seat->channel->last_seq);
    }
    jsonw_obj_end(&w);
    if (s->own_behind)
        put_own(s, &w);
    jsonw_obj_end(&w);
    if (any)
        session_send_text(s, buf_view(&text));
    buf_fini(&text);
}

bool session_has_room(const struct session *s)
{
    return ws_queued(s->ws) <= SESSION_MAX_QUEUED / 2;
}

void session_send_ephemeral(struct session *s, struct frame *f)
{
    fan_out_take(s);
    if (s->lagging || s->fenced || !session_has_room(s))
        metric_add(s->gw->m.left_out, (int64_t)frame_count(f));
    else
        send_by(ws_send_soon, s, f);
}

void session_error(struct session *s, int err, struct str ref)
{
    struct buf text = {0};
    char trace[SESSION_TRACE_MAX];
    struct str id = session_caller(s, trace).trace;
    metric_add(s->gw->m.op_errors[s->op], 1);
    log_debug(&s->log, "frame refused", "request=%s code=%s", trace, err_code(err));
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "error");
    jsonw_cstr(&w, "code", err_code(err));
    if (ref.n > 0)
        jsonw_str(&w, "ref", ref);
    jsonw_str(&w, "request_id", id);
    jsonw_obj_end(&w);
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
}

void session_nack(struct session *s, struct str cmid, int err, int64_t retry_ms)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    metric_add(s->gw->m.nacks, 1);
    metric_add(s->gw->m.op_errors[OP_SEND], 1);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "nack");
    jsonw_str(&w, "cmid", cmid);
    jsonw_cstr(&w, "code", err_code(err));
    if (retry_ms > 0)
        jsonw_int(&w, "retry_ms", retry_ms);
    jsonw_obj_end(&w);
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
}

bool session_refused(struct session *s)
{
    metric_add(s->gw->m.limited, 1);
    if (patience_try(&s->abuse_us, REFUSALS_BURST, REFUSAL_US))
        return true;
    session_close(s, CLOSE_RATE_LIMIT, "too many frames");
    return false;
}

/* A UUID's digits folded into 64 bits: enough to tell a few dozen of one client apart. */
static uint64_t cmid_key(struct str cmid)
{
    uint64_t key = 0;
    for (size_t i = 0; i < cmid.n; i++)
        key = (key << 5 | key >> 59) ^ (unsigned char)cmid.p[i];
    return key;
}

static struct session_send *find_send(struct session *s, uint64_t cmid)
{
    for (unsigned i = 0; i < s->send_count; i++)
        if (s->sends[i].cmid == cmid)
            return &s->sends[i];
    return NULL;
}

bool session_send_begins(struct session *s, struct str cmid)
{
    uint64_t key = cmid_key(cmid);
    if (find_send(s, key))
        return true;
    if (s->send_count == LIMIT_MAX_INFLIGHT)
        return false;
    if (s->send_count == s->send_room) {
        s->send_room = s->send_room > 0 ? 2 * s->send_room : SENDS_FIRST;
        s->sends = xrealloc(s->sends, s->send_room * sizeof(*s->sends));
    }
    s->sends[s->send_count++] = (struct session_send){key, clock_mono_us()};
    if (s->send_count == 1)
        arm(s);
    return true;
}

int64_t session_send_ends(struct session *s, struct str cmid)
{
    struct session_send *send = find_send(s, cmid_key(cmid));
    if (!send)
        return -1;
    int64_t took_us = clock_mono_us() - send->at_us;
    metric_observe_us(s->gw->m.op_latency[OP_SEND], took_us);
    end_send(s, send);
    return took_us;
}

struct caller session_caller(const struct session *s, char trace[SESSION_TRACE_MAX])
{
    snprintf(trace, SESSION_TRACE_MAX, "ws-%.8s-%" PRIx64 "-%" PRIx64, s->gw->process.id, s->conn, s->request);
    return (struct caller){
        .user = s->user,
        .session = str_of(s->sid),
        .address = ws_address(s->ws),
        .agent = ws_user_agent(s->ws),
        .trace = str_of(trace),
    };
}
