/* The same cmid, however often and from wherever, is one message. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "person.h"
#include "stack.h"
#include "str.h"
#include "ws_client.h"

enum { CLIENTS = 50, WAIT_MS = 30000 };

static struct stack *stack;
static struct person alice;
static char *room;

static void start(void)
{
    static const char *const env[] = {"PARLEY_MAX_PER_USER=200", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    alice = person_register(stack_port(stack, 0), "alice");
    room = room_create(stack_port(stack, 0), &alice, "twice", "public");
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    stack_stop(&stack);
}

TestSuite(idempotence, .init = start, .fini = stop, .timeout = 180);

/* The ack's seq; *dup_r whether it said so. */
static int64_t ack_of(struct ws_client *c, bool *dup_r)
{
    struct jval *ack = ws_client_wait(c, "ack", WAIT_MS);
    cr_assert_not_null(ack, "no ack");
    int64_t seq = 0;
    *dup_r = false;
    cr_assert(jval_get_int(ack, "seq", &seq));
    jval_get_bool(ack, "dup", dup_r);
    jval_free(ack);
    return seq;
}

Test(idempotence, fifty_clients_that_retry_one_cmid_at_once_make_one_message)
{
    struct ws_client *c[CLIENTS];
    char device[32], *cmid = new_cmid();
    for (int i = 0; i < CLIENTS; i++) {
        snprintf(device, sizeof device, "device-%d", i);
        c[i] = ws_client_login(stack_port(stack, i % 2), alice.token, device);
        cr_assert_not_null(c[i]);
    }
    for (int i = 0; i < CLIENTS; i++)
        cr_assert(
            ws_client_send(c[i], "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"once\"}", cmid, room));
    int firsts = 0;
    int64_t seq = 0;
    for (int i = 0; i < CLIENTS; i++) {
        bool dup;
        int64_t got = ack_of(c[i], &dup);
        cr_assert(seq == 0 || got == seq, "two seqs: %lld and %lld", (long long)seq, (long long)got);
        seq = got;
        firsts += !dup;
        ws_client_close(&c[i]);
    }
    cr_expect_eq(firsts, 1, "%d acks said that theirs was the first", firsts);
    char *n = stack_sql(stack, "SELECT count(*) FROM chat.events WHERE body = 'once'");
    cr_expect_str_eq(n, "1");
    free(n);
    free(cmid);
}

Test(idempotence, the_same_cmid_with_another_text_or_room_is_refused)
{
    struct ws_client *c = ws_client_login(stack_port(stack, 0), alice.token, "d");
    char *cmid = new_cmid(), *other = room_create(stack_port(stack, 0), &alice, "other", "public");
    bool dup;
    ws_client_send(c, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"one\"}", cmid, room);
    int64_t seq = ack_of(c, &dup);
    cr_assert(!dup);
    ws_client_send(c, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"two\"}", cmid, room);
    ws_client_send(c, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"one\"}", cmid, other);
    for (int i = 0; i < 2; i++) {
        struct jval *nack = ws_client_wait(c, "nack", WAIT_MS);
        struct str code = {"", 0};
        jval_get_str(nack, "code", &code);
        cr_expect(str_is(code, "idempotency_conflict"), "%.*s", (int)code.n, code.p);
        jval_free(nack);
    }
    ws_client_send(c, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"one\"}", cmid, room);
    cr_expect_eq(ack_of(c, &dup), seq);
    cr_expect(dup);
    ws_client_close(&c);
    free(other);
    free(cmid);
}

Test(idempotence, rest_and_websocket_share_the_cmids_of_a_person)
{
    char *cmid = new_cmid();
    struct buf path = {0};
    buf_printf(&path, "/rooms/%s/messages", room);
    struct http_answer first =
        api(stack_port(stack, 0), alice.token, "POST", buf_c(&path), "{\"cmid\":\"%s\",\"body\":\"x\"}", cmid);
    cr_assert_eq(first.status, 201);
    struct ws_client *c = ws_client_login(stack_port(stack, 1), alice.token, "d");
    ws_client_send(c, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"x\"}", cmid, room);
    bool dup;
    cr_expect_eq(ack_of(c, &dup), answer_int(&first, "seq"));
    cr_expect(dup);
    struct http_answer conflict =
        api(stack_port(stack, 1), alice.token, "POST", buf_c(&path), "{\"cmid\":\"%s\",\"body\":\"y\"}", cmid);
    cr_expect_eq(conflict.status, 409);
    http_answer_fini(&first);
    http_answer_fini(&conflict);
    ws_client_close(&c);
    buf_fini(&path);
    free(cmid);
}
