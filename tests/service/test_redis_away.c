/* Redis or PostgreSQL stands still or is gone: every connection goes on being answered, what was acked stays, nobody
 * hammers at the door, and all goes on by itself when it is back. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "clock.h"
#include "person.h"
#include "postgres_server.h"
#include "redis_server.h"
#include "stack.h"
#include "ws_client.h"

enum {
    PEOPLE = 6,
    WAIT_MS = 20000,
    AWAY_MS = 20000,
    PONG_MS = 1000,
    BACK_MS = 10000, /* from its return until a send succeeds */
    TRIES = 10,      /* to connect, of one process in a second */
    MAX_ACKED = 4096,
    MORE_BYTES = 48 << 20 /* that a process may hold more than before: a sanitizer frees late */
};

static const char *const programs[] = {"gateway-0", "gateway-1", "auth-svc-0", "msg-svc-0", "presence-svc-0"};
enum { PROGRAMS = sizeof programs / sizeof *programs };

struct member {
    struct person who;
    struct ws_client *ws;
    int64_t ping_ms, worst_ms; /* sent at; 0: answered */
    int n;
};

static struct stack *stack;
static struct member members[PEOPLE];
static char *room;
static int64_t acked[MAX_ACKED]; /* seqs */
static int acked_n, nacked_n;

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    for (int i = 0; i < PEOPLE; i++) {
        char name[32];
        snprintf(name, sizeof name, "person%d", i);
        members[i].who = person_register(stack_port(stack, 0), name);
        if (i == 0)
            room = room_create(stack_port(stack, 0), &members[0].who, "all", "public");
        else
            room_join(stack_port(stack, 0), &members[i].who, room);
        members[i].ws = ws_client_login(stack_port(stack, i % 2), members[i].who.token, "d");
        cr_assert_not_null(members[i].ws);
    }
}

static void stop(void)
{
    for (int i = 0; i < PEOPLE; i++) {
        ws_client_close(&members[i].ws);
        person_fini(&members[i].who);
    }
    free(room);
    stack_stop(&stack);
}

TestSuite(away, .init = start, .fini = stop, .timeout = 240);

/* ---- what people do ---- */

static void send_one(struct member *m)
{
    char *cmid = new_cmid();
    ws_client_send(m->ws, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"hello\"}", cmid, room);
    free(cmid);
}

static void take(struct member *m, const struct jval *v)
{
    struct str t = {0};
    int64_t n = 0;
    jval_get_str(v, "t", &t);
    if (str_is(t, "pong") && jval_get_int(v, "n", &n) && n == m->n && m->ping_ms) {
        int64_t took = clock_mono_ms() - m->ping_ms;
        m->worst_ms = took > m->worst_ms ? took : m->worst_ms;
        m->ping_ms = 0;
    } else if (str_is(t, "ack") && acked_n < MAX_ACKED && jval_get_int(v, "seq", &n)) {
        acked[acked_n++] = n;
    } else if (str_is(t, "nack")) {
        nacked_n++;
    }
}

/* A round: all ping, the first sends, everybody reads what is there. */
static void live_a_little(void)
{
    static int rounds;
    if (rounds++ % 5 == 0)
        send_one(&members[0]);
    for (int i = 0; i < PEOPLE; i++) {
        struct member *m = &members[i];
        if (!m->ping_ms) {
            m->ping_ms = clock_mono_ms();
            ws_client_send(m->ws, "{\"t\":\"ping\",\"n\":%d}", ++m->n);
        }
        for (struct jval *v = ws_client_next(m->ws, 5); v; v = ws_client_next(m->ws, 0)) {
            take(m, v);
            jval_free(v);
        }
        cr_assert_lt(m->ping_ms ? clock_mono_ms() - m->ping_ms : 0, WAIT_MS, "no pong any more");
    }
    poll(NULL, 0, 20);
}

static void live_for(int64_t ms)
{
    for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end;)
        live_a_little();
}

/* Until a message sent from now on is acked. */
static void expect_sends_succeed_soon(void)
{
    int64_t began = clock_mono_ms();
    int had = acked_n;
    while (acked_n == had && clock_mono_ms() - began < WAIT_MS)
        live_a_little();
    cr_expect_leq(clock_mono_ms() - began, BACK_MS, "sends go on after %lld ms", (long long)(clock_mono_ms() - began));
}

static void expect_everybody_was_answered(void)
{
    for (int i = 0; i < PEOPLE; i++) {
        cr_expect_leq(members[i].worst_ms, PONG_MS, "a pong came after %lld ms", (long long)members[i].worst_ms);
        cr_expect_gt(members[i].n, 10);
    }
}

/* Each acked seq is a row. */
static void expect_nothing_acked_is_lost(void)
{
    cr_expect_gt(acked_n, 0);
    for (int i = 0; i < acked_n; i++) {
        char sql[160];
        snprintf(sql, sizeof sql, "SELECT count(*) FROM chat.events WHERE room_id = %s AND seq = %lld", room,
                 (long long)acked[i]);
        char *n = stack_sql(stack, sql);
        cr_assert_str_eq(n, "1", "seq %lld is lost", (long long)acked[i]);
        free(n);
    }
}

/* ---- what it costs ---- */

struct cost {
    int64_t bytes[PROGRAMS], files[PROGRAMS];
};

static struct cost cost_now(void)
{
    struct cost c;
    for (int i = 0; i < PROGRAMS; i++) {
        c.bytes[i] = stack_metric(stack, programs[i], "process_resident_memory_bytes");
        c.files[i] = stack_metric(stack, programs[i], "process_open_fds");
    }
    return c;
}

static bool files_are_back(void *arg)
{
    const struct cost *before = arg;
    struct cost now = cost_now();
    for (int i = 0; i < PROGRAMS; i++)
        if (now.files[i] > before->files[i] + 2)
            return false;
    return true;
}

static void expect_cost_is_back(struct cost *before)
{
    cr_expect(stack_until(files_are_back, before, WAIT_MS), "files stay open");
    struct cost now = cost_now();
    for (int i = 0; i < PROGRAMS; i++)
        cr_expect_leq(now.bytes[i], before->bytes[i] + MORE_BYTES, "%s holds %lld bytes more", programs[i],
                      (long long)(now.bytes[i] - before->bytes[i]));
}

/* A door that nobody opens: counts who comes to a dead server's port, sends each away, while people live on. */
static int knocks(int port, int64_t ms)
{
    int door = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1, count = 0;
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(door, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    cr_assert_eq(bind(door, (struct sockaddr *)&a, sizeof a), 0);
    cr_assert_eq(listen(door, 128), 0);
    for (int64_t end = clock_mono_ms() + ms; clock_mono_ms() < end;) {
        live_a_little();
        for (int fd = accept(door, NULL, NULL); fd >= 0; fd = accept(door, NULL, NULL)) {
            count++;
            close(fd);
        }
    }
    close(door);
    return count;
}

/* ---- the faults ---- */

Test(away, redis_stands_still_for_twenty_seconds)
{
    live_for(2000);
    struct cost before = cost_now();
    pid_t redis = redis_server_pid(stack_redis(stack));
    kill(redis, SIGSTOP);
    live_for(AWAY_MS);
    kill(redis, SIGCONT);
    expect_sends_succeed_soon();
    expect_everybody_was_answered();
    cr_expect_gt(nacked_n, 0, "who sends while it is away is told to try later");
    live_for(3000);
    expect_nothing_acked_is_lost();
    expect_cost_is_back(&before);
}

Test(away, redis_is_killed_and_comes_back_empty)
{
    live_for(2000);
    struct cost before = cost_now();
    int port = redis_server_port(stack_redis(stack));
    redis_server_kill(stack_redis(stack), SIGKILL);
    int count = knocks(port, 5000);
    cr_expect_gt(count, 0);
    cr_expect_leq(count, 5 * TRIES * PROGRAMS, "%d tries in 5 s of %d processes", count, PROGRAMS);
    redis_server_restart(stack_redis(stack));
    expect_sends_succeed_soon();
    expect_everybody_was_answered();
    live_for(3000);
    expect_nothing_acked_is_lost();
    expect_cost_is_back(&before);
}

Test(away, postgres_is_killed_and_comes_back)
{
    enum { ASKERS = 2 }; /* auth-svc and msg-svc */
    live_for(2000);
    struct cost before = cost_now();
    int port = postgres_server_port(stack_postgres(stack));
    postgres_server_kill(stack_postgres(stack), SIGINT);
    int count = knocks(port, 5000);
    cr_expect_gt(count, 0);
    cr_expect_leq(count, 5 * TRIES * ASKERS, "%d tries in 5 s of %d processes", count, ASKERS);
    postgres_server_restart(stack_postgres(stack));
    expect_sends_succeed_soon();
    expect_everybody_was_answered();
    live_for(3000);
    expect_nothing_acked_is_lost();
    expect_cost_is_back(&before);
}

static bool is_in_the_stream(void *arg)
{
    (void)arg;
    char command[64];
    snprintf(command, sizeof command, "XLEN ingest:{%d}", atoi(room) % 16);
    char *n = redis_server_command(stack_redis(stack), command);
    bool is = n != NULL && strcmp(n, "1") == 0;
    free(n);
    return is;
}

static int asked_again(struct member *m)
{
    int n = 0;
    for (struct jval *v = ws_client_next(m->ws, 0); v; v = ws_client_next(m->ws, 0)) {
        struct str t = {0};
        jval_get_str(v, "t", &t);
        n += str_is(t, "resend");
        jval_free(v);
    }
    return n;
}

Test(away, who_waits_for_an_answer_is_asked_again_when_a_link_broke)
{
    stack_signal(stack, "msg-svc-0", SIGSTOP);
    send_one(&members[0]);
    cr_assert(stack_until(is_in_the_stream, NULL, WAIT_MS));
    free(redis_server_command(stack_redis(stack), "CLIENT KILL TYPE pubsub"));
    struct jval *v = ws_client_wait(members[0].ws, "resend", WAIT_MS);
    cr_assert_not_null(v, "the author is not asked");
    jval_free(v);
    cr_expect_eq(asked_again(&members[2]), 0, "who sent nothing is asked");
    stack_signal(stack, "msg-svc-0", SIGCONT);
    v = ws_client_wait(members[0].ws, "ack", WAIT_MS);
    cr_assert_not_null(v);
    jval_free(v);
}
