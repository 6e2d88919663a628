/* A question to another process over HTTP: its answer, and all the ways to get none. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "err.h"
#include "http_ask.h"
#include "httpd.h"

enum { LONG_MS = 20000, LARGE = 300000 };

static struct {
    struct loop *loop;
    struct metrics *metrics;
    struct httpd *httpd;
    struct http_ask *ask;
    struct http_request *silent; /* not answered yet */
    char address[32];
    int calls, err, status;
    size_t n;
    char body[64];
} w;

static void handle(void *arg, struct http_request *req)
{
    static char large[LARGE];
    struct http_response res = {.status = 200, .body = http_body(req)};
    (void)arg;
    if (str_is(http_path(req), "/silent")) {
        w.silent = req;
        return;
    }
    if (str_is(http_path(req), "/large"))
        res.body = (struct str){large, sizeof large};
    else if (!str_is(http_path(req), "/echo"))
        res = (struct http_response){.status = 404};
    http_respond(req, &res);
}

static void open_world(void)
{
    const struct httpd_config config = {.listen = "127.0.0.1:0", .max_connections = 10};
    cr_assert_eq(loop_create(&w.loop), 0);
    metrics_create(&w.metrics);
    cr_assert_eq(httpd_create(&w.httpd, w.loop, &config, handle, NULL, NULL, w.metrics), 0);
    snprintf(w.address, sizeof w.address, "127.0.0.1:%u", httpd_port(w.httpd));
}

static void close_world(void)
{
    if (w.silent != NULL)
        http_respond(w.silent, &(struct http_response){.status = 200});
    httpd_destroy(&w.httpd);
    loop_destroy(&w.loop);
    metrics_destroy(&w.metrics);
}

TestSuite(http_ask, .init = open_world, .fini = close_world, .timeout = 60);

static void on_answer(void *arg, int err, int status, struct str body)
{
    (void)arg;
    w.calls++;
    w.err = err;
    w.status = status;
    w.n = body.n;
    if (body.n > 0 && body.n < sizeof w.body)
        memcpy(w.body, body.p, body.n);
    loop_stop(w.loop);
}

static int start(const char *path, size_t max, uint64_t deadline_ms)
{
    const struct http_ask_job job = {
        .address = w.address, .path = path, .body = STR("question"), .max_answer = max, .deadline_ms = deadline_ms};
    return http_ask_start(&w.ask, w.loop, &job, on_answer, NULL);
}

static void ask(const char *path, size_t max, uint64_t deadline_ms)
{
    cr_assert_eq(start(path, max, deadline_ms), 0);
    cr_expect_eq(w.calls, 0, "never inside");
    loop_run(w.loop);
    cr_expect_eq(w.calls, 1);
}

Test(http_ask, it_is_answered)
{
    ask("/echo", 1000, LONG_MS);
    cr_expect_eq(w.err, 0);
    cr_expect_eq(w.status, 200);
    cr_expect_eq(w.n, 8);
    cr_expect_str_eq(w.body, "question");
}

Test(http_ask, an_error_is_an_answer)
{
    ask("/elsewhere", 1000, LONG_MS);
    cr_expect_eq(w.err, 0);
    cr_expect_eq(w.status, 404);
}

Test(http_ask, a_large_one_comes_whole_or_not_at_all)
{
    ask("/large", LARGE + 1000, LONG_MS);
    cr_expect_eq(w.err, 0);
    cr_expect_eq(w.n, LARGE);
    w.calls = 0;
    ask("/large", LARGE / 2, LONG_MS);
    cr_expect_eq(w.err, ERR_TOO_LARGE);
}

Test(http_ask, nobody_there_and_nobody_who_answers_are_told_apart)
{
    ask("/silent", 1000, 50);
    cr_expect_eq(w.err, ERR_TIMEOUT);
    httpd_stop_accepting(w.httpd);
    w.calls = 0;
    ask("/echo", 1000, LONG_MS);
    cr_expect_eq(w.err, ERR_UNAVAILABLE);
    strcpy(w.address, "nowhere");
    cr_expect_eq(start("/echo", 1000, LONG_MS), ERR_BAD_REQUEST);
    strcpy(w.address, "127.0.0.1:99999");
    cr_expect_eq(start("/echo", 1000, LONG_MS), ERR_BAD_REQUEST);
}

Test(http_ask, who_gave_up_hears_nothing)
{
    cr_assert_eq(start("/echo", 1000, LONG_MS), 0);
    http_ask_cancel(&w.ask);
    cr_expect_null(w.ask);
    http_ask_cancel(&w.ask);
    cr_expect_eq(w.calls, 0);
}
