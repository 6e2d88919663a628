/* Forwards: a copy says what stood there, by whom, and is made by who can read it only. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob, carol;
static int port;
static char *cabin, *harbour; /* Alice and Bob; all three */

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
    cabin = room_create(port, &alice, "cabin", "private");
    harbour = room_create(port, &alice, "harbour", "public");
    room_join(port, &bob, harbour);
    room_join(port, &carol, harbour);
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/members", cabin);
    struct http_answer a = api(port, alice.token, "POST", path, "{\"user\":\"%s\"}", bob.id);
    cr_assert_eq(a.status, 204);
    http_answer_fini(&a);
}

static void stop(void)
{
    free(cabin);
    free(harbour);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(forward, .init = start, .fini = stop, .timeout = 180);

/* `more` is more members of the request, with a comma before. */
static struct http_answer forward(const struct person *p, const char *to, const char *from, int64_t seq,
                                  const char *more)
{
    char *cmid = new_cmid(), path[64];
    snprintf(path, sizeof path, "/rooms/%s/forwards", to);
    struct http_answer a =
        api(port, p->token, "POST", path, "{\"cmid\":\"%s\",\"from_room\":\"%s\",\"from_seq\":%lld%s}", cmid, from,
            (long long)seq, more);
    free(cmid);
    return a;
}

static int64_t forwarded(const struct person *p, const char *to, const char *from, int64_t seq, const char *more)
{
    struct http_answer a = forward(p, to, from, seq, more);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t at = answer_int(&a, "seq");
    http_answer_fini(&a);
    return at;
}

static void refused(const struct person *p, const char *to, const char *from, int64_t seq, const char *code)
{
    struct http_answer a = forward(p, to, from, seq, "");
    char *said = answer_text(&a, "code");
    cr_expect_str_eq(said, code, "%d %s", a.status, buf_c(&a.body));
    free(said);
    http_answer_fini(&a);
}

/* The message as `p` reads it. */
static struct http_answer read_back(const struct person *p, const char *room, int64_t seq)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    return a;
}

static void expect_copy(const struct person *p, int64_t at, const char *comment, const struct person *author,
                        const char *text)
{
    struct http_answer a = read_back(p, harbour, at);
    const struct jval *copy = jval_get(jval_get(a.json, "data"), "forward");
    struct str said = {"", 0}, sender = {"", 0}, body = {"-", 1};
    jval_get_str(copy, "body", &said);
    jval_get_str(copy, "sender", &sender);
    jval_get_str(a.json, "body", &body);
    cr_expect(str_is(said, text), "%s", buf_c(&a.body));
    cr_expect(str_is(sender, author->id), "%s", buf_c(&a.body));
    cr_expect(str_is(body, comment), "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

static void act(const struct person *p, const char *method, const char *room, int64_t seq, const char *body)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a =
        body ? api(port, p->token, method, path, "%s", body) : api(port, p->token, method, path, NULL);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

Test(forward, who_cannot_read_the_source_reads_the_copy_as_the_server_has_it)
{
    int64_t seq = room_post(port, &alice, cabin, "we sail at six");
    struct ws_client *ear = ws_client_login(stack_port(stack, 1), carol.token, "phone");
    int64_t at = forwarded(&bob, harbour, cabin, seq, ",\"body\":\"so it is said\",\"forward\":{\"body\":\"lies\"}");
    expect_copy(&carol, at, "so it is said", &alice, "we sail at six");
    int64_t heard = 0;
    while (heard != at) {
        struct jval *event = ws_client_wait(ear, "event", WAIT_MS);
        struct str text = {"", 0};
        cr_assert_not_null(event);
        jval_get_int(event, "seq", &heard);
        jval_get_str(jval_get(jval_get(event, "data"), "forward"), "body", &text);
        cr_expect(heard != at || str_is(text, "we sail at six"));
        jval_free(event);
    }
    ws_client_close(&ear);
}

Test(forward, a_stranger_gets_the_same_answer_for_what_is_there_and_what_is_not)
{
    int64_t seq = room_post(port, &alice, cabin, "secret");
    refused(&carol, harbour, cabin, seq, "message_not_found");
    refused(&carol, harbour, cabin, seq + 100, "message_not_found");
    refused(&carol, harbour, "987654", 3, "message_not_found");
    refused(&bob, harbour, cabin, 1, "message_not_found"); /* no message */
    int64_t open = room_post(port, &carol, harbour, "hello");
    refused(&carol, cabin, harbour, open, "room_not_found");
    refused(&carol, "987654", harbour, open, "room_not_found");
    act(&alice, "DELETE", cabin, seq, NULL);
    refused(&bob, harbour, cabin, seq, "message_not_found");
}

Test(forward, a_copy_stays_as_it_was_made_and_goes_with_the_message_that_carries_it)
{
    int64_t seq = room_post(port, &alice, cabin, "as first said");
    act(&alice, "PATCH", cabin, seq, "{\"body\":\"as it reads now\"}");
    int64_t at = forwarded(&bob, harbour, cabin, seq, "");
    act(&alice, "PATCH", cabin, seq, "{\"body\":\"later\"}");
    act(&alice, "DELETE", cabin, seq, NULL);
    expect_copy(&carol, at, "", &alice, "as it reads now");
    int64_t second = forwarded(&carol, harbour, harbour, at, "");
    expect_copy(&alice, second, "", &alice, "as it reads now");
    act(&bob, "DELETE", harbour, at, NULL);
    struct http_answer a = read_back(&carol, harbour, at);
    cr_expect_null(strstr(buf_c(&a.body), "reads now"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

Test(forward, the_same_cmid_is_one_copy_and_another_source_a_conflict)
{
    int64_t one = room_post(port, &alice, cabin, "one"), two = room_post(port, &alice, cabin, "two");
    char *cmid = new_cmid(), path[64];
    snprintf(path, sizeof path, "/rooms/%s/forwards", harbour);
    int64_t from[] = {one, one, two}, first = 0;
    int status[] = {201, 201, 409};
    for (int i = 0; i < 3; i++) {
        struct http_answer a =
            api(port, bob.token, "POST", path, "{\"cmid\":\"%s\",\"from_room\":\"%s\",\"from_seq\":%lld}", cmid, cabin,
                (long long)from[i]);
        cr_expect_eq(a.status, status[i], "%s", buf_c(&a.body));
        if (i == 0)
            first = answer_int(&a, "seq");
        if (i == 1)
            cr_expect_eq(answer_int(&a, "seq"), first);
        http_answer_fini(&a);
    }
    free(cmid);
    cmid = new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/messages", harbour);
    struct http_answer a = api(port, bob.token, "POST", path, "{\"cmid\":\"%s\",\"body\":\" \"}", cmid);
    cr_expect_eq(a.status, 400, "only a forward goes without words");
    http_answer_fini(&a);
    free(cmid);
}
