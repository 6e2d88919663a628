/* One WebSocket: reassembled messages in, a bounded outbox flushed once a turn out, and an orderly close. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "tcp_progress.h"
#include "ws_internal.h"
#include "ws_pace.h"

enum {
    REASON_MAX = 123, /* RFC 6455 §5.5: a control frame holds 125 bytes, the code takes two */
    CLOSE_NO_CODE = 1005,
    CLOSE_ABNORMAL = 1006
};

static void unmark(struct ws *ws)
{
    list_remove(&ws->dirty);
    ws->soon = false;
}

static void mark_dirty(struct ws *ws)
{
    if (ws->soon)
        unmark(ws);
    if (list_empty(&ws->dirty))
        list_push(&ws->httpd->ws_server->dirty, &ws->dirty);
}

/* What fills a write has nothing to wait for. */
static void mark_soon(struct ws *ws)
{
    if (ws->outbox.bytes >= WS_TX_BYTES / 2) {
        mark_dirty(ws);
    } else if (list_empty(&ws->dirty)) {
        ws->soon = true;
        list_push(&ws->httpd->ws_server->soon, &ws->dirty);
    }
}

/* ---- closing ---- */

static void drop_queue(struct ws *ws)
{
    httpd_metric(ws->httpd->m.queued, -(int64_t)ws->outbox.bytes);
    ws_outbox_fini(&ws->outbox);
}

/* Have the library close the socket, soon and without ceremony. */
static void ws_kill(struct ws *ws)
{
    if (ws->state == WS_ENDING)
        return;
    ws->state = WS_ENDING;
    drop_queue(ws);
    wheel_disarm(&ws->httpd->wheel, &ws->tick);
    lws_set_timeout(ws->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
    /* Outside of its own callbacks the library does not notice a new timeout by itself. */
    lws_cancel_service(ws->httpd->ws_server->context);
}

void ws_close(struct ws *ws, int code, const char *reason)
{
    if (ws->state != WS_OPEN)
        return;
    ws->state = WS_CLOSING;
    ws->code = code;
    ws->close_by_ms = clock_mono_ms() + WS_CLOSE_MS;
    ws->reason.n = reason ? strnlen(reason, REASON_MAX) : 0;
    ws->reason.p = ws->reason.n > 0 ? xstrndup((struct str){reason, ws->reason.n}) : NULL;
    wheel_arm(&ws->httpd->wheel, &ws->tick, ws->close_by_ms);
    /* The client's answer must be heard. */
    if (!ws->reading)
        lws_rx_flow_control(ws->wsi, 1);
    ws->reading = true;
    mark_dirty(ws);
}

/* What is queued would hold the close frame back for longer than anyone waits. */
static void close_slow(struct ws *ws, const char *why)
{
    if (ws->state != WS_OPEN)
        return;
    httpd_metric(ws->httpd->m.slow, 1);
    log_info(NULL, "slow client", "address=%s why=%s queued=%zu", ws->address.p, why, ws_queued(ws));
    drop_queue(ws);
    ws_close(ws, 4008, "too slow");
}

/* The library is done with it. */
void ws_gone(struct ws *ws)
{
    struct httpd *httpd = ws->httpd;
    ws->state = WS_ENDING;
    drop_queue(ws);
    list_remove(&ws->link);
    unmark(ws);
    wheel_disarm(&httpd->wheel, &ws->tick);
    ws_message_fini(&ws->message);
    httpd_metric(httpd->m.sockets, -1);
    httpd_count(httpd, -1);
    if (ws->opened)
        httpd->ws->closed(httpd->arg, ws, ws->code != 0 ? ws->code : CLOSE_ABNORMAL);
    /* xstrndup() gave the memory, a view took it. */
    union {
        const char *p;
        void *memory;
    } reason = {ws->reason.p};
    free(reason.memory);
    free(ws);
}

/* ---- writing ---- */

static void put_close(struct ws *ws, struct buf *out)
{
    buf_char(out, (char)0x88);
    buf_char(out, (char)(2 + ws->reason.n));
    buf_char(out, (char)(ws->code >> 8));
    buf_char(out, (char)(ws->code & 0xff));
    buf_str(out, ws->reason);
}

static void written(struct ws *ws, size_t bytes, size_t frames)
{
    httpd_metric(ws->httpd->m.queued, -(int64_t)bytes);
    httpd_metric(ws->httpd->m.frames_out, (int64_t)frames);
    ws->httpd->ws_server->frames += frames;
}

/* Put into `out` what goes out next: whole frames, as many as one write takes, at least one. */
static void gather(struct ws *ws, struct buf *out)
{
    if (ws->ping_due && ws->state == WS_OPEN) {
        /* Not empty: the library does not report an empty pong. */
        buf_put(out, "\x89\x01p", 3);
        ws->ping_due = false;
    }
    size_t queued = ws->outbox.bytes, frames = ws_outbox_gather(&ws->outbox, out, 0, WS_TX_BYTES);
    written(ws, queued - ws->outbox.bytes, frames);
    if (ws->state == WS_CLOSING && ws->outbox.count == 0) {
        put_close(ws, out);
        ws->state = WS_CLOSE_SENT;
    }
}

/* What the kernel did not take the library sends on, and calls back when that is out. */
static bool leave_to_library(struct ws *ws, struct str rest)
{
    struct buf room = {0};
    buf_reserve(&room, LWS_PRE + rest.n);
    room.n = LWS_PRE;
    buf_str(&room, rest);
    bool good = lws_write(ws->wsi, (unsigned char *)room.p + LWS_PRE, rest.n, LWS_WRITE_RAW) >= (int)rest.n;
    buf_fini(&room);
    ws->in_lws = good && lws_partial_buffered(ws->wsi) ? rest.n : 0;
    return good;
}

/* False: no more for now. */
static bool write_bytes(struct ws *ws, struct str bytes)
{
    /* The library holds nothing just now: all it would do is this call. */
    ssize_t n = send(lws_get_socket_fd(ws->wsi), bytes.p, bytes.n, MSG_NOSIGNAL | MSG_DONTWAIT);
    size_t sent = n > 0 ? (size_t)n : 0;
    if ((n < 0 && errno != EAGAIN && errno != EINTR) ||
        (sent < bytes.n && !leave_to_library(ws, (struct str){bytes.p + sent, bytes.n - sent}))) {
        ws_kill(ws);
        return false;
    }
    httpd_metric(ws->httpd->m.bytes_out, (int64_t)bytes.n);
    return ws->in_lws == 0;
}

/* One write, of whole frames only: the library puts its own pongs between writes. False: no more for now. */
static bool write_some(struct ws *ws)
{
    struct buf *out = &ws->httpd->ws_server->scratch;
    if (ws->outbox.count == 0 && !ws->ping_due && ws->state == WS_OPEN)
        return false;
    if (ws->outbox.count == 1 && !ws->ping_due && ws->state == WS_OPEN) {
        struct frame *f = ws_outbox_take(&ws->outbox);
        written(ws, frame_bytes(f).n, frame_count(f));
        bool more = write_bytes(ws, frame_bytes(f));
        frame_written(f);
        frame_unref(&f);
        return more;
    }
    buf_reset(out);
    buf_reserve(out, WS_TX_BYTES);
    gather(ws, out);
    bool more = out->n > 0 && write_bytes(ws, buf_view(out));
    /* One frame may be larger than all of WS_TX_BYTES; its memory is not kept. */
    if (out->cap > (size_t)4 * WS_TX_BYTES)
        buf_fini(out);
    return more;
}

/* After a flush: watch the client when something stayed behind, and tell the user when there is room again. */
static void after_flush(struct ws *ws)
{
    size_t queued = ws_queued(ws), bound = ws->httpd->config.max_queued;
    if (queued == 0) {
        ws->stalled = false;
    } else if (!ws->stalled) {
        ws->stalled = true;
        ws->moved_ms = clock_mono_ms();
        ws->acked = tcp_bytes_acked(lws_get_socket_fd(ws->wsi));
        int64_t watch_ms = ws->moved_ms + WS_WATCH_MS;
        if (!wheel_armed(&ws->tick) || ws->tick.at_ms > watch_ms)
            wheel_arm(&ws->httpd->wheel, &ws->tick, watch_ms);
    }
    if (ws->above && queued < bound / 2) {
        ws->above = false;
        if (ws->httpd->ws->drained && ws->state == WS_OPEN)
            ws->httpd->ws->drained(ws->httpd->arg, ws);
    }
}

static void flush(struct ws *ws)
{
    unmark(ws);
    if (ws->state == WS_OPENING || ws->state == WS_ENDING)
        return;
    /* What the library still holds goes first; it calls back when that is out. */
    if (lws_partial_buffered(ws->wsi)) {
        lws_callback_on_writable(ws->wsi);
    } else {
        ws->in_lws = 0;
        while (write_some(ws))
            ;
    }
    if (ws->state != WS_ENDING)
        after_flush(ws);
}

/* How many. */
static size_t flush_list(struct list *list)
{
    size_t n = 0;
    for (; !list_empty(list); n++)
        flush(LIST_ITEM(list->next, struct ws, dirty));
    return n;
}

/* Who is alone, or comes after a rest, waits for nothing. */
static void flush_soon(struct ws_server *server)
{
    int64_t now_us = clock_mono_us();
    if (now_us < server->soon_us) {
        if (!server->soon_armed)
            timer_start(server->soon_timer, (uint64_t)(server->soon_us - now_us + 999) / 1000, 0);
        server->soon_armed = true;
        return;
    }
    if (server->round_wanted) {
        server->round_wanted = false;
        server->httpd->ws->round(server->httpd->arg);
    }
    server->frames = 0;
    size_t n = flush_list(&server->dirty) + flush_list(&server->soon);
    int64_t done_us = clock_mono_us();
    server->soon_us = done_us + ws_pace_us(done_us - now_us, n, server->frames);
}

void ws_flush_all(void *arg)
{
    struct ws_server *server = arg;
    flush_list(&server->dirty);
    if (server->round_wanted || !list_empty(&server->soon))
        flush_soon(server);
}

void ws_soon_over(void *arg)
{
    struct ws_server *server = arg;
    server->soon_armed = false;
}

static int put(struct ws *ws, struct frame *f)
{
    size_t queued = ws_queued(ws) + frame_bytes(f).n, bound = ws->httpd->config.max_queued;
    if (queued > bound) {
        close_slow(ws, "queue full");
        return ERR_SLOW;
    }
    ws_outbox_push(&ws->outbox, f);
    httpd_metric(ws->httpd->m.queued, (int64_t)frame_bytes(f).n);
    if (queued > bound / 4 * 3)
        ws->above = true;
    return 0;
}

int ws_send(struct ws *ws, struct frame *f)
{
    if (ws->state != WS_OPEN)
        return 0;
    int err = put(ws, f);
    if (!err)
        mark_dirty(ws);
    return err;
}

int ws_send_soon(struct ws *ws, struct frame *f)
{
    if (ws->state != WS_OPEN)
        return 0;
    int err = put(ws, f);
    if (!err)
        mark_soon(ws);
    return err;
}

void httpd_want_round(struct httpd *httpd)
{
    httpd->ws_server->round_wanted = true;
}

size_t ws_queued(const struct ws *ws)
{
    return ws->outbox.bytes + ws->in_lws;
}

/* ---- time ---- */

static int64_t next_tick(const struct ws *ws)
{
    if (ws->state != WS_OPEN)
        return ws->close_by_ms;
    int64_t ping_ms = ws->httpd->config.ping_ms;
    int64_t at_ms = (ws->heard_ms > ws->pinged_ms ? ws->heard_ms : ws->pinged_ms) + ping_ms;
    int64_t dead_ms = ws->heard_ms + ping_ms * 5 / 2;
    if (ws->reading && dead_ms < at_ms)
        at_ms = dead_ms;
    int64_t watch_ms = clock_mono_ms() + WS_WATCH_MS, slow_ms = ws->moved_ms + WS_STALL_MS;
    if (ws->stalled && slow_ms < watch_ms)
        watch_ms = slow_ms;
    if (ws->stalled && watch_ms < at_ms)
        at_ms = watch_ms;
    return at_ms;
}

/* False: the client takes nothing. */
static bool moves(struct ws *ws, int64_t now_ms)
{
    uint64_t acked = tcp_bytes_acked(lws_get_socket_fd(ws->wsi));
    if (acked != ws->acked) {
        ws->acked = acked;
        ws->moved_ms = now_ms;
    }
    return now_ms - ws->moved_ms < WS_STALL_MS;
}

static void on_tick(struct wheel_entry *entry)
{
    struct ws *ws = LIST_ITEM(entry, struct ws, tick);
    int64_t now_ms = clock_mono_ms(), ping_ms = ws->httpd->config.ping_ms;
    if (now_ms - entry->at_ms > WS_LATE_MS) {
        /* It was this process that stood still: what the client sent meanwhile is not read yet. */
        ws->moved_ms = now_ms;
        if (ws->heard_ms < now_ms - ping_ms)
            ws->heard_ms = now_ms - ping_ms;
    }
    if (ws->state != WS_OPEN) {
        if (now_ms >= ws->close_by_ms) {
            ws_kill(ws);
            return;
        }
    } else if (ws->reading && now_ms - ws->heard_ms >= ping_ms * 5 / 2) {
        ws_kill(ws);
        return;
    } else if (ws->stalled && !moves(ws, now_ms)) {
        close_slow(ws, "no progress");
        return;
    } else if (now_ms - ws->heard_ms >= ping_ms && now_ms - ws->pinged_ms >= ping_ms) {
        ws->pinged_ms = now_ms;
        ws->ping_due = true;
        mark_dirty(ws);
    }
    wheel_arm(&ws->httpd->wheel, &ws->tick, next_tick(ws));
}

/* ---- reading ---- */

void ws_read(struct ws *ws, bool on)
{
    if (ws->state != WS_OPEN || ws->reading == on)
        return;
    ws->reading = on;
    ws->heard_ms = clock_mono_ms();
    lws_rx_flow_control(ws->wsi, on);
    wheel_arm(&ws->httpd->wheel, &ws->tick, next_tick(ws));
}

/* A piece of a message: the library cuts at its buffer's end and where a read ended, whatever the frames are. */
static void on_piece(struct ws *ws, struct str bytes)
{
    struct httpd *httpd = ws->httpd;
    struct ws_piece piece = {.bytes = bytes,
                             .left = lws_remaining_packet_payload(ws->wsi),
                             .final = lws_is_final_fragment(ws->wsi) != 0,
                             .binary = lws_frame_is_binary(ws->wsi) != 0};
    struct str text;
    bool done;
    ws->heard_ms = clock_mono_ms();
    httpd_metric(httpd->m.bytes_in, (int64_t)bytes.n);
    if (ws->state != WS_OPEN)
        return;
    int code = ws_message_add(&ws->message, &piece, httpd->config.max_message, &done, &text);
    if (code) {
        ws_close(ws, code,
                 code == WS_CLOSE_BINARY      ? "text only"
                 : code == WS_CLOSE_NOT_UTF8  ? "not UTF-8"
                 : code == WS_CLOSE_NO_MEMORY ? "no memory"
                                              : "message too large");
    } else if (done) {
        httpd_metric(httpd->m.frames_in, 1);
        httpd->ws->message(httpd->arg, ws, text);
        ws_message_release(&ws->message);
    }
}

/* The client closes, or answers our close. Nonzero: the library need not answer. */
static int on_peer_close(struct ws *ws, const unsigned char *in, size_t len)
{
    if (ws->state == WS_CLOSING || ws->state == WS_CLOSE_SENT)
        return -1;
    if (ws->state == WS_OPEN) {
        ws->code = len >= 2 ? in[0] << 8 | in[1] : CLOSE_NO_CODE;
        ws->state = WS_CLOSE_SENT;
        ws->close_by_ms = clock_mono_ms() + WS_CLOSE_MS;
        drop_queue(ws);
        wheel_arm(&ws->httpd->wheel, &ws->tick, ws->close_by_ms);
    }
    return 0;
}

static void on_open(struct ws *ws)
{
    ws->state = WS_OPEN;
    ws->opened = true;
    ws->heard_ms = ws->pinged_ms = clock_mono_ms();
    wheel_arm(&ws->httpd->wheel, &ws->tick, next_tick(ws));
    ws->httpd->ws->opened(ws->httpd->arg, ws);
}

int ws_on_lws(struct lws *wsi, enum lws_callback_reasons reason, void *user, void *in, size_t len)
{
    (void)user;
    /* These come without a connection. */
    if (!wsi || reason == LWS_CALLBACK_PROTOCOL_INIT || reason == LWS_CALLBACK_PROTOCOL_DESTROY)
        return 0;
    struct ws *ws = lws_get_opaque_user_data(wsi);
    if (reason == LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED) {
        struct ws_server *server = lws_context_user(lws_get_context(wsi));
        ws = server->adopting;
        server->adopting = NULL;
        ws->wsi = wsi;
        lws_set_opaque_user_data(wsi, ws);
        return 0;
    }
    if (!ws)
        return 0;
    /* The library has a hundred reasons; these are ours. */
    if (reason == LWS_CALLBACK_ESTABLISHED) {
        on_open(ws);
    } else if (reason == LWS_CALLBACK_RECEIVE) {
        on_piece(ws, (struct str){in, len});
    } else if (reason == LWS_CALLBACK_RECEIVE_PONG) {
        ws->heard_ms = clock_mono_ms();
    } else if (reason == LWS_CALLBACK_SERVER_WRITEABLE) {
        flush(ws);
    } else if (reason == LWS_CALLBACK_WS_PEER_INITIATED_CLOSE) {
        return on_peer_close(ws, in, len);
    } else if (reason == LWS_CALLBACK_CLOSED || reason == LWS_CALLBACK_WSI_DESTROY) {
        lws_set_opaque_user_data(wsi, NULL);
        ws_gone(ws);
    }
    return 0;
}

/* ---- what the user sees ---- */

void ws_set_data(struct ws *ws, void *data)
{
    ws->data = data;
}

void *ws_data(const struct ws *ws)
{
    return ws->data;
}

struct str ws_address(const struct ws *ws)
{
    return ws->address;
}

struct str ws_user_agent(const struct ws *ws)
{
    return ws->agent;
}

struct ws *ws_create(struct httpd *httpd, struct str address, struct str agent)
{
    if (agent.n > WS_AGENT_MAX)
        agent.n = WS_AGENT_MAX;
    struct ws *ws = xcalloc(1, sizeof(*ws) + address.n + agent.n + 2);
    ws->httpd = httpd;
    ws_outbox_init(&ws->outbox);
    ws->reading = true;
    list_init(&ws->link);
    list_init(&ws->dirty);
    wheel_entry_init(&ws->tick, on_tick);
    memcpy(ws->text, address.p, address.n);
    memcpy(ws->text + address.n + 1, agent.p, agent.n);
    ws->address = (struct str){ws->text, address.n};
    ws->agent = (struct str){ws->text + address.n + 1, agent.n};
    list_push(&httpd->sockets, &ws->link);
    httpd_metric(httpd->m.sockets, 1);
    httpd_count(httpd, 1);
    ws->close_by_ms = clock_mono_ms() + WS_OPEN_MS;
    wheel_arm(&httpd->wheel, &ws->tick, ws->close_by_ms);
    return ws;
}
