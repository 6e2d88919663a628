/* Runs libcurl's multi interface on the loop: its sockets are polled by libuv, and one timer is its clock. */
#include "fetch.h"

#include <assert.h>
#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#include "alloc.h"
#include "err.h"
#include "list.h"
#include "log.h"

enum { MAX_HEADERS = 32 << 10, STALL_BYTES = 1024 };

struct fetcher {
    struct loop *loop;
    CURLM *multi;
    struct timer *clock;
    struct list running;
};

struct fetch {
    struct list link;
    struct fetcher *fetcher;
    CURL *easy;
    struct curl_slist *headers;
    struct buf body;
    struct fetch_answer answer;
    struct str to_send;
    size_t max_answer, sent;
    bool too_large;
    fetch_fn *fn;
    void *arg;
    char why[CURL_ERROR_SIZE];
};

/* A socket of libcurl's, for as long as it wants to be told of it. */
struct watch {
    uv_poll_t poll;
    struct fetcher *fetcher;
    curl_socket_t fd;
};

struct str fetch_header(const struct fetch_answer *answer, const char *lower_name)
{
    struct str rest = buf_view(&answer->headers), line, name;
    while (rest.n > 0) {
        rest = str_cut(rest, '\n', &line);
        struct str value = str_cut(line, ':', &name);
        while (value.n > 0 && value.p[0] == ' ')
            value.p++, value.n--;
        if (str_is(name, lower_name))
            return value;
    }
    return (struct str){"", 0};
}

/* ---- one request ---- */

static void fetch_free(struct fetch *f)
{
    curl_multi_remove_handle(f->fetcher->multi, f->easy);
    curl_easy_cleanup(f->easy);
    curl_slist_free_all(f->headers);
    list_remove(&f->link);
    buf_fini(&f->body);
    buf_fini(&f->answer.headers);
    free(f);
}

static size_t on_body(char *p, size_t size, size_t count, void *arg)
{
    struct fetch *f = arg;
    size_t n = size * count;
    f->too_large = n > f->max_answer - f->body.n;
    if (f->too_large)
        return 0;
    buf_put(&f->body, p, n);
    return n;
}

static size_t on_header(char *p, size_t size, size_t count, void *arg)
{
    struct fetch *f = arg;
    struct buf *out = &f->answer.headers;
    struct str line = {p, size * count};
    while (line.n > 0 && (line.p[line.n - 1] == '\r' || line.p[line.n - 1] == '\n'))
        line.n--;
    /* A status line begins another head: that of the answer behind "100 Continue". */
    if (str_starts(line, STR("HTTP/")))
        buf_reset(out);
    else if (out->n + line.n >= MAX_HEADERS)
        f->too_large = true;
    if (f->too_large)
        return 0;
    struct str name, value = str_cut(line, ':', &name);
    for (size_t i = 0; i < name.n; i++)
        buf_char(out, (char)tolower((unsigned char)name.p[i]));
    buf_char(out, ':');
    buf_str(out, value);
    buf_char(out, '\n');
    return size * count;
}

static size_t on_send(char *p, size_t size, size_t count, void *arg)
{
    struct fetch *f = arg;
    size_t n = size * count, left = f->to_send.n - f->sent;
    n = n < left ? n : left;
    if (n > 0)
        memcpy(p, f->to_send.p + f->sent, n);
    f->sent += n;
    return n;
}

/* A connection that was kept may turn out to be closed: what was sent on it is sent again. */
static int on_rewind(void *arg, curl_off_t offset, int origin)
{
    struct fetch *f = arg;
    if (origin != SEEK_SET || offset < 0 || (size_t)offset > f->to_send.n)
        return CURL_SEEKFUNC_CANTSEEK;
    f->sent = (size_t)offset;
    return CURL_SEEKFUNC_OK;
}

static bool set_up(struct fetch *f, const struct fetch_request *r)
{
    CURL *e = f->easy;
    bool sends = r->body.n > 0 || strcmp(r->method, "PUT") == 0 || strcmp(r->method, "POST") == 0;
    for (const char *const *h = r->headers; h && *h; h++) {
        struct curl_slist *more = curl_slist_append(f->headers, *h);
        if (!more)
            return false;
        f->headers = more;
    }
    CURLcode bad = curl_easy_setopt(e, CURLOPT_URL, r->url);
    bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
    bad |= curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    bad |= curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
    bad |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, f->headers);
    bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
    bad |= curl_easy_setopt(e, CURLOPT_PROXY, "");
    bad |= curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, r->connect_ms);
    bad |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, r->total_ms);
    bad |= curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, (long)STALL_BYTES);
    bad |= curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, r->stall_s);
    bad |= curl_easy_setopt(e, CURLOPT_ERRORBUFFER, f->why);
    bad |= curl_easy_setopt(e, CURLOPT_PRIVATE, f);
    bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
    bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, f);
    bad |= curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
    bad |= curl_easy_setopt(e, CURLOPT_HEADERDATA, f);
    if (sends) {
        bad |= curl_easy_setopt(e, CURLOPT_UPLOAD, 1L);
        bad |= curl_easy_setopt(e, CURLOPT_INFILESIZE_LARGE, (curl_off_t)r->body.n);
        bad |= curl_easy_setopt(e, CURLOPT_READFUNCTION, on_send);
        bad |= curl_easy_setopt(e, CURLOPT_READDATA, f);
        bad |= curl_easy_setopt(e, CURLOPT_SEEKFUNCTION, on_rewind);
        bad |= curl_easy_setopt(e, CURLOPT_SEEKDATA, f);
    } else if (strcmp(r->method, "HEAD") == 0) {
        bad |= curl_easy_setopt(e, CURLOPT_NOBODY, 1L);
    }
    bad |= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
    return bad == CURLE_OK;
}

int fetch_start(struct fetch **fetch_r, struct fetcher *fetcher, const struct fetch_request *request, fetch_fn *fn,
                void *arg)
{
    struct fetch *f = xcalloc(1, sizeof(*f));
    f->fetcher = fetcher;
    f->max_answer = request->max_answer;
    f->to_send = request->body;
    f->fn = fn;
    f->arg = arg;
    list_init(&f->link);
    f->easy = curl_easy_init();
    /* Adding only sets libcurl's clock: nothing is called back from here. */
    if (!f->easy || !set_up(f, request) || curl_multi_add_handle(fetcher->multi, f->easy) != CURLM_OK) {
        fetch_free(f);
        return ERR_INTERNAL;
    }
    list_push(&fetcher->running, &f->link);
    *fetch_r = f;
    return 0;
}

void fetch_cancel(struct fetch **fetch)
{
    if (*fetch)
        fetch_free(*fetch);
    *fetch = NULL;
}

/* ---- libcurl on the loop ---- */

static void fetch_end(struct fetch *f, CURLcode code)
{
    long status = 0;
    int err = code == CURLE_OK                   ? 0
              : f->too_large                     ? ERR_TOO_LARGE
              : code == CURLE_OPERATION_TIMEDOUT ? ERR_TIMEOUT
                                                 : ERR_UNAVAILABLE;
    curl_easy_getinfo(f->easy, CURLINFO_RESPONSE_CODE, &status);
    f->answer.status = (int)status;
    f->answer.body = buf_view(&f->body);
    f->fn(f->arg, err, err ? NULL : &f->answer, f->why[0] ? f->why : curl_easy_strerror(code));
    fetch_free(f);
}

static void end_what_is_done(struct fetcher *fetcher)
{
    CURLMsg *m;
    int left;
    while ((m = curl_multi_info_read(fetcher->multi, &left))) {
        char *f = NULL;
        CURLcode code = m->data.result;
        assert(m->msg == CURLMSG_DONE);
        curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &f);
        fetch_end((struct fetch *)(void *)f, code);
    }
}

static void act(struct fetcher *fetcher, curl_socket_t fd, int events)
{
    int running;
    curl_multi_socket_action(fetcher->multi, fd, events, &running);
    end_what_is_done(fetcher);
}

static void on_clock(void *arg)
{
    act(arg, CURL_SOCKET_TIMEOUT, 0);
}

static int set_clock(CURLM *multi, long timeout_ms, void *arg)
{
    struct fetcher *fetcher = arg;
    (void)multi;
    if (timeout_ms < 0)
        timer_stop(fetcher->clock);
    else
        timer_start(fetcher->clock, (uint64_t)timeout_ms, 0);
    return 0;
}

static void on_socket(uv_poll_t *poll, int status, int events)
{
    struct watch *w = poll->data;
    int what = status < 0 ? CURL_CSELECT_ERR : 0;
    what |= events & UV_READABLE ? CURL_CSELECT_IN : 0;
    what |= events & UV_WRITABLE ? CURL_CSELECT_OUT : 0;
    act(w->fetcher, w->fd, what);
}

static void on_watch_closed(uv_handle_t *handle)
{
    free(handle->data);
}

static struct watch *watch(struct fetcher *fetcher, curl_socket_t fd)
{
    struct watch *w = xcalloc(1, sizeof(*w));
    w->fetcher = fetcher;
    w->fd = fd;
    w->poll.data = w;
    if (uv_poll_init_socket(loop_uv(fetcher->loop), &w->poll, fd) != 0) {
        free(w);
        return NULL;
    }
    curl_multi_assign(fetcher->multi, fd, w);
    return w;
}

static int set_socket(CURL *easy, curl_socket_t fd, int what, void *arg, void *socket_arg)
{
    struct fetcher *fetcher = arg;
    struct watch *w = socket_arg;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (w) {
            curl_multi_assign(fetcher->multi, fd, NULL);
            uv_close((uv_handle_t *)&w->poll, on_watch_closed);
        }
        return 0;
    }
    if (!w)
        w = watch(fetcher, fd);
    if (!w)
        return -1;
    int events = (what & CURL_POLL_IN ? UV_READABLE : 0) | (what & CURL_POLL_OUT ? UV_WRITABLE : 0);
    return uv_poll_start(&w->poll, events, on_socket) == 0 ? 0 : -1;
}

/* ---- life ---- */

int fetcher_create(struct fetcher **fetcher_r, struct loop *loop, long connections)
{
    static bool begun;
    if (!begun && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) {
        log_error(NULL, "libcurl does not start", "");
        return ERR_INTERNAL;
    }
    begun = true;
    struct fetcher *f = xcalloc(1, sizeof(*f));
    f->loop = loop;
    list_init(&f->running);
    f->multi = curl_multi_init();
    if (!f->multi) {
        log_error(NULL, "libcurl gives no handle", "");
        free(f);
        return ERR_INTERNAL;
    }
    timer_make(&f->clock, loop, on_clock, f);
    curl_multi_setopt(f->multi, CURLMOPT_SOCKETFUNCTION, set_socket);
    curl_multi_setopt(f->multi, CURLMOPT_SOCKETDATA, f);
    curl_multi_setopt(f->multi, CURLMOPT_TIMERFUNCTION, set_clock);
    curl_multi_setopt(f->multi, CURLMOPT_TIMERDATA, f);
    curl_multi_setopt(f->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
    curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, connections);
    *fetcher_r = f;
    return 0;
}

void fetcher_destroy(struct fetcher **fetcher)
{
    struct fetcher *f = *fetcher;
    if (!f)
        return;
    *fetcher = NULL;
    LIST_EACH (&f->running, it)
        fetch_free(LIST_ITEM(it, struct fetch, link));
    curl_multi_cleanup(f->multi);
    timer_destroy(&f->clock);
    free(f);
}
