/* Polls: who may vote, when, what is counted, and what nobody is told. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob, carol;
static int port, port2;
static char *room;
static struct ws_client *ear; /* Bob's, at the other gateway */

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    port2 = stack_port(stack, 1);
    alice = person_register(port, "alice");
    bob = person_register(port2, "bob");
    carol = person_register(port2, "carol");
    room = room_create(port, &alice, "harbour", "public");
    room_join(port2, &bob, room);
    ear = ws_client_login(port2, bob.token, "phone");
    cr_assert_not_null(ear);
}

static void stop(void)
{
    ws_client_close(&ear);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(polls, .init = start, .fini = stop, .timeout = 180);

static int64_t number(const struct jval *object, const char *key)
{
    int64_t n = -1;
    jval_get_int(object, key, &n);
    return n;
}

static int64_t at(const struct jval *list, size_t i)
{
    int64_t n = -1;
    jval_int(jval_at(list, i), &n);
    return n;
}

static bool text_is(const struct jval *object, const char *key, const char *text)
{
    struct str s;
    return jval_get_str(object, key, &s) && str_is(s, text);
}

static struct http_answer ask(const struct person *p, const char *method, int64_t seq, const char *tail,
                              const char *body)
{
    char path[128];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld%s", room, (long long)seq, tail);
    return body ? api(port, p->token, method, path, "%s", body) : api(port, p->token, method, path, NULL);
}

static int act(const struct person *p, const char *method, int64_t seq, const char *tail, const char *body)
{
    struct http_answer a = ask(p, method, seq, tail, body);
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

static struct http_answer post(const struct person *p, const char *cmid, const char *what)
{
    char path[64], *own = cmid ? NULL : new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    struct http_answer a = api(port, p->token, "POST", path, "{\"cmid\":\"%s\",%s}", cmid ? cmid : own, what);
    free(own);
    return a;
}

/* The seq, or the status as a negative number. */
static int64_t open_poll(const struct person *p, const char *poll)
{
    char what[1024];
    snprintf(what, sizeof what, "\"poll\":%s", poll);
    struct http_answer a = post(p, NULL, what);
    int64_t seq = a.status == 201 ? number(a.json, "seq") : -a.status;
    http_answer_fini(&a);
    return seq;
}

#define LUNCH "{\"question\":\"Lunch?\",\"options\":[\"Soup\",\"Cake\",\"Both\"]}"

static int vote(const struct person *p, int64_t seq, const char *options)
{
    char body[64];
    snprintf(body, sizeof body, "{\"options\":[%s]}", options);
    return act(p, "PUT", seq, "/vote", body);
}

static struct jval *hear(const char *type)
{
    for (;;) {
        struct jval *event = ws_client_wait(ear, "event", WAIT_MS);
        cr_assert_not_null(event, "no event of type %s", type);
        if (text_is(event, "type", type))
            return event;
        jval_free(event);
    }
}

/* The state of the poll as `p` is told of it; lives in *a. */
static const struct jval *state(const struct person *p, int64_t seq, struct http_answer *a)
{
    *a = ask(p, "GET", seq, "", NULL);
    cr_assert_eq(a->status, 200, "%s", buf_c(&a->body));
    return jval_get(jval_get(a->json, "state"), "poll");
}

/* What `p` voted for, as bits; -1: refused. */
static int64_t own_vote(const struct person *p, int64_t seq)
{
    struct http_answer a = ask(p, "GET", seq, "/vote", NULL);
    const struct jval *options = jval_get(a.json, "options");
    int64_t bits = a.status == 200 ? 0 : -1;
    for (size_t i = 0; i < jval_count(options); i++)
        bits |= INT64_C(1) << at(options, i);
    http_answer_fini(&a);
    return bits;
}

Test(polls, a_poll_is_a_message_whose_text_the_server_writes)
{
    int64_t seq = open_poll(&alice, "{\"question\":\"  Lunch? \",\"options\":[\"Soup\",\" Cake\"],\"multiple\":true}");
    cr_assert_gt(seq, 0);
    struct jval *heard = hear("message");
    cr_expect(text_is(heard, "body", "📊 Lunch?\n1. Soup\n2. Cake"));
    const struct jval *poll = jval_get(jval_get(heard, "data"), "poll");
    cr_expect(text_is(poll, "question", "Lunch?"));
    cr_expect_eq(jval_count(jval_get(poll, "options")), 2);
    cr_expect_null(jval_get(poll, "anonymous"));
    jval_free(heard);
    cr_expect_eq(act(&alice, "PATCH", seq, "", "{\"body\":\"Dinner?\"}"), 403, "people vote for what it says");
    cr_expect_eq(own_vote(&bob, seq), 0);
}

Test(polls, what_is_no_poll_is_refused)
{
    static const char *const bad[] = {
        "{\"question\":\"Lunch?\",\"options\":[\"Soup\"]}",
        "{\"question\":\"Lunch?\",\"options\":[\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\",\"h\",\"i\",\"j\",\"k\"]}",
        "{\"question\":\"Lunch?\",\"options\":[\"Soup\",\" Soup\"]}",
        "{\"question\":\" \",\"options\":[\"Soup\",\"Cake\"]}",
        "{\"question\":\"Lunch?\",\"options\":[\"Soup\",\"\\u200b\"]}",
        "{\"question\":\"Lun\\u0085ch?\",\"options\":[\"Soup\",\"Cake\"]}",
        "{\"question\":\"Lunch?\",\"options\":[\"Soup\",\"Ca\\nke\"]}",
        "{\"question\":\"Lunch?\",\"options\":[\"Soup\",{}]}",
        "{\"question\":\"Lunch?\",\"options\":\"Soup\"}",
        "{\"question\":\"Lunch?\",\"options\":[\"Soup\",\"Cake\"],\"closes_at\":1000}",
        "{\"question\":\"Lunch?\",\"options\":[\"Soup\",\"Cake\"],\"closes_at\":\"soon\"}",
        "{}",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        cr_expect_eq(open_poll(&alice, bad[i]), -422, "%s", bad[i]);
    cr_expect_eq(open_poll(&carol, LUNCH), -403, "not a member");
    struct http_answer none = post(&alice, NULL, "\"thread\":1");
    cr_expect_eq(none.status, 400, "neither text nor poll");
    http_answer_fini(&none);
    struct http_answer both = post(&alice, NULL, "\"poll\":" LUNCH ",\"sticker\":{\"pack\":\"a\",\"name\":\"b\"}");
    cr_expect_eq(both.status, 400);
    http_answer_fini(&both);
}

Test(polls, the_same_poll_sent_twice_is_one_and_another_under_its_cmid_is_refused)
{
    char *cmid = new_cmid();
    struct http_answer one = post(&alice, cmid, "\"poll\":" LUNCH), two = post(&alice, cmid, "\"poll\":" LUNCH);
    cr_assert_eq(one.status, 201, "%s", buf_c(&one.body));
    cr_expect_eq(number(one.json, "seq"), number(two.json, "seq"));
    http_answer_fini(&one);
    http_answer_fini(&two);
    struct http_answer other = post(
        &alice, cmid, "\"poll\":{\"question\":\"Lunch?\",\"options\":[\"Soup\",\"Cake\",\"Both\"],\"anonymous\":true}");
    cr_expect_eq(other.status, 409, "only how it is voted differs");
    http_answer_fini(&other);
    free(cmid);
}

Test(polls, a_vote_is_counted_once_changed_and_withdrawn)
{
    int64_t seq = open_poll(&alice, LUNCH);
    for (int i = 0; i < 3; i++)
        cr_assert_eq(vote(&alice, seq, "1"), 204);
    struct jval *heard = hear("voted");
    cr_expect_eq(number(heard, "about"), seq);
    cr_expect(text_is(heard, "sender", alice.id));
    cr_expect_eq(at(jval_get(jval_get(heard, "data"), "counts"), 1), 1);
    cr_expect_eq(at(jval_get(jval_get(heard, "data"), "options"), 0), 1);
    int64_t first = number(heard, "seq");
    jval_free(heard);
    cr_assert_eq(vote(&bob, seq, "1"), 204);
    heard = hear("voted");
    cr_expect_eq(number(heard, "seq"), first + 1, "the same vote again was no event");
    jval_free(heard);

    cr_assert_eq(vote(&alice, seq, "0"), 204);
    struct http_answer a;
    const struct jval *poll = state(&bob, seq, &a);
    cr_expect_eq(at(jval_get(poll, "counts"), 0), 1);
    cr_expect_eq(at(jval_get(poll, "counts"), 1), 1);
    cr_expect_eq(number(poll, "voters"), 2);
    const struct jval *votes = jval_get(poll, "votes");
    cr_assert_eq(jval_count(votes), 2);
    cr_expect(text_is(jval_at(votes, 0), "user", bob.id), "who changed stands behind");
    cr_expect_eq(at(jval_get(jval_at(votes, 1), "options"), 0), 0);
    http_answer_fini(&a);

    cr_assert_eq(vote(&alice, seq, ""), 204);
    cr_assert_eq(vote(&alice, seq, ""), 204);
    poll = state(&bob, seq, &a);
    cr_expect_eq(at(jval_get(poll, "counts"), 0), 0);
    cr_expect_eq(number(poll, "voters"), 1);
    http_answer_fini(&a);
    cr_expect_eq(own_vote(&alice, seq), 0);
    cr_expect_eq(own_vote(&bob, seq), 2);
}

Test(polls, only_what_is_offered_can_be_voted_for)
{
    int64_t one = open_poll(&alice, LUNCH);
    int64_t many = open_poll(&alice, "{\"question\":\"Days?\",\"options\":[\"Mon\",\"Tue\"],\"multiple\":true}");
    int64_t text = room_post(port, &alice, room, "no poll");
    cr_expect_eq(vote(&bob, one, "3"), 400);
    cr_expect_eq(vote(&bob, one, "-1"), 400);
    cr_expect_eq(vote(&bob, one, "0,1"), 400, "one answer only");
    cr_expect_eq(vote(&bob, many, "1,0,1"), 204);
    cr_expect_eq(own_vote(&bob, many), 3);
    cr_expect_eq(vote(&bob, text, "0"), 404);
    cr_expect_eq(own_vote(&bob, text), -1);
    cr_expect_eq(act(&alice, "POST", text, "/close", NULL), 404);
}

Test(polls, nobody_is_told_who_voted_in_an_anonymous_poll)
{
    int64_t seq = open_poll(&alice, "{\"question\":\"Honestly?\",\"options\":[\"Yes\",\"No\"],\"anonymous\":true}");
    cr_assert_eq(vote(&bob, seq, "1"), 204);
    struct jval *heard = hear("voted");
    cr_expect(text_is(heard, "sender", "0"));
    cr_expect_null(jval_get(jval_get(heard, "data"), "options"));
    cr_expect_eq(at(jval_get(jval_get(heard, "data"), "counts"), 1), 1);
    jval_free(heard);
    struct http_answer a;
    const struct jval *poll = state(&alice, seq, &a);
    cr_expect_null(jval_get(poll, "votes"));
    cr_expect_eq(number(poll, "voters"), 1);
    http_answer_fini(&a);

    char path[64], id[48];
    snprintf(path, sizeof path, "/rooms/%s/messages?after=%lld", room, (long long)seq);
    struct http_answer log = api(port, alice.token, "GET", path, NULL);
    cr_assert_eq(log.status, 200);
    const char *const members[] = {"sender", "user"};
    for (size_t i = 0; i < 2; i++) {
        snprintf(id, sizeof id, "\"%s\":\"%s\"", members[i], bob.id);
        cr_expect(strstr(buf_c(&log.body), id) == NULL, "%s", buf_c(&log.body));
    }
    http_answer_fini(&log);
    cr_expect_eq(own_vote(&bob, seq), 2, "he himself may see it");
    cr_expect_eq(own_vote(&alice, seq), 0);
    char *since = stack_sql(stack, "SELECT max(since) FROM chat.votes");
    cr_expect_str_eq(since, "0", "no row leads to an event");
    free(since);
}

Test(polls, who_opened_it_or_moderates_closes_it_and_then_it_takes_no_votes)
{
    int64_t hers = open_poll(&alice, LUNCH), his = open_poll(&bob, LUNCH);
    cr_assert_eq(vote(&bob, hers, "0"), 204);
    cr_expect_eq(act(&bob, "POST", hers, "/close", NULL), 403);
    cr_assert_eq(act(&alice, "POST", his, "/close", NULL), 204, "the owner of the room");
    cr_assert_eq(act(&alice, "POST", hers, "/close", NULL), 204);
    cr_assert_eq(act(&alice, "POST", hers, "/close", NULL), 204, "twice is once");
    struct jval *heard = hear("poll_closed");
    cr_expect_eq(number(heard, "about"), his);
    jval_free(heard);
    cr_expect_eq(vote(&bob, hers, "1"), 409);
    cr_expect_eq(vote(&bob, hers, ""), 409);
    cr_expect_eq(vote(&bob, hers, "0"), 204, "it is so already");
    struct http_answer a;
    const struct jval *poll = state(&bob, hers, &a);
    cr_expect_gt(number(poll, "closed_at"), 0);
    cr_expect_eq(at(jval_get(poll, "counts"), 0), 1);
    http_answer_fini(&a);
}

/* Another vote each time: the same one would stand. */
static bool is_late(void *arg)
{
    static int tries;
    return vote(&bob, *(int64_t *)arg, tries++ % 2 ? "1" : "0") == 409;
}

Test(polls, its_time_closes_it)
{
    char poll[160];
    snprintf(poll, sizeof poll, "{\"question\":\"Quick?\",\"options\":[\"Yes\",\"No\"],\"closes_at\":%lld}",
             (long long)clock_wall_ms() + 1500);
    int64_t seq = open_poll(&alice, poll);
    cr_assert_gt(seq, 0);
    cr_assert_eq(vote(&bob, seq, "1"), 204);
    cr_assert(stack_until(is_late, &seq, WAIT_MS));
    cr_expect_eq(act(&alice, "POST", seq, "/close", NULL), 204, "closed already");
}

Test(polls, a_deleted_poll_leaves_its_place_and_nothing_of_the_votes)
{
    int64_t seq = open_poll(&alice, LUNCH);
    cr_assert_eq(vote(&bob, seq, "1"), 204);
    cr_assert_eq(act(&bob, "DELETE", seq, "", NULL), 403);
    cr_assert_eq(act(&alice, "DELETE", seq, "", NULL), 204);
    jval_free(hear("deleted"));
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    struct http_answer log = api(port, bob.token, "GET", path, NULL);
    cr_expect(strstr(buf_c(&log.body), "Cake") == NULL, "%s", buf_c(&log.body));
    cr_expect(strstr(buf_c(&log.body), "counts") == NULL, "%s", buf_c(&log.body));
    http_answer_fini(&log);
    cr_expect_eq(vote(&bob, seq, "0"), 404);
    cr_expect_eq(own_vote(&bob, seq), -1);
    char *left = stack_sql(stack, "SELECT (SELECT count(*) FROM chat.votes) + (SELECT count(*) FROM chat.polls)");
    cr_expect_str_eq(left, "0");
    free(left);
}

Test(polls, who_may_not_react_may_not_vote)
{
    int64_t seq = open_poll(&alice, LUNCH);
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/permissions/react", room);
    struct http_answer a = api(port, alice.token, "PUT", path, "{\"lowest\":\"moderator\"}");
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect_eq(vote(&bob, seq, "0"), 403);
    cr_expect_eq(vote(&alice, seq, "0"), 204);
    cr_expect_eq(vote(&carol, seq, "0"), 403, "not a member");
    cr_expect_eq(own_vote(&carol, seq), -1);
}

Test(polls, to_outsiders_a_poll_is_as_unknown_as_its_room)
{
    free(room);
    room = room_create(port, &alice, "cellar", "private");
    int64_t seq = open_poll(&alice, LUNCH);
    char *there = room;
    for (int round = 0; round < 2; round++) {
        room = round == 0 ? there : xstrdup("999999");
        const char *const methods[] = {"PUT", "GET", "POST"};
        const char *const tails[] = {"/vote", "/vote", "/close"};
        for (size_t i = 0; i < 3; i++) {
            struct http_answer a = ask(&carol, methods[i], seq, tails[i], i == 0 ? "{\"options\":[0]}" : NULL);
            cr_expect(text_is(a.json, "code", "room_not_found"), "%s %s: %s", methods[i], tails[i], buf_c(&a.body));
            http_answer_fini(&a);
        }
        if (round == 1)
            free(room);
    }
    room = there;
}

Test(polls, a_sticker_has_a_name_and_a_text)
{
    struct http_answer a = post(&alice, NULL, "\"sticker\":{\"pack\":\"harbour\",\"name\":\"sleepy-seal\"}");
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t seq = number(a.json, "seq");
    http_answer_fini(&a);
    struct jval *heard = hear("message");
    cr_expect(text_is(heard, "body", ":sleepy-seal:"));
    cr_expect(text_is(jval_get(jval_get(heard, "data"), "sticker"), "pack", "harbour"));
    jval_free(heard);
    cr_expect_eq(act(&alice, "PATCH", seq, "", "{\"body\":\"no seal\"}"), 403, "its text is the server's");
    static const char *const bad[] = {"\"../x\"", "\"A\"", "\"\"", "\"-a\"", "7"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char what[96];
        snprintf(what, sizeof what, "\"sticker\":{\"pack\":\"harbour\",\"name\":%s}", bad[i]);
        struct http_answer no = post(&alice, NULL, what);
        cr_expect_eq(no.status, 400, "%s", bad[i]);
        http_answer_fini(&no);
    }
    cr_assert_eq(act(&alice, "DELETE", seq, "", NULL), 204);
    struct http_answer gone = ask(&bob, "GET", seq, "", NULL);
    cr_expect(strstr(buf_c(&gone.body), "seal") == NULL, "%s", buf_c(&gone.body));
    http_answer_fini(&gone);
}
