/* While nobody stores, a few messages wait and more are refused at once, to be sent again; then everything is stored.
 */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 60000, PEOPLE = 5, EACH = 30 };

static struct stack *stack;

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .env = env});
}

static void stop(void)
{
    stack_stop(&stack);
}

TestSuite(backlog, .init = start, .fini = stop, .timeout = 300);

static void say(struct ws_client *c, const char *room, const char *cmid)
{
    cr_assert(ws_client_send(c, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"x\"}", cmid, room));
}

/* True: acked. False: refused for now, and told when to come back. */
static bool answered(struct ws_client *c, const char *cmid)
{
    for (;;) {
        struct jval *v = ws_client_next(c, WAIT_MS);
        struct str t = {"", 0}, about = {"", 0}, code = {"", 0};
        int64_t retry_ms = 0;
        cr_assert_not_null(v, "no answer");
        jval_get_str(v, "t", &t);
        jval_get_str(v, "cmid", &about);
        jval_get_str(v, "code", &code);
        bool acked = str_is(t, "ack") && str_is(about, cmid), nacked = str_is(t, "nack") && str_is(about, cmid);
        cr_expect(!nacked || (str_is(code, "busy") && jval_get_int(v, "retry_ms", &retry_ms) && retry_ms >= 1000));
        jval_free(v);
        if (acked || nacked)
            return acked;
    }
}

Test(backlog, that_has_waited_for_long_takes_no_more_until_it_is_stored)
{
    int port = stack_port(stack, 0);
    struct person people[PEOPLE];
    struct ws_client *at[PEOPLE];
    char *room = NULL, *cmids[PEOPLE][EACH], *late = new_cmid();
    for (int i = 0; i < PEOPLE; i++) {
        char name[32];
        snprintf(name, sizeof name, "person%d", i);
        people[i] = person_register(port, name);
        if (i == 0)
            room = room_create(port, &people[0], "hall", "public");
        else
            room_join(port, &people[i], room);
        cr_assert(at[i] = ws_client_login(port, people[i].token, "d"));
    }
    stack_signal(stack, "msg-svc-0", SIGSTOP);
    for (int i = 0; i < PEOPLE; i++)
        for (int k = 0; k < EACH; k++)
            say(at[i], room, cmids[i][k] = new_cmid());
    /* Until one is refused, which takes five seconds; each tries again under the same cmid. */
    int64_t from = clock_mono_ms(), until = from + WAIT_MS;
    struct jval *nack = NULL;
    while (!nack && clock_mono_ms() < until) {
        say(at[0], room, late);
        nack = ws_client_wait(at[0], "nack", 500);
    }
    cr_assert_not_null(nack, "what has waited for long is not refused");
    cr_expect_gt(clock_mono_ms() - from, 4000, "refused although nothing has waited for long");
    jval_free(nack);
    stack_signal(stack, "msg-svc-0", SIGCONT);
    for (int i = 1; i < PEOPLE; i++)
        for (int k = 0; k < EACH; k++)
            cr_expect(answered(at[i], cmids[i][k]), "what was taken is stored");
    bool stored = false;
    while (!stored && clock_mono_ms() < until) {
        say(at[0], room, late);
        stored = answered(at[0], late);
    }
    cr_expect(stored, "the shard takes no more although everything is stored");
    for (int i = 0; i < PEOPLE; i++) {
        for (int k = 0; k < EACH; k++)
            free(cmids[i][k]);
        ws_client_close(&at[i]);
        person_fini(&people[i]);
    }
    free(late);
    free(room);
}
