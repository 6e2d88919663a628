/* Takes a question through its three programs: the page is fetched, read without a network, and its image fetched. */
#include "unfurl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc.h"
#include "child.h"
#include "err.h"
#include "jsonw.h"
#include "log.h"
#include "told.h"

enum {
    OPEN_MAX = 8, /* questions in hand: each is a program at a time */
    BODY_MAX_BYTES = 4096,
    URL_MAX_BYTES = 2048, /* as the fetcher has it */
    PAGE_BYTES = (512 << 10) + (8 << 10),
    IMAGE_BYTES = (5 << 20) + (8 << 10),
    READ_BYTES = 8 << 10,
    FETCH_MS = 6000, /* a second more than the fetcher takes by itself */
    READ_MS = 3000,
    FETCH_AWAY = 69, /* how it ends when nobody answers */
    DRAIN_LOOK_MS = 20,
    MAX_CONNECTIONS = 64,
    PATH_BYTES = 4096
};

struct question {
    struct unfurl *unfurl;
    struct http_request *req;
    struct child *child;
    struct buf url;   /* where the page was in the end */
    struct buf words; /* of the reader */
    struct told told; /* views of them */
};

/* ---- answers ---- */

static void question_end(struct question *q)
{
    q->unfurl->open--;
    buf_fini(&q->url);
    buf_fini(&q->words);
    free(q);
}

/* A line of JSON, and the bytes of the image behind it. */
static void answer(struct question *q, struct str image)
{
    struct buf body = {0};
    struct jsonw w = jsonw_on(&body);
    jsonw_obj(&w, NULL);
    jsonw_str(&w, "title", q->told.title);
    jsonw_str(&w, "description", q->told.description);
    jsonw_str(&w, "site", q->told.site);
    jsonw_obj_end(&w);
    buf_char(&body, '\n');
    buf_str(&body, image);
    const struct http_response res = {.status = 200, .type = STR("application/octet-stream"), .body = buf_view(&body)};
    metric_add(q->unfurl->found, 1);
    http_respond(q->req, &res);
    buf_fini(&body);
    question_end(q);
}

static void refuse(struct question *q, int err, struct metric *counted)
{
    metric_add(counted, 1);
    http_respond_error(q->req, err, NULL);
    question_end(q);
}

/* ---- programs ---- */

/* Starts one on two texts, of which the second may be empty. */
static int start(struct question *q, const char *program, const char *what, struct str first, struct str second,
                 size_t max, child_fn *fn)
{
    const char *environment[3] = {"LC_ALL=C.UTF-8"};
    const char *argv[] = {program, what, NULL};
    int fd = memfd_create("question", MFD_CLOEXEC);
    struct child_job job = {.program = program,
                            .argv = argv,
                            .environment = environment,
                            .input_fd = fd,
                            .max_output = max,
                            .deadline_ms = what != NULL ? FETCH_MS : READ_MS};
#ifdef PARLEY_FAILPOINTS
    char allow[512];
    const char *list = getenv("PARLEY_UNFURL_ALLOW");
    if (list != NULL && snprintf(allow, sizeof allow, "PARLEY_UNFURL_ALLOW=%s", list) < (int)sizeof allow)
        environment[1] = allow;
#endif
    int err = fd < 0 || write(fd, first.p, first.n) != (ssize_t)first.n ||
                      write(fd, second.p, second.n) != (ssize_t)second.n || lseek(fd, 0, SEEK_SET) != 0
                  ? ERR_INTERNAL
                  : child_start(&q->child, q->unfurl->process.loop, &job, fn, q);
    if (fd >= 0)
        close(fd);
    return err;
}

/* How a program ended that gave nothing. */
static void give_up(struct question *q, const struct child_result *result, const char *program)
{
    bool by_itself = result->end == CHILD_EXITED && (result->code == 65 || result->code == FETCH_AWAY);
    bool away = result->end == CHILD_LATE || (by_itself && result->code == FETCH_AWAY);
    if (!by_itself)
        log_warn(NULL, "program failed", "program=%s end=%s code=%d took_ms=%llu", program, child_end_name(result->end),
                 result->code, (unsigned long long)result->took_ms);
    if (away)
        refuse(q, ERR_TIMEOUT, q->unfurl->away);
    else
        refuse(q, ERR_NOT_FOUND, by_itself ? q->unfurl->refused : q->unfurl->failed);
}

/* Behind the two lines of the fetcher. */
static struct str behind_lines(struct str text)
{
    struct str line;
    text = str_cut(text, '\n', &line);
    return str_cut(text, '\n', &line);
}

/* Without its image a page is a card, too. */
static void on_image(void *arg, const struct child_result *result)
{
    struct question *q = arg;
    bool good = result->end == CHILD_EXITED && result->code == 0;
    q->child = NULL;
    answer(q, good ? behind_lines(result->output) : (struct str){"", 0});
}

static void fetch_image(struct question *q)
{
    struct buf names = {0};
    buf_str(&names, buf_view(&q->url));
    buf_char(&names, '\n');
    buf_str(&names, q->told.image);
    buf_char(&names, '\n');
    int err = start(q, q->unfurl->fetch_program, "image", buf_view(&names), (struct str){"", 0}, IMAGE_BYTES, on_image);
    buf_fini(&names);
    if (err != 0)
        answer(q, (struct str){"", 0});
}

static void on_read(void *arg, const struct child_result *result)
{
    struct question *q = arg;
    q->child = NULL;
    if (result->end != CHILD_EXITED || result->code != 0) {
        give_up(q, result, "read");
        return;
    }
    buf_str(&q->words, result->output);
    if (!told_parse(buf_view(&q->words), &q->told) || q->told.title.n == 0)
        refuse(q, ERR_NOT_FOUND, q->unfurl->refused);
    else if (q->told.image.n > 0)
        fetch_image(q);
    else
        answer(q, (struct str){"", 0});
}

static void on_page(void *arg, const struct child_result *result)
{
    struct question *q = arg;
    struct str type, url, rest;
    q->child = NULL;
    if (result->end != CHILD_EXITED || result->code != 0) {
        give_up(q, result, "fetch");
        return;
    }
    rest = str_cut(result->output, '\n', &type);
    str_cut(rest, '\n', &url);
    buf_str(&q->url, url);
    int err = start(q, q->unfurl->read_program, NULL, result->output, (struct str){"", 0}, READ_BYTES, on_read);
    if (err != 0)
        refuse(q, err, q->unfurl->failed);
}

/* ---- questions ---- */

static bool is_url(struct str url)
{
    for (size_t i = 0; i < url.n; i++)
        if ((unsigned char)url.p[i] <= 0x20 || url.p[i] == 0x7f)
            return false;
    return url.n > 0 && url.n <= URL_MAX_BYTES;
}

/* POST /preview, the body is the URL. */
static void handle(void *arg, struct http_request *req)
{
    struct unfurl *u = arg;
    struct str url = http_body(req);
    if (!str_is(http_path(req), "/preview")) {
        http_respond_error(req, ERR_NOT_FOUND, NULL);
        return;
    }
    if (http_method(req) != HTTP_POST || !is_url(url)) {
        http_respond_error(req, http_method(req) != HTTP_POST ? ERR_METHOD_NOT_ALLOWED : ERR_BAD_REQUEST, NULL);
        return;
    }
    if (u->open >= OPEN_MAX) {
        http_respond_error(req, ERR_BUSY, NULL);
        return;
    }
    struct question *q = xcalloc(1, sizeof(*q));
    q->unfurl = u;
    q->req = req;
    u->open++;
    metric_add(u->asked, 1);
    int err = start(q, u->fetch_program, "page", url, STR("\n"), PAGE_BYTES, on_page);
    if (err != 0)
        refuse(q, err, u->failed);
}

/* ---- life ---- */

static char *beside_this_program(const char *name)
{
    char path[PATH_BYTES];
    struct buf whole = {0};
    ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
    path[n > 0 ? n : 0] = '\0';
    char *slash = strrchr(path, '/');
    if (slash != NULL)
        buf_put(&whole, path, (size_t)(slash - path) + 1);
    buf_cstr(&whole, name);
    char *copy = xstrdup(buf_c(&whole));
    buf_fini(&whole);
    return copy;
}

static void look_whether_drained(void *arg)
{
    struct unfurl *u = arg;
    if (u->open == 0)
        process_drained(&u->process);
}

void unfurl_drain(void *arg)
{
    struct unfurl *u = arg;
    httpd_stop_accepting(u->httpd);
    timer_start(u->drain, 0, DRAIN_LOOK_MS);
}

int unfurl_init(struct unfurl *u)
{
    struct metrics *m = u->process.metrics;
    const struct httpd_config http = {
        .listen = u->config.listen, .max_body = BODY_MAX_BYTES, .max_connections = MAX_CONNECTIONS};
    u->asked = metrics_counter(m, "parley_unfurl_asked_total", NULL, "Links that were looked at.");
    u->found = metrics_counter(m, "parley_unfurl_found_total", NULL, "Links that have something to show.");
    u->refused = metrics_counter(m, "parley_unfurl_refused_total", NULL,
                                 "Links that lead where nobody may be asked, or to nothing to show.");
    u->away = metrics_counter(m, "parley_unfurl_away_total", NULL, "Links where nobody answered, or not in time.");
    u->failed = metrics_counter(m, "parley_unfurl_failed_total", NULL, "Programs that died of a page.");
    u->fetch_program = beside_this_program("parley-fetch");
    u->read_program = beside_this_program("parley-read");
    timer_make(&u->drain, u->process.loop, look_whether_drained, u);
    return httpd_create(&u->httpd, u->process.loop, &http, handle, NULL, u, m);
}

void unfurl_fini(struct unfurl *u)
{
    httpd_destroy(&u->httpd);
    timer_destroy(&u->drain);
    free(u->fetch_program);
    free(u->read_program);
}
