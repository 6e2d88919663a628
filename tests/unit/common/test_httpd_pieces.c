/* HTTP over real sockets: bodies that a handler takes in pieces, and answers that a source gives in pieces. */
#include <criterion/criterion.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "err.h"
#include "test_httpd_server.h"

enum { MIB = 1 << 20, PIECE = 64 << 10 };

/* ---- the handler; all of it on the server's thread ---- */

static struct {
    struct http_request *req; /* whose body is taken, or that waits to be */
    bool hold;                /* stop after each piece */
    size_t taken, largest, wrong;
    int ended, err; /* how often, and how the last time */
} taken;

static struct {
    struct http_stream *stream; /* asked for more, and waiting */
    int64_t at, length;
    int asked, ended, err;
    bool later, open; /* open: its length is not said before */
} given;

/* Byte i of every body here. */
static char byte_at(size_t i)
{
    return (char)('a' + i % 23);
}

static void answer(struct http_request *req, int status, const char *text)
{
    struct http_response res = {.status = status, .type = STR("text/plain"), .body = str_of(text)};
    http_respond(req, &res);
}

static void on_piece(void *arg, struct http_request *req, struct str bytes)
{
    cr_assert_eq(arg, &taken);
    for (size_t i = 0; i < bytes.n; i++)
        taken.wrong += bytes.p[i] != byte_at(taken.taken + i);
    taken.taken += bytes.n;
    if (bytes.n > taken.largest)
        taken.largest = bytes.n;
    if (taken.hold)
        http_take_more(req, false);
}

static void on_end(void *arg, struct http_request *req, int err)
{
    char text[64];
    cr_assert_eq(arg, &taken);
    taken.ended++;
    taken.err = err;
    taken.req = NULL;
    snprintf(text, sizeof(text), "%zu bytes, %zu wrong", taken.taken, taken.wrong);
    if (err)
        http_respond_error(req, err, NULL);
    else
        answer(req, 200, text);
}

static const struct http_taker taker = {.piece = on_piece, .end = on_end};

static void give(void)
{
    struct buf bytes = {0};
    size_t n = given.length - given.at < PIECE ? (size_t)(given.length - given.at) : PIECE;
    for (size_t i = 0; i < n; i++)
        buf_char(&bytes, byte_at((size_t)given.at + i));
    struct http_stream *stream = given.stream;
    given.stream = NULL;
    given.at += (int64_t)n;
    if (given.open && n == 0)
        http_stream_finish(stream);
    else
        http_stream_put(stream, &bytes);
    cr_assert_eq(bytes.n, 0);
    buf_fini(&bytes);
}

static void on_more(void *arg, struct http_stream *stream)
{
    cr_assert_eq(arg, &given);
    given.asked++;
    given.stream = stream;
    if (!given.later)
        give();
}

static void on_stream_end(void *arg, int err)
{
    cr_assert_eq(arg, &given);
    given.ended++;
    given.err = err;
    given.stream = NULL;
}

static const struct http_source source = {.more = on_more, .ended = on_stream_end};

static void begin_stream(struct http_request *req)
{
    struct str n = {"0", 1}, v;
    http_query(req, "n", &n);
    memset(&given, 0, sizeof(given));
    given.later = http_query(req, "later", &v);
    str_i64(n, &given.length);
    given.open = http_query(req, "open", &v);
    struct http_response res = {
        .status = 200, .type = STR("text/plain"), .length = given.open ? HTTP_UNMEASURED : given.length};
    if (http_method(req) == HTTP_HEAD)
        http_respond(req, &res);
    else
        http_respond_stream(req, &res, &source, &given);
}

static void begin_take(struct http_request *req)
{
    struct str v;
    memset(&taken, 0, sizeof(taken));
    taken.hold = http_query(req, "hold", &v);
    taken.req = req;
    if (!http_query(req, "later", &v))
        http_take(req, &taker, &taken);
}

static void tell(struct http_request *req)
{
    struct str name = {"", 0};
    char text[32];
    struct {
        const char *name;
        int64_t value;
    } rows[] = {{"taken", (int64_t)taken.taken}, {"largest", (int64_t)taken.largest},
                {"ended", taken.ended},          {"err", taken.err == 0 ? 0 : err_http_status(taken.err)},
                {"asked", given.asked},          {"given", given.at},
                {"stream_ended", given.ended},   {"stream_err", given.err == 0 ? 0 : err_http_status(given.err)}};
    http_query(req, "name", &name);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (str_is(name, rows[i].name))
            snprintf(text, sizeof(text), "%lld", (long long)rows[i].value);
    answer(req, 200, text);
}

static bool handle(struct http_request *req)
{
    struct str path = http_path(req);
    if (str_is(path, "/take")) {
        cr_assert_eq(http_body(req).n, 0);
        begin_take(req);
    } else if (str_is(path, "/refuse")) {
        answer(req, 409, "no");
    } else if (str_is(path, "/take-now")) {
        http_take(taken.req, &taker, &taken);
        answer(req, 200, "ok");
    } else if (str_is(path, "/go")) {
        taken.hold = false;
        http_take_more(taken.req, true);
        answer(req, 200, "ok");
    } else if (str_is(path, "/answer")) {
        answer(taken.req, 409, "enough");
        taken.req = NULL;
        answer(req, 200, "ok");
    } else if (str_is(path, "/stream")) {
        begin_stream(req);
    } else if (str_is(path, "/give")) {
        give();
        answer(req, 200, "ok");
    } else if (str_is(path, "/abort")) {
        http_stream_abort(given.stream);
        answer(req, 200, "ok");
    } else if (str_is(path, "/pieces")) {
        tell(req);
    } else {
        return false;
    }
    return true;
}

static bool early(void *arg, const struct http_request *req)
{
    (void)arg;
    return str_is(http_path(req), "/take") || str_is(http_path(req), "/refuse");
}

/* ---- the tests ---- */

static void start(void)
{
    struct httpd_config config = {.early = early, .max_body = 100};
    server_more = handle;
    server_start(&config);
}

TestSuite(httpd_pieces, .init = start, .fini = server_stop, .timeout = 60);

static void expect(struct reply r, int status, const char *text)
{
    cr_assert_eq(r.status, status);
    cr_assert_str_eq(buf_c(&r.body), text);
    reply_fini(&r);
}

static void tell_it(const char *path)
{
    expect(ask(path, ""), 200, "ok");
}

static long number(const char *name)
{
    char path[64];
    snprintf(path, sizeof(path), "/pieces?name=%s", name);
    struct reply r = ask(path, "");
    long value = strtol(buf_c(&r.body), NULL, 10);
    reply_fini(&r);
    return value;
}

static void wait_number(const char *name, long value)
{
    long last = -1;
    for (int tries = 0; tries < TEST_WAIT_MS / 5 && last != value; tries++) {
        last = number(name);
        if (last != value)
            poll(NULL, 0, 5);
    }
    cr_assert_eq(last, value, "%s stays %ld", name, last);
}

static char *body_of(size_t n)
{
    char *bytes = malloc(n + 1);
    cr_assert_not_null(bytes);
    for (size_t i = 0; i < n; i++)
        bytes[i] = byte_at(i);
    return bytes;
}

static void put_head(int fd, const char *path, size_t length, const char *more)
{
    char head[256];
    snprintf(head, sizeof(head), "PATCH %s HTTP/1.1\r\nHost: h\r\nContent-Length: %zu\r\n%s\r\n", path, length, more);
    put(fd, head);
}

/* So many bytes of a body as the server takes without reading on. */
static size_t put_until_full(int fd, const char *bytes, size_t n)
{
    size_t at = 0;
    struct pollfd p = {.fd = fd, .events = POLLOUT};
    while (at < n && poll(&p, 1, 300) == 1) {
        ssize_t sent = send(fd, bytes + at, n - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        cr_assert(sent > 0);
        at += (size_t)sent;
    }
    return at;
}

Test(httpd_pieces, a_body_far_beyond_max_body_arrives_in_small_pieces_and_order)
{
    int fd = dial();
    char *bytes = body_of(20 * MIB);
    put_head(fd, "/take", 20 * MIB, "");
    cr_assert(put_n(fd, bytes, 20 * MIB));
    expect(get_reply(fd, false), 200, "20971520 bytes, 0 wrong");
    cr_assert_leq(number("largest"), PIECE);
    free(bytes);
    close(fd);
}

Test(httpd_pieces, a_request_behind_such_a_body_is_the_next_one)
{
    int fd = dial();
    for (int i = 0; i < 3; i++)
        put(fd, "PATCH /take HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde"
                "POST /echo?q=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
    for (int i = 0; i < 3; i++) {
        expect(get_reply(fd, false), 200, "5 bytes, 0 wrong");
        expect(get_reply(fd, false), 200, "POST|/echo|1|hi");
    }
    close(fd);
}

Test(httpd_pieces, an_empty_body_ends_at_once)
{
    int fd = dial();
    put_head(fd, "/take", 0, "");
    expect(get_reply(fd, false), 200, "0 bytes, 0 wrong");
    put(fd, "PATCH /take HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(get_reply(fd, false), 200, "0 bytes, 0 wrong");
    close(fd);
}

Test(httpd_pieces, a_handler_that_wants_no_more_holds_the_client_up)
{
    int fd = dial();
    char *bytes = body_of(32 * MIB);
    put_head(fd, "/take?hold=1", 32 * MIB, "");
    size_t sent = put_until_full(fd, bytes, 32 * MIB);
    cr_assert_lt(sent, 32 * MIB, "nothing held the client up");
    cr_assert_leq(number("taken"), PIECE, "one piece was asked for");
    tell_it("/go");
    cr_assert(put_n(fd, bytes + sent, 32 * MIB - sent));
    expect(get_reply(fd, false), 200, "33554432 bytes, 0 wrong");
    free(bytes);
    close(fd);
}

Test(httpd_pieces, no_deadline_runs_while_the_handler_wants_no_more)
{
    int fd = dial();
    put_head(fd, "/take?hold=1", 10, "");
    put(fd, "abc");
    wait_number("taken", 3);
    server_skip_ms(60000);
    put(fd, "defghij");
    tell_it("/go");
    expect(get_reply(fd, false), 200, "10 bytes, 0 wrong");
    close(fd);
}

Test(httpd_pieces, a_body_that_moves_has_all_the_time_and_one_that_stands_still_ends_with_408)
{
    int fd = dial();
    put_head(fd, "/take", 100, "");
    for (int i = 0; i < 6; i++) {
        put(fd, "x");
        wait_number("taken", i + 1);
        server_skip_ms(10000);
    }
    server_skip_ms(6000);
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 408);
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    reply_fini(&r);
    cr_assert_eq(number("ended"), 1);
    close(fd);
}

Test(httpd_pieces, the_taker_is_told_when_the_client_leaves)
{
    int fd = dial();
    put_head(fd, "/take", 100, "");
    put(fd, "abc");
    wait_number("taken", 3);
    close(fd);
    wait_number("ended", 1);
    cr_assert_eq(number("err"), err_http_status(ERR_UNAVAILABLE));
}

Test(httpd_pieces, a_refusal_comes_before_the_body_and_ends_the_connection)
{
    int fd = dial();
    put_head(fd, "/refuse", 50 * MIB, "Expect: 100-continue\r\n");
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 409, "and no 100 before it");
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    reply_fini(&r);
    cr_assert(is_closed(fd));
    close(fd);
}

Test(httpd_pieces, a_refused_body_that_is_here_already_does_not_end_the_connection)
{
    int fd = dial();
    put(fd, "PATCH /refuse HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde"
            "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(get_reply(fd, false), 409, "no");
    expect(get_reply(fd, false), 200, "GET|/echo||");
    close(fd);
}

Test(httpd_pieces, a_held_back_body_is_asked_for_when_it_is_taken)
{
    char go_on[25];
    int fd = dial();
    put_head(fd, "/take?later=1", 5, "Expect: 100-continue\r\n");
    server_wait_state("connections", 2);
    struct pollfd p = {.fd = fd, .events = POLLIN};
    cr_assert_eq(poll(&p, 1, 0), 0, "nobody has taken it yet");
    tell_it("/take-now");
    cr_assert_eq(recv(fd, go_on, sizeof(go_on), MSG_WAITALL), (ssize_t)sizeof(go_on));
    cr_assert(memcmp(go_on, "HTTP/1.1 100 Continue\r\n\r\n", sizeof(go_on)) == 0);
    put(fd, "abcde");
    expect(get_reply(fd, false), 200, "5 bytes, 0 wrong");
    close(fd);
}

Test(httpd_pieces, a_body_that_came_with_its_head_may_be_taken_later)
{
    int fd = dial();
    put(fd, "PATCH /take?later=1 HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nabcde");
    server_wait_state("connections", 2);
    tell_it("/take-now");
    expect(get_reply(fd, false), 200, "5 bytes, 0 wrong");
    close(fd);
}

Test(httpd_pieces, an_answer_in_the_middle_of_a_body_is_the_last_one)
{
    int fd = dial();
    put_head(fd, "/take", 100, "");
    put(fd, "abc");
    wait_number("taken", 3);
    tell_it("/answer");
    expect(get_reply(fd, false), 409, "enough");
    cr_assert(is_closed(fd));
    cr_assert_eq(number("ended"), 0);
    close(fd);
}

/* ---- answers ---- */

Test(httpd_pieces, a_streamed_answer_comes_whole_and_the_connection_goes_on)
{
    int fd = dial();
    put(fd, "GET /stream?n=5000000 HTTP/1.1\r\nHost: h\r\n\r\nGET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.status, 200);
    cr_assert_eq(r.body.n, 5000000);
    for (size_t i = 0; i < r.body.n; i++)
        cr_assert_eq(r.body.p[i], byte_at(i));
    reply_fini(&r);
    expect(get_reply(fd, false), 200, "GET|/echo||");
    cr_assert_eq(number("stream_ended"), 1);
    cr_assert_eq(number("stream_err"), 0);
    close(fd);
}

Test(httpd_pieces, an_empty_stream_and_the_head_of_one_are_answers_too)
{
    int fd = dial();
    put(fd, "GET /stream?n=0 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /stream?n=123456789012 HTTP/1.1\r\nHost: h\r\n\r\n"
            "GET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    expect(get_reply(fd, false), 200, "");
    struct reply r = get_reply(fd, true);
    cr_assert_eq(reply_number(&r, "content-length"), 123456789012);
    reply_fini(&r);
    expect(get_reply(fd, false), 200, "GET|/echo||");
    close(fd);
}

Test(httpd_pieces, a_source_is_asked_only_as_fast_as_the_client_reads)
{
    int fd = dial(), small = 65536;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    put(fd, "GET /stream?n=67108864 HTTP/1.1\r\nHost: h\r\n\r\n");
    long before = -1, now = 0;
    /* Until nothing moves any more. */
    while (now != before) {
        before = now;
        poll(NULL, 0, 200);
        now = number("given");
    }
    cr_assert_lt(now, 8 * MIB);
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.body.n, 67108864);
    reply_fini(&r);
    close(fd);
}

Test(httpd_pieces, a_source_may_take_its_time)
{
    int fd = dial();
    put(fd, "GET /stream?later=1&n=100000 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_number("asked", 1);
    server_skip_ms(120000);
    tell_it("/give");
    wait_number("asked", 2);
    tell_it("/give");
    struct reply r = get_reply(fd, false);
    cr_assert_eq(r.body.n, 100000);
    reply_fini(&r);
    close(fd);
}

Test(httpd_pieces, the_source_is_told_when_the_client_leaves_or_stands_still)
{
    int fd = dial();
    put(fd, "GET /stream?later=1&n=100000 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_number("asked", 1);
    struct linger reset = {.l_onoff = 1};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
    close(fd);
    wait_number("stream_ended", 1);
    cr_assert_eq(number("stream_err"), err_http_status(ERR_UNAVAILABLE));

    int small = 65536;
    fd = dial();
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    put(fd, "GET /stream?n=67108864 HTTP/1.1\r\nHost: h\r\n\r\n");
    long before = -1, now = 0;
    while (now != before || now == 0) {
        before = now;
        poll(NULL, 0, 200);
        now = number("given");
    }
    server_skip_ms(16000);
    wait_number("stream_ended", 1);
    cr_assert_eq(number("stream_err"), err_http_status(ERR_UNAVAILABLE));
    close(fd);
}

Test(httpd_pieces, a_source_that_fails_ends_the_connection_short)
{
    char bytes[4096];
    size_t n = 0;
    ssize_t got;
    int fd = dial();
    put(fd, "GET /stream?later=1&n=100000 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_number("asked", 1);
    tell_it("/abort");
    while ((got = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        n += (size_t)got;
    cr_assert_lt(n, 1000, "only the head");
    cr_assert_eq(number("stream_ended"), 0);
    close(fd);
}

static size_t chunk_size(int fd)
{
    char line[32];
    size_t n = 0;
    do
        cr_assert(n + 1 < sizeof(line) && recv(fd, line + n, 1, 0) == 1);
    while (line[n++] != '\n');
    line[n] = '\0';
    return strtoul(line, NULL, 16);
}

Test(httpd_pieces, a_stream_whose_length_is_not_known_comes_in_chunks_and_the_connection_goes_on)
{
    static char bytes[PIECE + 2];
    size_t n, got = 0;
    int fd = dial();
    put(fd, "GET /stream?open=1&n=200000 HTTP/1.1\r\nHost: h\r\n\r\nGET /echo HTTP/1.1\r\nHost: h\r\n\r\n");
    struct reply r = get_reply(fd, true);
    cr_assert_str_eq(reply_header(&r, "transfer-encoding"), "chunked");
    cr_assert_str_eq(reply_header(&r, "content-length"), "");
    reply_fini(&r);
    while ((n = chunk_size(fd)) > 0) {
        cr_assert_leq(n, PIECE);
        cr_assert_eq(recv(fd, bytes, n + 2, MSG_WAITALL), (ssize_t)n + 2);
        for (size_t i = 0; i < n; i++)
            cr_assert_eq(bytes[i], byte_at(got + i));
        got += n;
    }
    cr_assert_eq(chunk_size(fd), 0, "the line that ends it");
    cr_assert_eq(got, 200000);
    expect(get_reply(fd, false), 200, "GET|/echo||");
    cr_assert_eq(number("stream_ended"), 1);
    cr_assert_eq(number("stream_err"), 0);
    close(fd);
}

Test(httpd_pieces, who_speaks_http_1_0_has_the_end_of_the_connection_for_that)
{
    char bytes[4096];
    size_t got = 0;
    ssize_t n;
    int fd = dial();
    put(fd, "GET /stream?open=1&n=200000 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
    struct reply r = get_reply(fd, true);
    cr_assert_str_eq(reply_header(&r, "transfer-encoding"), "");
    cr_assert_str_eq(reply_header(&r, "connection"), "close");
    reply_fini(&r);
    while ((n = recv(fd, bytes, sizeof(bytes), 0)) > 0)
        for (ssize_t i = 0; i < n; i++)
            cr_assert_eq(bytes[i], byte_at(got++));
    cr_assert_eq(got, 200000);
    close(fd);
}

Test(httpd_pieces, chunks_that_break_off_have_no_end)
{
    char bytes[PIECE + 64];
    ssize_t n;
    size_t got = 0;
    int fd = dial();
    put(fd, "GET /stream?later=1&open=1&n=100 HTTP/1.1\r\nHost: h\r\n\r\n");
    wait_number("asked", 1);
    tell_it("/give");
    wait_number("asked", 2);
    tell_it("/abort");
    struct reply r = get_reply(fd, true);
    reply_fini(&r);
    while ((n = recv(fd, bytes + got, sizeof(bytes) - got, 0)) > 0)
        got += (size_t)n;
    cr_assert_eq(got, strlen("64\r\n") + 100 + strlen("\r\n"), "one chunk, and no last one");
    close(fd);
}
