/* Puts the gateway together, keeps it in step with Redis, and takes it down again. */
#include "gateway.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "alloc.h"
#include "authn.h"
#include "channels.h"
#include "clock.h"
#include "drain.h"
#include "err.h"
#include "everybody.h"
#include "ingest.h"
#include "log.h"
#include "ops.h"
#include "presence.h"
#include "rate_limit.h"
#include "reconcile.h"
#include "repair.h"
#include "rest.h"
#include "session.h"
#include "static_files.h"

enum { RATE_KEYS = 20000, MAX_OPENAPI = 1 << 20 };

static void make_op_metrics(struct metrics *m, struct gateway_metrics *g)
{
    static const char errors_help[] = "Client frames answered by an error or a nack.";
    for (size_t i = 0; i < OP_COUNT; i++) {
        char label[40];
        snprintf(label, sizeof(label), "op=\"%s\"", op_contracts[i].name);
        g->op_frames[i] = metrics_counter(m, "parley_gateway_ops_total", label, "Client frames handled.");
        g->op_errors[i] = metrics_counter(m, "parley_gateway_op_errors_total", label, errors_help);
        g->op_latency[i] = metrics_histogram(m, "parley_gateway_op_seconds", label,
                                             "From a client frame to its answer; of hello from the open connection.");
    }
    g->op_errors[OP_COUNT] = metrics_counter(m, "parley_gateway_op_errors_total", "op=\"unknown\"", errors_help);
}

static void make_metrics(struct gateway *gw)
{
    static const char fan_out_help[] =
        "From a message's ts, which is taken just before its commit, to its first and its last socket here.";
    struct metrics *m = gw->process.metrics;
    struct gateway_metrics *g = &gw->m;
    g->sessions = metrics_gauge(m, "parley_gateway_sessions", NULL, "Open client connections.");
    g->rooms = metrics_gauge(m, "parley_gateway_rooms", NULL, "Rooms with a connection here.");
    g->opened = metrics_counter(m, "parley_gateway_opened_total", NULL, "Client connections opened.");
    g->events = metrics_counter(m, "parley_gateway_events_total", NULL, "Room events received.");
    g->deliveries = metrics_counter(m, "parley_gateway_frames_out_total", NULL, "Frames queued to clients.");
    g->bad_events = metrics_counter(m, "parley_gateway_bad_events_total", NULL, "Bus messages not understood.");
    g->left_out = metrics_counter(m, "parley_gateway_left_out_total", NULL, "Frames not queued to slow clients.");
    g->slow = metrics_counter(m, "parley_gateway_slow_total", NULL, "Clients closed for being too slow.");
    g->nacks = metrics_counter(m, "parley_gateway_nacks_total", NULL, "Sends refused by the gateway.");
    g->malformed = metrics_counter(m, "parley_gateway_malformed_total", NULL, "Client frames against the protocol.");
    g->limited =
        metrics_counter(m, "parley_gateway_limited_total", NULL, "Frames, requests and connections over a limit.");
    g->revoked = metrics_counter(m, "parley_gateway_revoked_total", NULL, "Connections closed as their login ended.");
    g->fences = metrics_counter(m, "parley_gateway_fences_total", NULL, "Missed membership changes of a room.");
    g->cursor_beyond_head = metrics_counter(m, "parley_gateway_cursor_beyond_head_total", NULL,
                                            "Rooms whose head was found to be behind what was forwarded.");
    g->fan_out_first = metrics_histogram(m, "parley_gateway_fan_out_seconds", "to=\"first\"", fan_out_help);
    g->fan_out_last = metrics_histogram(m, "parley_gateway_fan_out_seconds", "to=\"last\"", fan_out_help);
    make_op_metrics(m, g);
    rest_metrics_make(gw);
}

static void load_openapi(struct gateway *gw)
{
    const char *path = gw->config.openapi_file;
    FILE *f = *path ? fopen(path, "re") : NULL;
    if (!f) {
        if (*path)
            log_warn(NULL, "no API description", "file=%s error=%s", path, strerror(errno));
        return;
    }
    gw->openapi = xcalloc(1, MAX_OPENAPI);
    gw->openapi_bytes = fread(gw->openapi, 1, MAX_OPENAPI, f);
    gw->openapi = xrealloc(gw->openapi, gw->openapi_bytes + 1);
    fclose(f);
}

/* Thousands may end in one turn: the connections are walked once for all of them. */
static void login_ended(void *arg)
{
    struct gateway *gw = arg;
    gw->logins_ended = true;
}

static void bus_changed(void *arg, bool ready, uint64_t epoch)
{
    struct gateway *gw = arg;
    if (!ready)
        return;
    channels_restored(gw);
    repair_look(gw->repair);
    authn_hurry(gw->auth);
    sessions_ask_again(gw);
    if (epoch == gw->epoch)
        return;
    /* The first epoch is the start: nobody is connected yet. */
    if (gw->epoch > 0)
        log_info(NULL, "Redis may have lost messages, reconciling", "epoch=%" PRIu64, epoch);
    reconcile_lost(gw->reconcile, gw->epoch);
    /* Slots that move take what is remembered of presence with them. */
    if (bus_lost_epoch(gw->process.bus, STR("")) > gw->epoch)
        presence_touch_all(gw->presence);
    gw->epoch = epoch;
}

static void turn(void *arg)
{
    struct gateway *gw = arg;
    if (gw->logins_ended)
        sessions_close_ended(gw);
    gw->logins_ended = false;
    for (struct hello_place *p = hello_line_next(&gw->hellos); p; p = hello_line_next(&gw->hellos))
        op_hello_ask(LIST_ITEM(p, struct session, hello));
    presence_flush(gw->presence);
    room_index_reap(gw->index);
    rate_limit_forget_full(gw->rates);
    metric_set(gw->m.rooms, (int64_t)room_index_count(gw->index, CHANNEL_ROOM));
}

static void drain_step(void *arg);

static int listen_public(struct gateway *gw)
{
    const struct httpd_config config = {
        .listen = gw->config.listen,
        .share_port = gw->config.share_port,
        .trusted_proxies = gw->config.trusted_proxies,
        .origins = gw->config.origins,
        .max_body = LIMIT_MAX_HTTP_BODY,
        .max_message = LIMIT_MAX_FRAME,
        .max_queued = SESSION_MAX_QUEUED,
        .max_connections = (size_t)gw->config.max_connections,
        .ping_ms = LIMIT_HB_MS,
    };
    return httpd_create(&gw->httpd, gw->process.loop, &config, rest_handle, &session_ws_handler, gw,
                        gw->process.metrics);
}

int gateway_init(struct gateway *gw)
{
    struct process *p = &gw->process;
    const char *wrong = gateway_config_wrong(&gw->config);
    list_init(&gw->rest_calls);
    sessions_init(gw);
    make_metrics(gw);
    load_openapi(gw);
    static_files_create(&gw->files, gw->config.web_dir);
    rate_limit_create(&gw->rates, RATE_KEYS, gw->config.rate_percent);
    room_index_create(&gw->index, channels_first, channels_last, gw);
    ingest_create(&gw->ingest, p->loop, p->bus, p->metrics);
    presence_create(&gw->presence, gw);
    everybody_listen(gw);
    reconcile_create(&gw->reconcile, gw);
    repair_create(&gw->repair, gw);
    authn_create(&gw->auth, p->loop, p->bus, p->rpc, login_ended, gw);
    rpc_on_push(p->rpc, events_push, gw);
    bus_on_state(p->bus, bus_changed, gw);
    timer_make(&gw->drain, p->loop, drain_step, gw);
    gw->turn = loop_after_io(p->loop, turn, gw);
    if (wrong) {
        log_error(NULL, "configuration wrong", "why=\"%s\"", wrong);
        return ERR_BAD_REQUEST;
    }
    return listen_public(gw);
}

const char *gateway_ready(void *gateway)
{
    const struct gateway *gw = gateway;
    if (gw->process.draining)
        return "draining\n";
    if (!bus_ready(gw->process.bus))
        return "no Redis\n";
    if (!authn_ready(gw->auth))
        return "no keys and no ended logins from auth-svc yet\n";
    return NULL;
}

/* ---- going ---- */

enum { DRAIN_STEP_MS = 50 };

static uint32_t random_below(uint32_t n)
{
    uint32_t r = 0;
    /* Only spreads load: a short answer does no harm. */
    if (getrandom(&r, sizeof(r), 0) < 0)
        r = 0;
    return r % n;
}

static void drain_step(void *arg)
{
    struct gateway *gw = arg;
    if (list_empty(&gw->sessions) && gw->rest_open == 0 && presence_pending(gw->presence) == 0 &&
        metric_value(gw->m.sessions) == 0)
        process_drained(&gw->process);
    else
        timer_start(gw->drain, DRAIN_STEP_MS, 0);
}

/* Each connection gets a moment of its own: a client that can go by itself is told it, and any is closed a little
 * after. So they come one by one to where they connect again. */
void gateway_drain(void *gateway)
{
    struct gateway *gw = gateway;
    int64_t span_ms = drain_span_ms(idmap_count(gw->by_conn), gw->config.process.drain_ms);
    log_info(NULL, "letting clients go", "sessions=%zu requests=%zu over_ms=%" PRId64, idmap_count(gw->by_conn),
             gw->rest_open, span_ms);
    httpd_stop_accepting(gw->httpd);
    LIST_EACH (&gw->sessions, it) {
        struct session *s = LIST_ITEM(it, struct session, of_gateway);
        uint32_t after_ms = random_below((uint32_t)span_ms + 1);
        char text[64];
        snprintf(text, sizeof(text), "{\"t\":\"goaway\",\"reconnect_ms\":%" PRIu32 "}", after_ms);
        session_leave(s, clock_mono_ms() + after_ms + DRAIN_GRACE_MS);
        if (s->state == SESSION_READY)
            session_send_text(s, str_of(text));
    }
    timer_start(gw->drain, DRAIN_STEP_MS, 0);
}

void gateway_fini(struct gateway *gw)
{
    rest_abandon(gw);
    httpd_destroy(&gw->httpd);
    loop_unhook(&gw->turn);
    timer_destroy(&gw->drain);
    rpc_on_push(gw->process.rpc, NULL, NULL);
    bus_off_state(gw->process.bus, gw);
    authn_destroy(&gw->auth);
    repair_destroy(&gw->repair);
    reconcile_destroy(&gw->reconcile);
    everybody_leave(gw);
    presence_destroy(&gw->presence);
    ingest_destroy(&gw->ingest);
    room_index_destroy(&gw->index);
    rate_limit_destroy(&gw->rates);
    static_files_destroy(&gw->files);
    free(gw->m.rest);
    free(gw->openapi);
    gw->openapi = NULL;
    sessions_fini(gw);
}
