/* The server that the tests of httpd and ws speak to. */
#include "test_httpd_server.h"

#include <criterion/criterion.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "err.h"
#include "httpd_internal.h"

/* Of the server's thread. */
static struct loop *loop;
static struct httpd *httpd;
static struct metrics *metrics;
static struct http_request *held[64];
static size_t held_n;
static struct ws *paused[8];
static size_t paused_n;
static struct ws *gathers; /* whose messages are counted until the next round */
static int gathered;
static struct {
    int opened, closed, code, messages, drained, error, late_fd;
} state;
static char big[TEST_BIG_BYTES];
bool (*server_more)(struct http_request *req);

/* Shared. */
static struct httpd_config config;
static pthread_t thread;
static atomic_int port;
static atomic_bool stopping;

/* ---- HTTP ---- */

static void answer(struct http_request *req, const char *text)
{
    struct http_response res = {.status = 200, .type = STR("text/plain"), .body = str_of(text)};
    http_respond(req, &res);
}

static const char *method_name(enum http_method method)
{
    static const char *const names[] = {
        [HTTP_GET] = "GET",     [HTTP_HEAD] = "HEAD",     [HTTP_POST] = "POST",       [HTTP_PUT] = "PUT",
        [HTTP_PATCH] = "PATCH", [HTTP_DELETE] = "DELETE", [HTTP_OPTIONS] = "OPTIONS", [HTTP_OTHER] = "other",
    };
    return names[method];
}

static void echo(struct http_request *req)
{
    struct buf b = {0};
    struct str q = {"", 0}, path = http_path(req), body = http_body(req);
    http_query(req, "q", &q);
    buf_printf(&b, "%s|%.*s|%.*s|%.*s", method_name(http_method(req)), (int)path.n, path.p, (int)q.n, q.p, (int)body.n,
               body.p);
    answer(req, buf_c(&b));
    buf_fini(&b);
}

static void answer_state(struct http_request *req)
{
    struct str name = {"", 0};
    struct metric *slow = metrics_counter(metrics, "parley_ws_slow_total", "", "");
    struct metric *errors = metrics_counter(metrics, "parley_http_accept_errors_total", "", "");
    struct {
        const char *name;
        int value;
    } rows[] = {{"opened", state.opened},
                {"closed", state.closed},
                {"code", state.code},
                {"messages", state.messages},
                {"drained", state.drained},
                {"error", state.error},
                {"accept_errors", (int)metric_value(errors)},
                {"held", (int)held_n},
                {"slow", (int)metric_value(slow)},
                {"connections", (int)httpd_connections(httpd)}};
    char text[32] = "none";
    http_query(req, "name", &name);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (str_is(name, rows[i].name))
            snprintf(text, sizeof(text), "%d", rows[i].value);
    answer(req, text);
}

static void answer_special(struct http_request *req)
{
    struct str path = http_path(req), v = {"", 0};
    struct http_response res = {.status = 200, .type = STR("text/plain")};
    if (str_is(path, "/big")) {
        res.body = (struct str){big, sizeof(big)};
        res.body_static = true;
    } else if (str_is(path, "/copy")) {
        res.body = (struct str){big, TEST_COPY_BYTES};
    } else if (str_is(path, "/cached")) {
        res.headers[res.header_count][0] = STR("cache-control");
        res.headers[res.header_count++][1] = STR("max-age=9");
    } else if (str_is(path, "/empty")) {
        res.status = 204;
    } else if (str_is(path, "/forged")) {
        res.headers[res.header_count][0] = STR("x-a");
        res.headers[res.header_count++][1] = STR("a\r\nx-b: c");
    } else if (str_is(path, "/header")) {
        http_query(req, "name", &v);
        char name[64];
        snprintf(name, sizeof(name), "%.*s", (int)v.n, v.p);
        res.body = http_header(req, name);
    } else if (str_is(path, "/who")) {
        res.body = http_address(req);
        res.headers[res.header_count][0] = STR("x-secure");
        res.headers[res.header_count++][1] = http_secure(req) ? STR("1") : STR("0");
    } else if (str_is(path, "/origin")) {
        res.body = http_origin_ok(req) ? STR("yes") : STR("no");
    } else {
        http_respond_error(req, ERR_NOT_FOUND, NULL);
        return;
    }
    http_respond(req, &res);
}

static void skip(struct http_request *req)
{
    struct str v;
    int64_t ms = 0;
    if (http_query(req, "ms", &v))
        str_i64(v, &ms);
    clock_fake(clock_wall_ms() + ms, clock_mono_ms() + ms);
    /* Now, not when the wheel's own timer comes round. */
    wheel_turn(&httpd->wheel, clock_mono_ms());
    answer(req, "ok");
}

static void handle(void *arg, struct http_request *req)
{
    (void)arg;
    struct str path = http_path(req);
    if (server_more && server_more(req))
        return;
    if (str_is(path, "/later")) {
        cr_assert(held_n < sizeof(held) / sizeof(held[0]));
        held[held_n++] = req;
    } else if (str_is(path, "/release")) {
        while (held_n > 0)
            echo(held[--held_n]);
        answer(req, "ok");
    } else if (str_is(path, "/resume")) {
        while (paused_n > 0)
            ws_read(paused[--paused_n], true);
        answer(req, "ok");
    } else if (str_is(path, "/close-paused")) {
        while (paused_n > 0)
            ws_close(paused[--paused_n], 4001, NULL);
        answer(req, "ok");
    } else if (str_is(path, "/stop")) {
        /* One that the kernel has taken and the server not yet. */
        state.late_fd = dial();
        httpd_stop_accepting(httpd);
        answer(req, "ok");
    } else if (str_is(path, "/state")) {
        answer_state(req);
    } else if (str_is(path, "/skip")) {
        skip(req);
    } else if (str_starts(path, STR("/echo"))) {
        echo(req);
    } else {
        answer_special(req);
    }
}

/* ---- WebSocket ---- */

static int on_accept(void *arg, struct str address, struct str agent)
{
    (void)arg;
    cr_assert(address.n > 0);
    return str_is(agent, "refused") ? ERR_BUSY : 0;
}

static void on_opened(void *arg, struct ws *ws)
{
    (void)arg;
    ws_set_data(ws, &state);
    state.opened++;
}

static void send_by(int (*send)(struct ws *ws, struct frame *f), struct ws *ws, struct str text)
{
    struct frame *f = frame_text(text);
    int err = send(ws, f);
    if (err)
        state.error = err;
    frame_unref(&f);
}

static void send_text(struct ws *ws, struct str text)
{
    send_by(ws_send, ws, text);
}

/* "flood <frames> <bytes>": that many frames of so many letters, the first one a to z by turns. */
static void flood(struct ws *ws, int frames, int bytes)
{
    char *text = calloc(1, (size_t)bytes);
    cr_assert_not_null(text);
    for (int i = 0; i < frames; i++) {
        memset(text, 'a' + i % 26, (size_t)bytes);
        send_text(ws, (struct str){text, (size_t)bytes});
    }
    free(text);
}

/* The numbers behind a command's word. False: it is another command. */
static bool numbers(const char *command, const char *word, long *a, long *b)
{
    size_t n = strlen(word);
    char *end;
    if (strncmp(command, word, n) != 0)
        return false;
    *a = strtol(command + n, &end, 10);
    *b = strtol(end, NULL, 10);
    return true;
}

static void on_message(void *arg, struct ws *ws, struct str text)
{
    (void)arg;
    char command[64] = "";
    long a, b;
    cr_assert_eq(ws_data(ws), &state);
    state.messages++;
    if (text.n < sizeof(command))
        memcpy(command, text.p, text.n);
    if (numbers(command, "flood ", &a, &b)) {
        flood(ws, (int)a, (int)b);
    } else if (numbers(command, "close soon ", &a, &b)) {
        send_by(ws_send_soon, ws, STR("last"));
        ws_close(ws, (int)a, NULL);
        send_by(ws_send_soon, ws, STR("never"));
    } else if (numbers(command, "close ", &a, &b)) {
        send_text(ws, STR("last"));
        ws_close(ws, (int)a, "as you wish");
        ws_close(ws, 4999, "too late");
        send_text(ws, STR("never"));
    } else if (numbers(command, "soon ", &a, &b)) {
        send_by(ws_send_soon, ws, text);
    } else if (strcmp(command, "gather") == 0) {
        gathers = ws;
        gathered++;
        httpd_want_round(httpd);
    } else if (numbers(command, "empty ", &a, &b)) {
        flood(ws, (int)a, (int)b);
        ws_close(ws, 4001, NULL);
    } else if (strcmp(command, "pause") == 0) {
        ws_read(ws, false);
        paused[paused_n++] = ws;
    } else if (strcmp(command, "agent") == 0) {
        send_text(ws, ws_user_agent(ws));
    } else if (strcmp(command, "address") == 0) {
        send_text(ws, ws_address(ws));
    } else {
        send_text(ws, text);
    }
}

static void on_drained(void *arg, struct ws *ws)
{
    (void)arg, (void)ws;
    state.drained++;
}

static void on_round(void *arg)
{
    char text[32];
    (void)arg;
    snprintf(text, sizeof(text), "%d", gathered);
    gathered = 0;
    send_by(ws_send_soon, gathers, str_of(text));
}

static void on_closed(void *arg, struct ws *ws, int code)
{
    (void)arg, (void)ws;
    state.closed++;
    state.code = code;
}

static const struct ws_handler ws_handler = {.path = "/ws",
                                             .subprotocol = "parley.v1",
                                             .accept = on_accept,
                                             .opened = on_opened,
                                             .message = on_message,
                                             .drained = on_drained,
                                             .round = on_round,
                                             .closed = on_closed};

/* ---- life ---- */

static void look_for_end(void *arg)
{
    (void)arg;
    if (atomic_load(&stopping))
        loop_stop(loop);
}

static void *run(void *arg)
{
    (void)arg;
    struct timer *timer;
    cr_assert_eq(loop_create(&loop), 0);
    metrics_create(&metrics);
    timer_make(&timer, loop, look_for_end, NULL);
    timer_start(timer, 5, 5);
    int err = httpd_create(&httpd, loop, &config, handle, &ws_handler, NULL, metrics);
    atomic_store(&port, err ? -1 : httpd_port(httpd));
    if (!err)
        loop_run(loop);
    httpd_destroy(&httpd);
    /* Their server is gone; answering still frees them. */
    while (held_n > 0)
        answer(held[--held_n], "too late");
    timer_destroy(&timer);
    loop_destroy(&loop);
    metrics_destroy(&metrics);
    return NULL;
}

void server_start(const struct httpd_config *c)
{
    config = c ? *c : (struct httpd_config){0};
    config.listen = "127.0.0.1:0";
    atomic_store(&port, 0);
    atomic_store(&stopping, false);
    for (size_t i = 0; i < sizeof(big); i++)
        big[i] = (char)('a' + i % 23);
    cr_assert_eq(pthread_create(&thread, NULL, run, NULL), 0);
    while (atomic_load(&port) == 0)
        ;
    cr_assert(atomic_load(&port) > 0, "the server does not start");
}

int server_late_fd(void)
{
    return state.late_fd;
}

void server_stop(void)
{
    atomic_store(&stopping, true);
    pthread_join(thread, NULL);
}

int server_port(void)
{
    return atomic_load(&port);
}
