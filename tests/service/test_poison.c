/* A message that kills whoever tries to store it is given up after a bounded number of tries; the rest goes on. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "failpoints.h"
#include "http_client.h"
#include "person.h"
#include "redis_server.h"
#include "stack.h"
#include "ws_client.h"

enum { DEADLINE_MS = 120000, DEATHS_MAX = 8 };

static struct stack *stack;
static struct failpoints points;
static struct person alice, bob;
static char *room;
static int deaths;

/* The value of a counter of msg-svc since its last start. */
static int counted(const char *metric)
{
    struct http_answer a = http_ask(stack_admin_port(stack, "msg-svc-0"), "GET", "/metrics", NULL, NULL);
    const char *at = buf_c(&a.body);
    int value = -1;
    while (at != NULL && strncmp(at, metric, strlen(metric)) != 0) {
        at = strchr(at, '\n');
        at = at != NULL ? at + 1 : NULL;
    }
    if (at != NULL)
        value = atoi(at + strlen(metric));
    http_answer_fini(&a);
    return value;
}

static void send_as(struct ws_client *ws, const char *cmid, int cseq)
{
    ws_client_send(ws, "{\"t\":\"send\",\"cmid\":\"%s\",\"cseq\":%d,\"room\":\"%s\",\"body\":\"message %d\"}", cmid,
                   cseq, room, cseq);
}

/* What the supervisor does, and the message is as deadly as before. */
static void supervise(const char *poison)
{
    char name[64];
    snprintf(name, sizeof name, "msg.entry.%s", poison);
    if (stack_alive(stack, "msg-svc-0"))
        return;
    deaths++;
    cr_assert_leq(deaths, DEATHS_MAX, "the message kills on and on");
    failpoints_arm(&points, name, "kill");
    stack_restart(stack, "msg-svc-0");
}

/* Until this cmid is answered: the answer, and everything else is thrown away. */
static struct jval *answer_to(struct ws_client *ws, const char *cmid, const char *poison)
{
    int64_t deadline = clock_mono_ms() + DEADLINE_MS;
    while (clock_mono_ms() < deadline) {
        struct str type = {"", 0}, of = {"", 0};
        struct jval *v = ws_client_next(ws, 20);
        supervise(poison);
        jval_get_str(v, "t", &type);
        if ((str_is(type, "ack") || str_is(type, "nack")) && jval_get_str(v, "cmid", &of) && str_is(of, cmid))
            return v;
        jval_free(v);
    }
    cr_assert_fail("no answer to %s after %d deaths", cmid, deaths);
    return NULL;
}

static void expect_answer(struct ws_client *ws, const char *cmid, const char *poison, const char *type)
{
    struct str is = {"", 0};
    struct jval *v = answer_to(ws, cmid, poison);
    cr_expect(jval_get_str(v, "t", &is) && str_is(is, type), "%s: %.*s", cmid, (int)is.n, is.p);
    jval_free(v);
}

static bool is_counted(void *arg)
{
    (void)arg;
    return counted("parley_msg_dead_letters_total ") == 1;
}

static bool was_tried_often(void *arg)
{
    (void)arg;
    char *n = stack_sql(stack, "SELECT last_value FROM tried");
    bool often = atoi(n) >= 5;
    free(n);
    return often;
}

static bool is_stored(void *arg)
{
    (void)arg;
    char *n = stack_sql(stack, "SELECT count(*) FROM chat.events WHERE body = 'patient'");
    bool stored = atoi(n) == 1;
    free(n);
    return stored;
}

/* The room everyone is in, shard 1. It has been tried three times: with two claims more it would be given up. */
Test(poison, a_newcomer_who_cannot_be_welcomed_loses_no_message, .timeout = 120)
{
    stack = stack_start(&(struct stack_options){.gateways = 1});
    alice = person_register(stack_port(stack, 0), "alice");
    free(stack_sql(stack, "CREATE SEQUENCE tried; CREATE FUNCTION refuse() RETURNS trigger SECURITY DEFINER AS "
                          "$$BEGIN PERFORM nextval('public.tried'); RAISE EXCEPTION 'not now'; END$$ LANGUAGE plpgsql; "
                          "CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OF welcomed ON chat.users FOR EACH ROW "
                          "EXECUTE FUNCTION refuse()"));
    char command[256], *cmid = new_cmid();
    free(redis_server_command(stack_redis(stack), "HSET tries:{1} 9999999999999-1 3"));
    snprintf(command, sizeof command,
             "XADD ingest:{1} 9999999999999-1 k send f inbox:{none} r R1 u %s m 1 n %s b patient", alice.id, cmid);
    free(redis_server_command(stack_redis(stack), command));
    cr_assert(stack_until(was_tried_often, NULL, DEADLINE_MS));
    free(stack_sql(stack, "DROP TRIGGER refuse ON chat.users"));
    cr_expect(stack_until(is_stored, NULL, DEADLINE_MS), "it was given up");
    char *letters = stack_sql(stack, "SELECT count(*) FROM chat.dead_letters");
    cr_expect_str_eq(letters, "0");
    free(letters);
    free(cmid);
    person_fini(&alice);
    stack_stop(&stack);
}

Test(poison, a_message_that_kills_its_owner_each_time_is_given_up_and_the_shard_goes_on, .timeout = 300)
{
    failpoints_init(&points);
    const char *const env[] = {points.env, NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .env = env});
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 0), "bob");
    room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "phone"),
                     *b = ws_client_login(stack_port(stack, 0), bob.token, "phone");
    char *before = new_cmid(), *poison = new_cmid(), *behind = new_cmid(), *others = new_cmid(), name[64];

    send_as(a, before, 1);
    expect_answer(a, before, poison, "ack");
    snprintf(name, sizeof name, "msg.entry.%s", poison);
    failpoints_arm(&points, name, "kill");
    send_as(a, poison, 2);
    send_as(a, behind, 3);
    send_as(b, others, 1);
    struct jval *nack = answer_to(a, poison, poison);
    struct str type = {"", 0}, code = {"", 0};
    cr_expect(jval_get_str(nack, "t", &type) && str_is(type, "nack"));
    cr_expect(jval_get_str(nack, "code", &code) && str_is(code, "internal"));
    cr_expect_null(jval_get(nack, "retry_ms"), "it is final");
    jval_free(nack);
    cr_expect_geq(deaths, 4, "given up after %d deaths", deaths);
    expect_answer(a, behind, poison, "ack");
    expect_answer(b, others, poison, "ack");
    cr_expect(failpoints_armed(&points, name), "it was tried once more");

    /* What was given up is kept for people to look at; nobody else's message is. */
    char *letters = stack_sql(stack, "SELECT string_agg(fields ->> 'n', ',') FROM chat.dead_letters");
    cr_expect_str_eq(letters, poison);
    char *log =
        stack_sql(stack, "SELECT count(*) || ' ' || count(DISTINCT cmid) FROM chat.events WHERE type = 'message'");
    cr_expect_str_eq(log, "3 3");
    cr_expect(stack_until(is_counted, NULL, 10000), "the metric does not tell");
    free(letters);
    free(log);
    ws_client_close(&a);
    ws_client_close(&b);
    free(before);
    free(poison);
    free(behind);
    free(others);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
    failpoints_fini(&points);
}
