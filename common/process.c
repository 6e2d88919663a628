/* The life of every process: options and configuration, then loop, bus and admin port, then ready, drained, done. */
#include "process.h"

#include <assert.h>
#include <dirent.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "heap.h"
#include "httpd.h"
#include "log.h"

enum {
    EXIT_USAGE = 64,
    EXIT_CONFIG = 78,    /* both of sysexits.h */
    MAX_FILES = 1 << 20, /* some containers have no limit, and tables are sized by it */
    LAG_PERIOD_MS = 1000,
    LAG_PERIOD_US = LAG_PERIOD_MS * 1000
};

struct process_state {
    const struct config_row *rows;
    size_t row_count;
    struct process_config *config; /* the service's own, which starts with it */
    struct buf bus_name;
    struct httpd *admin;
    struct timer *lag_timer, *drain_timer;
    struct loop_hook *ready_hook; /* until ready for the first time */
    struct metric *lag;
    struct heap_rest heap;
    int64_t started_wall_ms, started_us, lag_due_us;
    process_ready_fn *ready;
    process_drain_fn *drain;
    void *arg;
    bool ran, drained;
};

const char *process_version(void)
{
    return PARLEY_VERSION;
}

/* ---- options and limits ---- */

static void help(const char *name, const struct config_row *rows, size_t count, FILE *out)
{
    fprintf(out,
            "parley-%s: part of Parley. Runs until SIGTERM; configured by environment variables.\n\n"
            "  --help             this text\n"
            "  --version          the version of Parley that it is of\n"
            "  --print-config     the settings in force, secrets hidden\n"
            "  --config-markdown  the table of settings as Markdown\n\n",
            name);
    config_help(rows, count, out);
}

/* Returns the level of the log. What is wrong is named on standard error, and ends the process. */
static enum log_level load_config(const struct config_row *rows, size_t count, void *config)
{
    struct process_config *common = config;
    enum log_level level;

    if (config_load(rows, count, config, stderr) != 0)
        exit(EXIT_CONFIG);
    if (!log_level_parse(common->log_level, &level)) {
        fprintf(stderr, "PARLEY_LOG_LEVEL: got \"%s\", wants error, warn, info or debug\n", common->log_level);
        config_free(rows, count, config);
        exit(EXIT_CONFIG);
    }
    if (common->redis_url != NULL && !bus_url_good(common->redis_url)) {
        /* The value may hold a password. */
        fprintf(stderr, "PARLEY_REDIS_URL: wants redis://[:password@]host:port[/db], unix:///path, or "
                        "redis+cluster://[:password@]host:port,host:port\n");
        config_free(rows, count, config);
        exit(EXIT_CONFIG);
    }
    return level;
}

/* Options that print and end. Returns for none. */
static void options(const char *name, const struct config_row *rows, size_t count, void *config, int argc, char **argv)
{
    const char *option = argc > 1 ? argv[1] : "";

    if (argc < 2)
        return;
    if (argc == 2 && strcmp(option, "--help") == 0) {
        help(name, rows, count, stdout);
        exit(0);
    }
    if (argc == 2 && strcmp(option, "--version") == 0) {
        printf("parley-%s %s\n", name, PARLEY_VERSION);
        exit(0);
    }
    if (argc == 2 && strcmp(option, "--config-markdown") == 0) {
        config_markdown(rows, count, stdout);
        exit(0);
    }
    if (argc == 2 && strcmp(option, "--print-config") == 0) {
        load_config(rows, count, config);
        config_print(rows, count, config, stdout);
        config_free(rows, count, config);
        exit(0);
    }
    fprintf(stderr, "parley-%s: unknown option \"%s\"; --help lists them\n", name, option);
    exit(EXIT_USAGE);
}

static void raise_file_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max > MAX_FILES ? MAX_FILES : limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
        log_warn(NULL, "file limit not raised", "wanted=%" PRIu64, (uint64_t)limit.rlim_cur);
}

static void make_id(char id[static 17])
{
    unsigned char random[8];

    if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
        abort();
    for (size_t i = 0; i < sizeof(random); i++)
        snprintf(id + 2 * i, 3, "%02x", random[i]);
}

/* ---- the admin port ---- */

static const char *not_ready(const struct process *p)
{
    if (p->draining)
        return "stopping";
    if (p->bus != NULL && !bus_ready(p->bus))
        return "no connection to Redis";
    if (!p->state->ran)
        return "starting";
    return p->state->ready != NULL ? p->state->ready(p->state->arg) : NULL;
}

static size_t open_files(void)
{
    DIR *dir = opendir("/proc/self/fd");
    size_t count = 0;

    if (dir == NULL)
        return 0;
    while (readdir(dir) != NULL)
        count++;
    closedir(dir);
    /* Not ".", ".." and the directory itself. */
    return count >= 3 ? count - 3 : 0;
}

static int64_t resident_bytes(void)
{
    FILE *file = fopen("/proc/self/statm", "re");
    char text[128], *rest;
    int64_t pages = 0;

    if (file == NULL)
        return 0;
    /* The second number. */
    if (fgets(text, sizeof(text), file) != NULL && (rest = strchr(text, ' ')) != NULL)
        pages = strtoll(rest, NULL, 10);
    fclose(file);
    return pages * sysconf(_SC_PAGESIZE);
}

/* What Prometheus' own client libraries call process_*: read only when asked for. */
static void write_process_metrics(const struct process *p, struct buf *out)
{
    const struct process_state *s = p->state;
    struct rusage usage = {0};
    struct rlimit files = {0};
    int64_t cpu_us;

    getrusage(RUSAGE_SELF, &usage);
    getrlimit(RLIMIT_NOFILE, &files);
    buf_printf(out,
               "# HELP parley_build_info 1; the version is a label.\n"
               "# TYPE parley_build_info gauge\n"
               "parley_build_info{service=\"%s\",version=\"" PARLEY_VERSION "\"} 1\n",
               p->name);
    buf_printf(out,
               "# HELP parley_ready 1: it can serve, as /readyz says.\n# TYPE parley_ready gauge\n"
               "parley_ready %d\n",
               not_ready(p) == NULL);
    buf_printf(out,
               "# HELP parley_log_dropped_total Log lines not written as nobody read the other end.\n"
               "# TYPE parley_log_dropped_total counter\n"
               "parley_log_dropped_total %" PRIu64 "\n",
               log_dropped());
    cpu_us = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000) + usage.ru_utime.tv_usec +
             usage.ru_stime.tv_usec;
    buf_printf(out,
               "# HELP process_cpu_seconds_total User and system time spent.\n"
               "# TYPE process_cpu_seconds_total counter\n"
               "process_cpu_seconds_total %" PRId64 ".%06" PRId64 "\n",
               cpu_us / 1000000, cpu_us % 1000000);
    buf_printf(out,
               "# HELP process_max_fds Limit of open file descriptors.\n# TYPE process_max_fds gauge\n"
               "process_max_fds %" PRIu64 "\n",
               (uint64_t)files.rlim_cur);
    buf_printf(out,
               "# HELP process_open_fds Open file descriptors.\n# TYPE process_open_fds gauge\n"
               "process_open_fds %zu\n",
               open_files());
    buf_printf(out,
               "# HELP process_resident_memory_bytes Resident memory.\n"
               "# TYPE process_resident_memory_bytes gauge\n"
               "process_resident_memory_bytes %" PRId64 "\n",
               resident_bytes());
    buf_printf(out,
               "# HELP process_start_time_seconds When the process started, since 1970 UTC.\n"
               "# TYPE process_start_time_seconds gauge\n"
               "process_start_time_seconds %" PRId64 ".%03" PRId64 "\n",
               s->started_wall_ms / 1000, s->started_wall_ms % 1000);
}

static void respond_text(struct http_request *req, int status, struct str type, struct str body)
{
    struct http_response res = {.status = status, .type = type, .body = body};

    http_respond(req, &res);
}

/* /trace?room=7&seq=9 or /trace?request=ID: what is known here of that message. */
static void give_trace(const struct process *p, struct http_request *req)
{
    struct str room_text, seq_text, request = {0};
    int64_t room = 0, seq = 0;
    struct buf body = {0};

    if (http_query(req, "room", &room_text))
        str_i64(room_text, &room);
    if (http_query(req, "seq", &seq_text))
        str_i64(seq_text, &seq);
    http_query(req, "request", &request);
    hops_write(p->hops, room, seq, request, &body);
    respond_text(req, 200, STR("text/plain; charset=utf-8"), buf_view(&body));
    buf_fini(&body);
}

static void on_admin_request(void *arg, struct http_request *req)
{
    struct process *p = arg;
    struct str path = http_path(req);
    const struct str plain = STR("text/plain; charset=utf-8");
    struct buf body = {0};
    const char *reason;

    if (http_method(req) != HTTP_GET && http_method(req) != HTTP_HEAD) {
        http_respond_error(req, ERR_METHOD_NOT_ALLOWED, NULL);
    } else if (str_is(path, "/healthz")) {
        respond_text(req, 200, plain, STR("ok\n"));
    } else if (str_is(path, "/readyz")) {
        reason = not_ready(p);
        buf_printf(&body, "%s\n", reason != NULL ? reason : "ready");
        respond_text(req, reason != NULL ? 503 : 200, plain, buf_view(&body));
    } else if (str_is(path, "/metrics")) {
        metrics_write(p->metrics, &body);
        write_process_metrics(p, &body);
        respond_text(req, 200, STR("text/plain; version=0.0.4; charset=utf-8"), buf_view(&body));
    } else if (str_is(path, "/trace")) {
        give_trace(p, req);
    } else {
        http_respond_error(req, ERR_NOT_FOUND, NULL);
    }
    buf_fini(&body);
}

/* ---- start ---- */

static void start_bus(struct process *p)
{
    struct process_state *s = p->state;
    struct bus_config config = {.url = s->config->redis_url};

    buf_printf(&s->bus_name, "%s-%s", p->name, p->id);
    config.name = buf_c(&s->bus_name);
    /* load_config() has looked at the address. */
    if (bus_create(&p->bus, p->loop, &config, p->metrics) != 0)
        abort();
    rpc_create(&p->rpc, p->loop, p->bus, p->id, p->metrics);
}

static void start_admin(struct process *p)
{
    struct process_state *s = p->state;
    struct httpd_config config = {.listen = s->config->admin_listen, .max_body = 1024, .max_connections = 32};

    if (s->config->admin_listen == NULL || s->config->admin_listen[0] == '\0')
        return;
    if (httpd_create(&s->admin, p->loop, &config, on_admin_request, NULL, p, NULL) != 0)
        exit(1);
}

/* How late the timer of each second comes: what every other callback of the process waits as well. */
static void on_lag_timer(void *arg)
{
    struct process_state *s = arg;
    int64_t now = clock_mono_us();

    metric_observe_us(s->lag, now > s->lag_due_us ? now - s->lag_due_us : 0);
    s->lag_due_us = now + LAG_PERIOD_US;
    heap_tick(&s->heap, now / 1000);
    timer_start(s->lag_timer, LAG_PERIOD_MS, 0);
}

void process_start(struct process *p, const char *name, const struct config_row *rows, size_t count, void *config,
                   int argc, char **argv)
{
    struct process_state *s;

    heap_init();
    s = xcalloc(1, sizeof(*s));
    *p = (struct process){.name = name, .state = s};
    s->rows = rows;
    s->row_count = count;
    s->config = config;
    s->started_wall_ms = clock_wall_ms();
    s->started_us = clock_mono_us();
    options(name, rows, count, config, argc, argv);
    log_init(name, load_config(rows, count, config));
    raise_file_limit();
    /* A peer that is gone is an error of the write, not the end of the process. */
    signal(SIGPIPE, SIG_IGN);
    make_id(p->id);
    if (loop_create(&p->loop) != 0)
        exit(1);
    metrics_create(&p->metrics);
    hops_create(&p->hops);
    s->lag = metrics_histogram(p->metrics, "parley_loop_lag_seconds", NULL, "How late a timer of the loop comes.");
    if (s->config->redis_url != NULL)
        start_bus(p);
    start_admin(p);
    log_info(NULL, "starting", "id=%s pid=%d version=%s", p->id, (int)getpid(), PARLEY_VERSION);
}

/* ---- run ---- */

static void on_turn(void *arg)
{
    struct process *p = arg;
    struct process_state *s = p->state;

    if (not_ready(p) != NULL)
        return;
    log_info(NULL, "ready", "after_ms=%" PRId64, (clock_mono_us() - s->started_us) / 1000);
    loop_unhook(&s->ready_hook);
}

static void on_drain_timeout(void *arg)
{
    struct process *p = arg;

    log_warn(NULL, "stopping with work in hand", "waited_ms=%" PRId64, p->state->config->drain_ms);
    loop_stop(p->loop);
}

static void on_terminate(void *arg, int signum)
{
    struct process *p = arg;
    struct process_state *s = p->state;

    if (p->draining) {
        log_warn(NULL, "stopping at once", "signal=%d", signum);
        loop_stop(p->loop);
        return;
    }
    p->draining = true;
    log_info(NULL, "draining", "signal=%d", signum);
    timer_start(s->drain_timer, (uint64_t)s->config->drain_ms, 0);
    if (s->drain != NULL)
        s->drain(s->arg);
    else
        process_drained(p);
}

void process_run(struct process *p, process_ready_fn *ready, process_drain_fn *drain, void *arg)
{
    struct process_state *s = p->state;

    s->ready = ready;
    s->drain = drain;
    s->arg = arg;
    s->ran = true;
    timer_make(&s->drain_timer, p->loop, on_drain_timeout, p);
    timer_make(&s->lag_timer, p->loop, on_lag_timer, s);
    s->lag_due_us = clock_mono_us() + LAG_PERIOD_US;
    timer_start(s->lag_timer, LAG_PERIOD_MS, 0);
    /* Whatever makes the process ready is an event of the loop, so looking each turn misses nothing. */
    s->ready_hook = loop_after_io(p->loop, on_turn, p);
    if (loop_on_terminate(p->loop, on_terminate, p) != 0)
        log_error(NULL, "signals not caught", "");
    loop_run(p->loop);
    loop_unhook(&s->ready_hook);
    timer_destroy(&s->lag_timer);
    timer_destroy(&s->drain_timer);
}

void process_drained(struct process *p)
{
    assert(p->draining);
    p->state->drained = true;
    loop_stop(p->loop);
}

int process_end(struct process *p)
{
    struct process_state *s = p->state;
    int code = s->ran ? 0 : 1;

    httpd_destroy(&s->admin);
    if (p->bus != NULL) {
        rpc_destroy(&p->rpc);
        bus_destroy(&p->bus);
    }
    loop_destroy(&p->loop);
    hops_destroy(&p->hops);
    metrics_destroy(&p->metrics);
    log_info(NULL, "ended", "drained=%s", s->drained ? "yes" : "no");
    config_free(s->rows, s->row_count, s->config);
    buf_fini(&s->bus_name);
    free(s);
    p->state = NULL;
    return code;
}
