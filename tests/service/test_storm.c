/* A thousand clients lose their gateway at once and come back as clients do: all are in again within a minute, none is
 * shut out for coming back, and who was elsewhere does not feel it. */
#include <criterion/criterion.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>

#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum {
    PEOPLE = 20,
    EACH = 50,
    CLIENTS = PEOPLE * EACH,
    FILES = CLIENTS + 200,
    WAIT_MS = 20000,
    BACK_MS = 60000,
    WELCOME_MS = 10000, /* a client's own patience */
    BACKOFF_MS = 500,
    BACKOFF_MAX_MS = 30000,
    PING_EVERY_MS = 100,
    PONG_MS = 2000
};

struct client {
    const struct person *who;
    struct ws_client *ws; /* NULL: away, until `at_ms` */
    int64_t at_ms;        /* of the next try; of this try's end */
    unsigned tries;
    bool welcome;
};

static struct stack *stack;
static struct person people[PEOPLE];
static struct client clients[CLIENTS];
static int refused;

static void start(void)
{
    /* A thousand people do not share one address, these do: its limits are out of the way, those in all are not. */
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", "PARLEY_MAX_PER_ADDRESS=5000", NULL};
    struct rlimit files = {0};
    getrlimit(RLIMIT_NOFILE, &files);
    cr_assert_geq(files.rlim_max, FILES, "the machine's file limit is too low for this test");
    files.rlim_cur = files.rlim_max < 65536 ? files.rlim_max : 65536;
    setrlimit(RLIMIT_NOFILE, &files);
    stack = stack_start(&(struct stack_options){.env = env});
    for (int i = 0; i < PEOPLE; i++) {
        char name[32];
        snprintf(name, sizeof name, "person%d", i);
        people[i] = person_register(stack_port(stack, 0), name);
    }
}

static void stop(void)
{
    for (int i = 0; i < CLIENTS; i++)
        if (clients[i].ws)
            ws_client_close(&clients[i].ws);
    for (int i = 0; i < PEOPLE; i++)
        person_fini(&people[i]);
    stack_stop(&stack);
}

TestSuite(storm, .init = start, .fini = stop, .timeout = 240);

static uint32_t chance(uint32_t n)
{
    uint32_t r = 0;
    cr_assert_eq(getrandom(&r, sizeof r, 0), (ssize_t)sizeof r);
    return r % n;
}

/* Full jitter over a span that doubles with each try. */
static void wait_again(struct client *c, int64_t now)
{
    uint32_t span = BACKOFF_MS;
    for (unsigned i = 0; i < c->tries && span < BACKOFF_MAX_MS; i++)
        span *= 2;
    if (c->ws)
        ws_client_close(&c->ws);
    c->tries++;
    c->at_ms = now + chance(span < BACKOFF_MAX_MS ? span : BACKOFF_MAX_MS);
}

static void try_one(struct client *c, int64_t now)
{
    c->ws = ws_client_connect(stack_port(stack, (int)chance(2)), NULL, NULL);
    if (!c->ws) {
        wait_again(c, now);
        return;
    }
    ws_client_send(c->ws, "{\"t\":\"hello\",\"v\":1,\"token\":\"%s\",\"device\":\"d-%d\"}", c->who->token,
                   (int)(c - clients));
    c->at_ms = now + WELCOME_MS;
}

static void listen_one(struct client *c, int64_t now)
{
    struct jval *v = ws_client_wait(c->ws, "welcome", 0);
    c->welcome = v != NULL;
    jval_free(v);
    if (c->welcome)
        return;
    int code = ws_client_wait_close(c->ws, 0);
    refused += code == 4009;
    if (code >= 0 || now >= c->at_ms)
        wait_again(c, now);
}

/* One look at everybody; how many are not in. */
static int step(void)
{
    int away = 0;
    for (int i = 0; i < CLIENTS; i++) {
        struct client *c = &clients[i];
        int64_t now = clock_mono_ms();
        if (c->welcome)
            continue;
        away++;
        if (c->ws)
            listen_one(c, now);
        else if (now >= c->at_ms)
            try_one(c, now);
    }
    poll(NULL, 0, 5);
    return away;
}

/* ---- somebody else ---- */

struct bystander {
    struct ws_client *ws;
    atomic_bool over;
    int64_t worst_ms;
    int pongs;
};

static void *ping_on(void *arg)
{
    struct bystander *b = arg;
    while (!atomic_load(&b->over)) {
        int64_t began = clock_mono_ms();
        ws_client_send(b->ws, "{\"t\":\"ping\",\"n\":%d}", b->pongs);
        struct jval *v = ws_client_wait(b->ws, "pong", WAIT_MS);
        if (!v)
            break;
        jval_free(v);
        b->pongs++;
        int64_t took = clock_mono_ms() - began;
        b->worst_ms = took > b->worst_ms ? took : b->worst_ms;
        poll(NULL, 0, PING_EVERY_MS);
    }
    return NULL;
}

/* Over how long those of this gateway are to come back, as a pong tells it. */
static int64_t told_return_ms(struct ws_client *ws)
{
    int64_t ms = -1;
    ws_client_send(ws, "{\"t\":\"ping\",\"n\":1}");
    struct jval *v = ws_client_wait(ws, "pong", WAIT_MS);
    cr_assert_not_null(v);
    cr_expect(jval_get_int(v, "return_ms", &ms));
    jval_free(v);
    return ms;
}

Test(storm, a_thousand_cut_off_at_once_are_back_within_a_minute)
{
    for (int i = 0; i < CLIENTS; i++) {
        clients[i].who = &people[i % PEOPLE];
        clients[i].ws = ws_client_login(stack_port(stack, 0), clients[i].who->token, "first");
        cr_assert_not_null(clients[i].ws, "client %d", i);
    }
    struct person other = person_register(stack_port(stack, 1), "bystander");
    struct bystander b = {.ws = ws_client_login(stack_port(stack, 1), other.token, "b")};
    cr_assert_not_null(b.ws);
    cr_expect_eq(told_return_ms(clients[0].ws), INT64_C(2) * CLIENTS);
    cr_expect_eq(told_return_ms(b.ws), 2);
    pthread_t thread;
    cr_assert_eq(pthread_create(&thread, NULL, ping_on, &b), 0);

    stack_kill(stack, "gateway-0", SIGKILL);
    int64_t began = clock_mono_ms();
    stack_restart(stack, "gateway-0");
    for (int i = 0; i < CLIENTS; i++)
        wait_again(&clients[i], began);
    int away = CLIENTS;
    while ((away = step()) > 0 && clock_mono_ms() - began < BACK_MS)
        ;
    cr_expect_eq(away, 0, "%d are not back after a minute", away);
    cr_expect_eq(refused, 0, "%d were told that they come too often", refused);
    atomic_store(&b.over, true);
    pthread_join(thread, NULL);
    cr_expect_gt(b.pongs, 0);
    cr_expect_leq(b.worst_ms, PONG_MS, "a pong took %lld ms", (long long)b.worst_ms);
    cr_log_info("all back after %lld ms, worst pong %lld ms", (long long)(clock_mono_ms() - began),
                (long long)b.worst_ms);
    ws_client_close(&b.ws);
    person_fini(&other);
}
