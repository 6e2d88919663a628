/* Who is there: over all devices, across gateways, also when a gateway dies. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000, DEAD_GATEWAY_MS = 30000 };

static struct stack *stack;
static struct person alice, bob;

static void start(void)
{
    stack = stack_start(NULL);
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 1), "bob");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(presence, .init = start, .fini = stop, .timeout = 240);

struct expected {
    const struct person *asker, *whom;
    const char *state;
};

/* What GET /presence says of `whom`. */
static bool is_state(void *arg)
{
    struct expected *e = arg;
    char path[64];
    snprintf(path, sizeof path, "/presence?users=%s", e->whom->id);
    struct http_answer a = api(stack_port(stack, 0), e->asker->token, "GET", path, NULL);
    struct str state = {"", 0};
    bool good = jval_get_str(jval_at(jval_get(a.json, "users"), 0), "state", &state) && str_is(state, e->state);
    http_answer_fini(&a);
    return good;
}

/* Wait for a presence frame that says this. */
static bool told(struct ws_client *c, const struct person *whom, const char *state, int timeout_ms)
{
    bool found = false;
    struct jval *v;
    while (!found && (v = ws_client_wait(c, "presence", timeout_ms))) {
        const struct jval *users = jval_get(v, "users");
        for (size_t i = 0; i < jval_count(users); i++) {
            struct str user = {"", 0}, s = {"", 0};
            jval_get_str(jval_at(users, i), "user", &user);
            jval_get_str(jval_at(users, i), "state", &s);
            found |= str_is(user, whom->id) && str_is(s, state);
        }
        jval_free(v);
    }
    return found;
}

Test(presence, comes_goes_and_is_told_across_gateways)
{
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    cr_expect(told(a, &bob, "online", WAIT_MS));
    cr_expect(stack_until(is_state, &(struct expected){&alice, &bob, "online"}, WAIT_MS));
    ws_client_send(b, "{\"t\":\"presence\",\"state\":\"away\"}");
    cr_expect(told(a, &bob, "away", WAIT_MS));
    struct ws_client *phone = ws_client_login(stack_port(stack, 0), bob.token, "phone");
    cr_expect(told(a, &bob, "online", WAIT_MS), "one device in use is online");
    ws_client_close(&phone);
    cr_expect(told(a, &bob, "away", WAIT_MS));
    ws_client_close(&b);
    cr_expect(told(a, &bob, "offline", WAIT_MS));
    char path[64];
    snprintf(path, sizeof path, "/presence?users=%s", bob.id);
    struct http_answer seen = api(stack_port(stack, 0), alice.token, "GET", path, NULL);
    int64_t at = 0;
    cr_expect(jval_get_int(jval_at(jval_get(seen.json, "users"), 0), "last_seen", &at) && at > 0, "%s",
              buf_c(&seen.body));
    http_answer_fini(&seen);
    ws_client_close(&a);
}

Test(presence, a_gateway_that_dies_takes_its_people_offline)
{
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    cr_assert(stack_until(is_state, &(struct expected){&alice, &bob, "online"}, WAIT_MS));
    stack_kill(stack, "gateway-1", SIGKILL);
    cr_expect(stack_until(is_state, &(struct expected){&alice, &bob, "offline"}, DEAD_GATEWAY_MS));
    cr_expect(told(a, &bob, "offline", WAIT_MS));
    ws_client_close(&a);
    ws_client_close(&b);
}

Test(presence, its_service_may_be_away_and_messages_flow)
{
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    stack_kill(stack, "presence-svc-0", SIGKILL);
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    cr_assert_not_null(b, "nobody can connect without presence-svc");
    room_post(stack_port(stack, 0), &alice, room, "still here");
    struct jval *e = ws_client_wait(b, "event", WAIT_MS);
    cr_expect_not_null(e);
    jval_free(e);
    stack_restart(stack, "presence-svc-0");
    stack_wait_ready(stack, "presence-svc-0");
    ws_client_close(&b);
    b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    cr_expect(stack_until(is_state, &(struct expected){&alice, &bob, "online"}, WAIT_MS));
    ws_client_close(&b);
    free(room);
}
