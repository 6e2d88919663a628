/* Asks over a connection that is closed when the answer is there. */
#include "http_ask.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>
#include <uv.h>

#include "alloc.h"
#include "buf.h"
#include "bus_dial.h"
#include "err.h"

enum { READ_BYTES = 64 << 10 };

struct http_ask {
    struct loop *loop;
    struct bus_address address;
    struct bus_dial *dial;
    uv_tcp_t tcp;
    uv_timer_t deadline;
    uv_write_t write;
    struct buf request, answer;
    size_t max_answer;
    http_ask_fn *fn;
    void *arg;
    int handles; /* that are not closed yet */
    bool connected, closing;
    char block[READ_BYTES];
};

/* ---- the end ---- */

static void ask_free(struct http_ask *ask)
{
    bus_address_fini(&ask->address);
    buf_fini(&ask->request);
    buf_fini(&ask->answer);
    free(ask);
}

static void on_closed(uv_handle_t *handle)
{
    struct http_ask *ask = handle->data;
    if (--ask->handles == 0)
        ask_free(ask);
}

static void close_all(struct http_ask *ask)
{
    ask->closing = true;
    bus_dial_destroy(&ask->dial);
    if (ask->connected)
        uv_close((uv_handle_t *)&ask->tcp, on_closed);
    uv_close((uv_handle_t *)&ask->deadline, on_closed);
}

static void finish(struct http_ask *ask, int err, int status, struct str body)
{
    if (ask->closing)
        return;
    /* Closed first: handles live until the next turn, and so does the ask. */
    close_all(ask);
    ask->fn(ask->arg, err, status, body);
}

static void fail(struct http_ask *ask, int err)
{
    finish(ask, err, 0, (struct str){"", 0});
}

/* ---- the answer ---- */

/* "HTTP/1.1 200 OK\r\n…": 0 when it is none. */
static int status_of(struct str head)
{
    struct str line, version, code;
    int64_t status = 0;
    str_cut(head, '\r', &line);
    line = str_cut(line, ' ', &version);
    str_cut(line, ' ', &code);
    return str_is(version, "HTTP/1.1") && str_i64(code, &status) && status >= 100 && status <= 599 ? (int)status : 0;
}

/* Bytes of body that the head announces; -1: it does not. */
static int64_t length_of(struct str head)
{
    static const struct str name = STR("content-length:");
    int64_t length = -1;
    while (head.n > 0) {
        struct str line;
        head = str_cut(head, '\n', &line);
        if (line.n <= name.n || strncasecmp(line.p, name.p, name.n) != 0)
            continue;
        line = (struct str){line.p + name.n, line.n - name.n};
        while (line.n > 0 && (line.p[0] == ' ' || line.p[0] == '\t'))
            line.p++, line.n--;
        while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == ' '))
            line.n--;
        return str_i64(line, &length) ? length : -1;
    }
    return length;
}

/* Whole: finished. */
static void look(struct http_ask *ask)
{
    struct str all = buf_view(&ask->answer);
    const char *end = memmem(all.p, all.n, "\r\n\r\n", 4);
    if (end == NULL)
        return;
    struct str head = {all.p, (size_t)(end - all.p)};
    struct str body = {end + 4, all.n - head.n - 4};
    int status = status_of(head);
    int64_t length = length_of(head);
    if (status == 0 || length < 0)
        fail(ask, ERR_UNAVAILABLE);
    else if ((uint64_t)length > ask->max_answer)
        fail(ask, ERR_TOO_LARGE);
    else if (body.n >= (size_t)length)
        finish(ask, 0, status, (struct str){body.p, (size_t)length});
}

static void on_room(uv_handle_t *handle, size_t wanted, uv_buf_t *to)
{
    struct http_ask *ask = handle->data;
    (void)wanted;
    *to = uv_buf_init(ask->block, sizeof(ask->block));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *bytes)
{
    struct http_ask *ask = stream->data;
    if (n < 0) {
        fail(ask, ERR_UNAVAILABLE);
        return;
    }
    if (ask->answer.n + (size_t)n > ask->max_answer) {
        fail(ask, ERR_TOO_LARGE);
        return;
    }
    buf_put(&ask->answer, bytes->base, (size_t)n);
    look(ask);
}

/* ---- the question ---- */

static void on_written(uv_write_t *write, int status)
{
    struct http_ask *ask = write->data;
    if (status < 0)
        fail(ask, ERR_UNAVAILABLE);
}

static void on_connected(void *arg, int fd, const char *why)
{
    struct http_ask *ask = arg;
    (void)why;
    if (fd < 0) {
        fail(ask, ERR_UNAVAILABLE);
        return;
    }
    uv_buf_t request = uv_buf_init(ask->request.p, (unsigned)ask->request.n);
    uv_tcp_init(loop_uv(ask->loop), &ask->tcp);
    ask->tcp.data = ask;
    ask->write.data = ask;
    ask->handles++;
    ask->connected = true;
    if (uv_tcp_open(&ask->tcp, fd) != 0) {
        close(fd);
        fail(ask, ERR_UNAVAILABLE);
    } else if (uv_write(&ask->write, (uv_stream_t *)&ask->tcp, &request, 1, on_written) != 0 ||
               uv_read_start((uv_stream_t *)&ask->tcp, on_room, on_read) != 0) {
        fail(ask, ERR_UNAVAILABLE);
    }
}

static void on_deadline(uv_timer_t *timer)
{
    fail(timer->data, ERR_TIMEOUT);
}

/* "host:port" */
static bool parse_address(const char *text, struct bus_address *address)
{
    struct str all = str_of(text), host = all;
    int64_t port = 0;
    while (host.n > 0 && host.p[host.n - 1] != ':')
        host.n--;
    if (host.n < 2 || !str_i64((struct str){all.p + host.n, all.n - host.n}, &port) || port < 1 || port > 65535)
        return false;
    host.n--;
    if (host.p[0] == '[' && host.p[host.n - 1] == ']')
        host = (struct str){host.p + 1, host.n - 2};
    struct buf name = {0};
    buf_str(&name, host);
    *address = (struct bus_address){.host = xstrdup(buf_c(&name)), .port = (uint16_t)port};
    buf_fini(&name);
    return true;
}

int http_ask_start(struct http_ask **ask_r, struct loop *loop, const struct http_ask_job *job, http_ask_fn *fn,
                   void *arg)
{
    struct bus_address address;
    const char *why = NULL;
    if (!parse_address(job->address, &address))
        return ERR_BAD_REQUEST;
    struct http_ask *ask = xcalloc(1, sizeof(*ask));
    ask->loop = loop;
    ask->address = address;
    ask->max_answer = job->max_answer;
    ask->fn = fn;
    ask->arg = arg;
    buf_printf(&ask->request, "POST %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\ncontent-length: %zu\r\n\r\n",
               job->path, job->address, job->body.n);
    buf_str(&ask->request, job->body);
    bus_dial_create(&ask->dial, loop, &ask->address, on_connected, ask);
    if (bus_dial_start(ask->dial, &why) != 0) {
        bus_dial_destroy(&ask->dial);
        ask_free(ask);
        return ERR_UNAVAILABLE;
    }
    uv_timer_init(loop_uv(loop), &ask->deadline);
    ask->deadline.data = ask;
    ask->handles = 1;
    uv_timer_start(&ask->deadline, on_deadline, job->deadline_ms, 0);
    *ask_r = ask;
    return 0;
}

void http_ask_cancel(struct http_ask **ask)
{
    if (*ask != NULL && !(*ask)->closing)
        close_all(*ask);
    *ask = NULL;
}
