/* One connection to Redis: login, reconnecting, commands out, answers in. Uses hiredis as a parser only: its own
 * sockets differ between versions and its asynchronous half cannot subscribe to shards. */
#include "bus_link.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include <uv.h>

#include "alloc.h"
#include "bus_dial.h"
#include "bus_expect.h"
#include "bus_reply.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "pace.h"

enum {
    TICK_MS = 500,          /* how late a deadline may be noticed */
    CONNECT_MS = 5000,      /* socket and login together */
    WATCH_MS = 5000,        /* between two questions whether the other end is there, and how long to wait */
    BACKOFF_MIN_MS = 100,   /* doubled with each failure */
    BACKOFF_MAX_MS = 2000,  /* … up to here */
    DIAL_EACH_MS = 125,     /* of all links of a process together: eight tries a second */
    GULP = 65536,           /* bytes a read */
    GULPS_A_TURN = 16,      /* then others get their turn */
    KEEP_BUFFER = 1 << 20,  /* memory kept for the next burst */
    MAX_UNPARSED = 64 << 20 /* an answer larger than this is no answer of ours */
};

enum link_state {
    LINK_WAITING,  /* for the back-off to end */
    LINK_DIALLING, /* for a connected socket */
    LINK_GREETING, /* for the answers to the login */
    LINK_UP,       /* commands flow; ends with the connection */
    LINK_CLOSED    /* for being destroyed */
};

/* libuv's view of the socket; outlives the connection until libuv has closed it. */
struct watch {
    uv_poll_t handle;
    struct bus_link *link;
};

struct bus_link {
    struct loop *loop;
    struct bus_link_config config;
    char *name;
    const struct bus_link_events *events;
    void *arg;
    enum link_state state;
    unsigned entered; /* depth of calls that may call out … */
    bool destroyed;   /* … and freed when it is 0 again */
    struct bus_dial *dial;
    struct timer *retry, *tick;
    struct loop_hook *flush;
    unsigned failures;
    int64_t deadline; /* of dialling and greeting */
    int64_t read_at;  /* when bytes last came */
    int64_t asked_at; /* when the other end was last asked whether it is there */
    int fd;
    struct watch *watch;
    bool want_write; /* the kernel took less than there was */
    redisReader *reader;
    struct buf out;
    size_t sent; /* bytes of `out` the kernel has */
    struct expects expects;
    struct log log;
    char log_pairs[64];
};

/* ---- lifetime of a link and of its connection ---- */

static void link_enter(struct bus_link *link)
{
    link->entered++;
}

static void link_leave(struct bus_link *link)
{
    assert(link->entered > 0);
    if (--link->entered > 0 || !link->destroyed)
        return;
    free(link->name);
    free(link);
}

static void free_watch(uv_handle_t *handle)
{
    free(handle->data);
}

static void link_hang_up(struct bus_link *link)
{
    bus_dial_stop(link->dial);
    if (link->watch) {
        link->watch->link = NULL;
        uv_close((uv_handle_t *)&link->watch->handle, free_watch);
        link->watch = NULL;
    }
    if (link->fd >= 0)
        close(link->fd);
    link->fd = -1;
    if (link->reader)
        redisReaderFree(link->reader);
    link->reader = NULL;
    buf_fini(&link->out);
    link->out = (struct buf){0};
    link->sent = 0;
    link->want_write = false;
}

/* Half of the delay is fixed, half by chance, so that those whom one fault disconnected do not return as one. */
static uint64_t backoff_ms(unsigned failures)
{
    uint64_t max = BACKOFF_MIN_MS;
    uint32_t chance = 0;
    while (failures-- > 1 && max < BACKOFF_MAX_MS)
        max *= 2;
    if (max > BACKOFF_MAX_MS)
        max = BACKOFF_MAX_MS;
    if (getrandom(&chance, sizeof chance, GRND_NONBLOCK) != sizeof chance)
        chance = (uint32_t)clock_mono_us();
    return max / 2 + chance % (max / 2 + 1);
}

/* The connection, or the try for one, is over. Callers are inside link_enter(). */
static void link_drop(struct bus_link *link, const char *why)
{
    if (link->state == LINK_CLOSED || link->state == LINK_WAITING)
        return;
    struct expects due = link->expects;
    link->expects = (struct expects){0};
    if (link->state == LINK_UP)
        log_warn(&link->log, "redis connection lost", "reason=%s", why);
    else if (link->failures == 0)
        log_warn(&link->log, "redis is away", "reason=%s", why);
    link->state = LINK_WAITING;
    link_hang_up(link);
    link->failures++;
    timer_start(link->retry, pace_wait_ms(link->config.pace, backoff_ms(link->failures), DIAL_EACH_MS), 0);
    expects_fail(&due);
    if (link->state != LINK_CLOSED)
        link->events->down(link->arg);
}

void bus_link_reset(struct bus_link *link, const char *why)
{
    link_enter(link);
    link_drop(link, why);
    link_leave(link);
}

/* ---- reading ---- */

static void link_answer(struct bus_link *link, const struct bus_reply *reply)
{
    if (link->expects.count > 0) {
        struct expect e = expects_pop(&link->expects);
        if (e.fn)
            e.fn(e.arg, 0, reply);
    } else if (link->events->push && link->state == LINK_UP) {
        link->events->push(link->arg, reply);
    } else {
        link_drop(link, "an answer nobody asked for");
    }
}

/* A callback may drop or destroy the link: the reader is gone then. */
static void link_parse(struct bus_link *link)
{
    while (link->reader) {
        void *reply = NULL;
        if (redisReaderGetReply(link->reader, &reply) != REDIS_OK) {
            link_drop(link, link->reader->errstr);
            return;
        }
        if (!reply)
            break;
        link_answer(link, reply);
        bus_reply_free(reply);
    }
    if (link->reader && link->reader->len - link->reader->pos > MAX_UNPARSED)
        link_drop(link, "answer too large");
}

static void link_read(struct bus_link *link)
{
    char gulp[GULP];
    for (int i = 0; i < GULPS_A_TURN && link->reader; i++) {
        ssize_t n = read(link->fd, gulp, sizeof gulp);
        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (n <= 0) {
            link_drop(link, n < 0 ? strerror(errno) : "closed by the other end");
            return;
        }
        link->read_at = clock_mono_ms();
        if (redisReaderFeed(link->reader, gulp, (size_t)n) != REDIS_OK) {
            link_drop(link, "out of memory for an answer");
            return;
        }
        link_parse(link);
        if ((size_t)n < sizeof gulp)
            return;
    }
}

/* ---- writing ---- */

static void on_socket(uv_poll_t *handle, int status, int events);

static void link_flush(struct bus_link *link)
{
    while (link->sent < link->out.n) {
        ssize_t n = write(link->fd, link->out.p + link->sent, link->out.n - link->sent);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno == EAGAIN) {
            link->want_write = true;
            uv_poll_start(&link->watch->handle, UV_READABLE | UV_WRITABLE, on_socket);
            return;
        }
        if (n < 0) {
            link_drop(link, strerror(errno));
            return;
        }
        link->sent += (size_t)n;
    }
    link->sent = 0;
    if (link->out.cap > KEEP_BUFFER) {
        buf_fini(&link->out);
        link->out = (struct buf){0};
    } else {
        buf_reset(&link->out);
    }
    if (link->want_write)
        uv_poll_start(&link->watch->handle, UV_READABLE, on_socket);
    link->want_write = false;
}

static void on_turn_end(void *arg)
{
    struct bus_link *link = arg;
    if (link->out.n == 0 || link->want_write)
        return;
    link_enter(link);
    link_flush(link);
    link_leave(link);
}

static void link_encode(struct bus_link *link, size_t argc, const struct str *argv)
{
    /* What the kernel has taken makes room, once it is the larger part. */
    if (link->sent > GULP && link->sent > link->out.n / 2) {
        memmove(link->out.p, link->out.p + link->sent, link->out.n - link->sent);
        link->out.n -= link->sent;
        link->sent = 0;
    }
    buf_char(&link->out, '*');
    buf_i64(&link->out, (int64_t)argc);
    for (size_t i = 0; i < argc; i++) {
        buf_cstr(&link->out, "\r\n$");
        buf_i64(&link->out, (int64_t)argv[i].n);
        buf_cstr(&link->out, "\r\n");
        buf_str(&link->out, argv[i]);
    }
    buf_cstr(&link->out, "\r\n");
}

static void link_command(struct bus_link *link, unsigned timeout_ms, bus_reply_fn *fn, void *arg, size_t argc,
                         const struct str *argv)
{
    link_encode(link, argc, argv);
    expects_push(&link->expects, (struct expect){fn, arg, clock_mono_ms() + timeout_ms});
}

int bus_link_send(struct bus_link *link, unsigned timeout_ms, bus_reply_fn *fn, void *arg, size_t argc,
                  const struct str *argv)
{
    if (link->state != LINK_UP)
        return ERR_UNAVAILABLE;
    if (link->config.max_in_flight > 0 && link->expects.count >= link->config.max_in_flight)
        return ERR_BUSY;
    if (link->config.max_queued > 0 && link->out.n - link->sent >= link->config.max_queued)
        return ERR_BUSY;
    link_command(link, timeout_ms, fn, arg, argc, argv);
    return 0;
}

void bus_link_cast(struct bus_link *link, size_t argc, const struct str *argv)
{
    if (link->state == LINK_UP)
        link_encode(link, argc, argv);
}

/* ---- connecting ---- */

static void on_greeted(void *arg, int err, const struct bus_reply *reply)
{
    struct bus_link *link = arg;
    if (err || link->state != LINK_GREETING)
        return;
    if (bus_type(reply) == BUS_ERROR) {
        struct str text = bus_str(reply);
        /* A Redis that is reading its disk after a start is a matter of waiting; the rest is configuration. */
        if (str_starts(text, STR("LOADING")))
            log_info(&link->log, "redis is loading", "");
        else if (link->failures == 0)
            log_error(&link->log, "redis refused the login", "reply=%.*s", (int)text.n, text.p);
        link_drop(link, "login refused");
        return;
    }
    if (link->expects.count > 0)
        return;
    link->state = LINK_UP;
    if (link->failures > 0)
        log_info(&link->log, "redis is back", "after=%u", link->failures);
    link->failures = 0;
    link->events->up(link->arg);
}

/* PING comes last: it is what a loading Redis refuses. */
static void link_greet(struct bus_link *link)
{
    const struct bus_address *a = link->config.address;
    char db[24];
    struct str auth[3] = {STR("AUTH")};
    size_t n = 1;
    if (a->user)
        auth[n++] = str_of(a->user);
    if (a->password) {
        auth[n++] = str_of(a->password);
        link_command(link, CONNECT_MS, on_greeted, link, n, auth);
    }
    snprintf(db, sizeof db, "%lld", (long long)a->db);
    if (a->db > 0)
        link_command(link, CONNECT_MS, on_greeted, link, 2, (struct str[]){STR("SELECT"), str_of(db)});
    link_command(link, CONNECT_MS, on_greeted, link, 3,
                 (struct str[]){STR("CLIENT"), STR("SETNAME"), str_of(link->name)});
    link_command(link, CONNECT_MS, on_greeted, link, 1, (struct str[]){STR("PING")});
}

static void on_socket(uv_poll_t *handle, int status, int events)
{
    struct watch *watch = handle->data;
    struct bus_link *link = watch->link;
    link_enter(link);
    /* An error of the socket comes as a bad status; reading it tells which. */
    if (status < 0 || (events & UV_READABLE))
        link_read(link);
    if (status < 0 && link->watch == watch)
        link_drop(link, uv_strerror(status));
    if ((events & UV_WRITABLE) && link->watch == watch)
        link_flush(link);
    link_leave(link);
}

static void on_dialled(void *arg, int fd, const char *why)
{
    struct bus_link *link = arg;
    link_enter(link);
    if (fd < 0) {
        link_drop(link, why);
        goto out;
    }
    struct watch *watch = xcalloc(1, sizeof *watch);
    int err = uv_poll_init(loop_uv(link->loop), &watch->handle, fd);
    if (err) {
        free(watch);
        close(fd);
        link_drop(link, uv_strerror(err));
        goto out;
    }
    watch->link = link;
    watch->handle.data = watch;
    link->watch = watch;
    link->fd = fd;
    link->reader = bus_reply_reader();
    if (!link->reader) {
        link_drop(link, "out of memory");
        goto out;
    }
    link->reader->maxbuf = KEEP_BUFFER;
    link->state = LINK_GREETING;
    link->read_at = link->asked_at = clock_mono_ms();
    link_greet(link);
    uv_poll_start(&watch->handle, UV_READABLE, on_socket);
out:
    link_leave(link);
}

static void on_retry(void *arg)
{
    struct bus_link *link = arg;
    const char *why = NULL;
    link_enter(link);
    link->state = LINK_DIALLING;
    link->deadline = clock_mono_ms() + CONNECT_MS;
    if (bus_dial_start(link->dial, &why))
        link_drop(link, why);
    link_leave(link);
}

/* Ask a silent other end whether it is there. Any byte since the question is an answer: what Redis sends comes in
 * order, and the answer may stand behind a long backlog. */
static void link_watch(struct bus_link *link, int64_t now)
{
    if (now - link->asked_at < WATCH_MS)
        return;
    if (link->read_at < link->asked_at) {
        link_drop(link, "silent");
        return;
    }
    link->asked_at = now;
    bus_link_cast(link, 1, (struct str[]){STR("PING")});
}

static void on_tick(void *arg)
{
    struct bus_link *link = arg;
    int64_t now = clock_mono_ms();
    link_enter(link);
    if ((link->state == LINK_DIALLING || link->state == LINK_GREETING) && now >= link->deadline)
        link_drop(link, "no connection in time");
    else if (link->state == LINK_UP && link->expects.count > 0 && now >= expects_deadline(&link->expects))
        link_drop(link, "no answer in time");
    else if (link->state == LINK_UP && link->config.watch)
        link_watch(link, now);
    link_leave(link);
}

void bus_link_create(struct bus_link **link_r, struct loop *loop, const struct bus_link_config *config,
                     const struct bus_link_events *events, void *arg)
{
    struct bus_link *link = xcalloc(1, sizeof *link);
    link->loop = loop;
    link->config = *config;
    link->name = xstrdup(config->name);
    link->events = events;
    link->arg = arg;
    link->fd = -1;
    link->state = LINK_WAITING;
    snprintf(link->log_pairs, sizeof link->log_pairs, "link=%s", config->name);
    link->log.pairs = link->log_pairs;
    bus_dial_create(&link->dial, loop, config->address, on_dialled, link);
    timer_make(&link->retry, loop, on_retry, link);
    timer_make(&link->tick, loop, on_tick, link);
    link->flush = loop_after_io(loop, on_turn_end, link);
    timer_start(link->retry, 0, 0);
    timer_start(link->tick, TICK_MS, TICK_MS);
    *link_r = link;
}

void bus_link_close(struct bus_link *link)
{
    if (link->state == LINK_CLOSED)
        return;
    struct expects due = link->expects;
    link->expects = (struct expects){0};
    link->state = LINK_CLOSED;
    link_hang_up(link);
    bus_dial_destroy(&link->dial);
    timer_destroy(&link->retry);
    timer_destroy(&link->tick);
    loop_unhook(&link->flush);
    expects_fail(&due);
}

void bus_link_destroy(struct bus_link **link_p)
{
    struct bus_link *link = *link_p;
    if (!link)
        return;
    link_enter(link);
    bus_link_close(link);
    link->destroyed = true;
    link_leave(link);
    *link_p = NULL;
}

bool bus_link_up(const struct bus_link *link)
{
    return link->state == LINK_UP;
}

size_t bus_link_in_flight(const struct bus_link *link)
{
    return link->expects.count;
}
