/* Asks an object store. */
#include "s3.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "list.h"
#include "log.h"
#include "s3_internal.h"
#include "s3_xml.h"

enum {
    AT_ONCE = 32,
    MAX_WAITING = 1000,
    TRIES = 4,
    BACKOFF_MS = 150,   /* doubled with each try */
    PATIENCE_MS = 8000, /* no try begins later than this after the first */
    CONNECT_MS = 3000,
    TOTAL_MS = 60000,
    STALL_S = 8,
    QUERY_MAX = 4,
    DIGEST_HERE = 64 << 10
};

struct s3_call {
    struct list link;
    struct s3 *s3;
    enum s3_method method;
    struct buf object, query[QUERY_MAX][2];
    size_t query_count, max_answer;
    struct str body;
    int64_t at, end, begun_ms, try_us;
    int tries;
    bool once, running;
    char digest[S3_DIGEST_TEXT];
    struct timer *again;
    struct fetch *fetch;
    s3_fn *fn;
    void *arg;
};

static const char *const methods[S3_METHODS] = {"GET", "PUT", "POST", "DELETE"};

static void run_waiting(struct s3 *s3);

/* ---- its end ---- */

static void call_free(struct s3_call *c)
{
    list_remove(&c->link);
    fetch_cancel(&c->fetch);
    timer_destroy(&c->again);
    buf_fini(&c->object);
    for (size_t i = 0; i < QUERY_MAX; i++) {
        buf_fini(&c->query[i][0]);
        buf_fini(&c->query[i][1]);
    }
    free(c);
}

static void call_end(struct s3_call *c, int err, const struct fetch_answer *answer)
{
    struct s3 *s3 = c->s3;
    if (c->running)
        s3->running--;
    c->running = false;
    list_remove(&c->link);
    c->fn(c->arg, err, answer);
    call_free(c);
    run_waiting(s3);
}

/* ---- judged ---- */

/* What went wrong, in words: the store's own, where it has some. */
static void describe(const struct s3_call *c, const struct fetch_answer *a, const char *why, struct buf *out)
{
    struct buf code = {0}, message = {0};
    if (!a)
        buf_cstr(out, why);
    else if (s3_xml_text(a->body, "Code", &code)) {
        buf_str(out, buf_view(&code));
        if (s3_xml_text(a->body, "Message", &message))
            buf_printf(out, ": %s", buf_c(&message));
    } else {
        buf_printf(out, "HTTP status %d", a->status);
    }
    buf_printf(out, " (%s)", methods[c->method]);
    /* It goes into a line of the log, and the store may say anything. */
    for (size_t i = 0; i < out->n; i++)
        if ((unsigned char)out->p[i] < ' ' || out->p[i] == '"' || out->p[i] == 0x7f)
            out->p[i] = '\'';
    buf_fini(&code);
    buf_fini(&message);
}

/* One trouble is told of once, until it is another one or over. */
static void set_trouble(struct s3 *s3, const char *text)
{
    bool same = strncmp(s3->trouble, text, sizeof(s3->trouble) - 1) == 0;
    snprintf(s3->trouble, sizeof(s3->trouble), "%s", text);
    metric_set(s3->up, s3->trouble[0] == 0);
    if (text[0] && !s3->probing && !s3->ending)
        timer_start(s3->probe, PROBE_AGAIN_MS, 0);
    if (!same && text[0])
        log_error(NULL, "the object store does not do what it is asked", "endpoint=%s bucket=%s why=\"%s\"",
                  s3->config.endpoint, s3->config.bucket, s3->trouble);
    else if (!same)
        log_info(NULL, "the object store answers", "endpoint=%s bucket=%s", s3->config.endpoint, s3->config.bucket);
}

void s3_well(struct s3 *s3)
{
    set_trouble(s3, "");
}

/* A GET of a part has to be answered by that part. */
static bool is_asked_part(const struct s3_call *c, const struct fetch_answer *a)
{
    char wanted[40];
    if (c->end == 0 || (a->status == 200 && c->at == 0))
        return true;
    snprintf(wanted, sizeof(wanted), "bytes %lld-", (long long)c->at);
    return a->status == 206 && str_starts(fetch_header(a, "content-range"), str_of(wanted));
}

static bool is_passing(const struct fetch_answer *a)
{
    return !a || a->status >= 500 || a->status == 429 || a->status == 408;
}

static void on_answer(void *arg, int err, const struct fetch_answer *a, const char *why)
{
    struct s3_call *c = arg;
    struct s3 *s3 = c->s3;
    c->fetch = NULL;
    metric_add(s3->requests[c->method], 1);
    metric_observe_us(s3->seconds[c->method], clock_mono_us() - c->try_us);
    if (!err && (a->status == 404 || a->status == 416) && c->method != S3_PUT) {
        struct buf code = {0};
        bool no_bucket = s3_xml_text(a->body, "Code", &code) && str_is(buf_view(&code), "NoSuchBucket");
        buf_fini(&code);
        if (!no_bucket) {
            call_end(c, ERR_NOT_FOUND, a);
            return;
        }
    }
    if (!err && a->status / 100 == 2 && is_asked_part(c, a)) {
        call_end(c, 0, a);
        return;
    }
    struct buf text = {0};
    metric_add(s3->errors, 1);
    describe(c, err ? NULL : a, why, &text);
    bool again = is_passing(err ? NULL : a) && err != ERR_TOO_LARGE && !c->once && !s3->ending && c->tries < TRIES &&
                 clock_mono_ms() - c->begun_ms < PATIENCE_MS;
    if (!again)
        set_trouble(s3, buf_c(&text));
    buf_fini(&text);
    if (again)
        timer_start(c->again, (uint64_t)BACKOFF_MS << (c->tries - 1), 0);
    else
        call_end(c, ERR_UNAVAILABLE, err ? NULL : a);
}

/* ---- sent ---- */

/* The URL up to the object, and the path that is signed. */
static void put_url(const struct s3_call *c, struct buf *url, struct buf *path)
{
    const struct s3_config *config = &c->s3->config;
    if (config->path_style)
        buf_printf(path, "/%s", config->bucket);
    buf_printf(path, "/%s", config->prefix);
    buf_str(path, buf_view(&c->object));
    buf_printf(url, "%s://%s", c->s3->https ? "https" : "http", c->s3->host);
    s3_escape(buf_view(path), true, url);
}

static int send_signed(struct s3_call *c)
{
    struct s3 *s3 = c->s3;
    struct buf url = {0}, path = {0}, range = {0}, lines[5] = {0};
    struct s3_pair query[QUERY_MAX], headers[4];
    char date[S3_DATE_TEXT];
    size_t n = 0;
    for (size_t i = 0; i < c->query_count; i++)
        query[i] = (struct s3_pair){buf_view(&c->query[i][0]), buf_view(&c->query[i][1])};
    s3_date(clock_wall_ms() / 1000, date);
    put_url(c, &url, &path);
    if (c->query_count > 0)
        buf_char(&url, '?');
    s3_query(query, c->query_count, &url);
    headers[n++] = (struct s3_pair){STR("host"), str_of(s3->host)};
    if (c->end > 0) {
        buf_printf(&range, "bytes=%lld-%lld", (long long)c->at, (long long)c->end - 1);
        headers[n++] = (struct s3_pair){STR("range"), buf_view(&range)};
    }
    headers[n++] = (struct s3_pair){STR("x-amz-content-sha256"), str_of(c->digest)};
    headers[n++] = (struct s3_pair){STR("x-amz-date"), str_of(date)};
    const struct s3_signed r = {.method = str_of(methods[c->method]),
                                .path = buf_view(&path),
                                .query = query,
                                .headers = headers,
                                .query_count = c->query_count,
                                .header_count = n,
                                .digest = c->digest,
                                .date = date};
    const char *texts[8] = {"Expect:", "Content-Type: application/octet-stream"};
    for (size_t i = 0; i < n; i++) {
        buf_str(&lines[i], headers[i].name);
        buf_cstr(&lines[i], ": ");
        buf_str(&lines[i], headers[i].value);
        texts[i + 2] = buf_c(&lines[i]);
    }
    buf_cstr(&lines[n], "Authorization: ");
    s3_sign(&s3->signer, &r, &lines[n]);
    texts[n + 2] = buf_c(&lines[n]);
    const struct fetch_request request = {
        .method = methods[c->method],
        .url = buf_c(&url),
        .headers = texts,
        .body = c->body,
        .max_answer = c->max_answer,
        .connect_ms = CONNECT_MS,
        .total_ms = TOTAL_MS,
        .stall_s = STALL_S,
    };
    c->try_us = clock_mono_us();
    int err = fetch_start(&c->fetch, s3->fetcher, &request, on_answer, c);
    for (size_t i = 0; i <= n; i++)
        buf_fini(&lines[i]);
    buf_fini(&url);
    buf_fini(&path);
    buf_fini(&range);
    return err;
}

static void try_again(void *arg)
{
    struct s3_call *c = arg;
    c->tries++;
    if (c->s3->ending || send_signed(c) != 0)
        call_end(c, ERR_UNAVAILABLE, NULL);
}

/* On a worker thread: of 8 MiB it takes milliseconds. */
static void digest(void *arg)
{
    struct s3_call *c = arg;
    s3_digest(c->body, c->digest);
}

static void digested(void *arg)
{
    struct s3_call *c = arg;
    list_push(&c->s3->calls, &c->link);
    try_again(c);
}

static void run_waiting(struct s3 *s3)
{
    while (s3->running < AT_ONCE && !list_empty(&s3->waiting) && !s3->ending) {
        struct s3_call *c = LIST_ITEM(s3->waiting.next, struct s3_call, link);
        list_remove(&c->link);
        s3->waiting_count--;
        s3->running++;
        c->running = true;
        c->begun_ms = clock_mono_ms();
        if (c->body.n > DIGEST_HERE && loop_work(s3->loop, digest, digested, c) == 0)
            continue;
        /* Little, or no worker is free: it is done here. */
        digest(c);
        list_push(&s3->calls, &c->link);
        timer_start(c->again, 0, 0);
    }
}

int s3_ask(struct s3 *s3, const struct s3_request *request, s3_fn *fn, void *arg)
{
    if (s3->ending)
        return ERR_UNAVAILABLE;
    if (s3->waiting_count >= MAX_WAITING)
        return ERR_BUSY;
    assert(request->query_count <= QUERY_MAX);
    struct s3_call *c = xcalloc(1, sizeof(*c));
    c->s3 = s3;
    c->method = request->method;
    c->max_answer = request->max_answer;
    c->body = request->body.p ? request->body : STR("");
    c->at = request->at;
    c->end = request->end;
    c->once = request->once;
    c->fn = fn;
    c->arg = arg;
    c->query_count = request->query_count;
    buf_cstr(&c->object, request->object);
    for (size_t i = 0; i < c->query_count; i++) {
        buf_str(&c->query[i][0], request->query[i].name);
        buf_str(&c->query[i][1], request->query[i].value);
    }
    list_init(&c->link);
    timer_make(&c->again, s3->loop, try_again, c);
    list_push(&s3->waiting, &c->link);
    s3->waiting_count++;
    run_waiting(s3);
    return 0;
}

void s3_cancel_all(struct s3 *s3)
{
    struct list *const lists[] = {&s3->waiting, &s3->calls};
    s3->ending = true;
    for (size_t i = 0; i < 2; i++)
        while (!list_empty(lists[i]))
            call_end(LIST_ITEM(lists[i]->next, struct s3_call, link), ERR_UNAVAILABLE, NULL);
    s3->waiting_count = 0;
}
