/* Messages that are to be sent at a time: once, as they were last wished, and by who may write then. */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "failpoints.h"
#include "person.h"
#include "stack.h"

enum { WAIT_MS = 30000, HOUR_MS = 3600000 };

static struct stack *stack;
static struct failpoints points;
static struct person alice, bob;
static int port;
static char *room;

static void start(void)
{
    failpoints_init(&points);
    static const char *const env[] = {points.env, NULL}; /* the stack reads it at each start */
    stack = stack_start(&(struct stack_options){.gateways = 1, .msg_svcs = 2, .env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    room = room_create(port, &alice, "harbour", "public");
    room_join(port, &bob, room);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
    failpoints_fini(&points);
}

TestSuite(scheduled, .init = start, .fini = stop, .timeout = 240);

static struct http_answer ask(const struct person *p, const char *method, const char *path, const char *body)
{
    return body ? api(port, p->token, method, path, "%s", body) : api(port, p->token, method, path, NULL);
}

static void expect(const struct person *p, const char *method, const char *path, const char *body, int status,
                   const char *code)
{
    struct http_answer a = ask(p, method, path, body);
    char *said = answer_text(&a, "code");
    cr_expect_eq(a.status, status, "%s %s %s: %d %s", method, path, body ? body : "", a.status, buf_c(&a.body));
    if (code != NULL)
        cr_expect_str_eq(said, code, "%s %s", method, path);
    free(said);
    http_answer_fini(&a);
}

static const char *in_room(const char *tail)
{
    static char path[128];
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    return path;
}

static const char *item_path(const char *item)
{
    static char path[64];
    snprintf(path, sizeof path, "/scheduled/%s", item);
    return path;
}

static struct http_answer schedule_at(const struct person *p, const char *cmid, const char *text, int64_t at)
{
    return api(port, p->token, "POST", in_room("/scheduled"), "{\"cmid\":\"%s\",\"body\":\"%s\",\"send_at\":%lld}",
               cmid, text, (long long)at);
}

/* In an hour; the item, the caller's to free. */
static char *schedule(const struct person *p, const char *text)
{
    char *cmid = new_cmid();
    struct http_answer a = schedule_at(p, cmid, text, clock_wall_ms() + HOUR_MS);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *id = answer_text(&a, "id");
    http_answer_fini(&a);
    free(cmid);
    return id;
}

static void make_due(void)
{
    free(stack_sql(stack, "UPDATE chat.scheduled SET send_at = send_at - interval '2 hours', claimed_until = NULL"));
}

static int64_t stored(const char *text)
{
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM chat.events WHERE body = '%s'", text);
    char *count = stack_sql(stack, sql);
    int64_t n = atoll(count);
    free(count);
    return n;
}

static bool is_stored(void *text)
{
    return stored(text) > 0;
}

static bool none_left(void *arg)
{
    (void)arg;
    char *count = stack_sql(stack, "SELECT count(*) FROM chat.scheduled");
    bool none = strcmp(count, "0") == 0;
    free(count);
    return none;
}

/* The error of the only item of the list. */
static bool failed_with(void *code)
{
    struct http_answer a = ask(&bob, "GET", "/scheduled", NULL);
    struct str error = {"", 0};
    jval_get_str(jval_at(jval_get(a.json, "items"), 0), "error", &error);
    bool it = str_is(error, code);
    http_answer_fini(&a);
    return it;
}

static const char *dead_one(void)
{
    if (!stack_alive(stack, "msg-svc-0"))
        return "msg-svc-0";
    return stack_alive(stack, "msg-svc-1") ? NULL : "msg-svc-1";
}

static bool one_is_dead(void *arg)
{
    (void)arg;
    return dead_one() != NULL;
}

static bool has_struck(void *name)
{
    return !failpoints_armed(&points, name);
}

struct moment {
    char name[24];
};

ParameterizedTestParameters(scheduled, a_message_is_sent_once_when_its_sender_dies_at)
{
    static struct moment moments[] = {{"msg.after_claim"}, {"msg.before_commit"}, {"msg.after_commit"}};
    return cr_make_param_array(struct moment, moments, sizeof moments / sizeof *moments);
}

ParameterizedTest(struct moment *moment, scheduled, a_message_is_sent_once_when_its_sender_dies_at, .timeout = 240)
{
    free(schedule(&bob, "at dawn"));
    cr_expect_eq(stored("at dawn"), 0);
    failpoints_arm(&points, moment->name, "kill");
    make_due();
    cr_assert(stack_until(one_is_dead, NULL, WAIT_MS), "%s did not strike", moment->name);
    const char *dead = dead_one();
    /* What it had claimed need not be waited for. */
    free(stack_sql(stack, "UPDATE chat.scheduled SET claimed_until = NULL"));
    cr_expect(stack_until(is_stored, (char[]){"at dawn"}, WAIT_MS));
    stack_restart(stack, dead);
    stack_wait_ready(stack, dead);
    cr_expect(stack_until(none_left, NULL, WAIT_MS));
    /* Behind whatever is in the stream. */
    room_post(port, &alice, room, "after");
    cr_expect_eq(stored("at dawn"), 1);
}

Test(scheduled, what_is_sent_is_its_authors_and_the_list_is_empty_then)
{
    char *cmid = new_cmid();
    struct http_answer a = schedule_at(&bob, cmid, "good morning @alice", clock_wall_ms() + HOUR_MS);
    struct http_answer again = schedule_at(&bob, cmid, "good morning @alice", clock_wall_ms() + HOUR_MS);
    struct http_answer other = schedule_at(&bob, cmid, "something else", clock_wall_ms() + HOUR_MS);
    cr_expect_eq(a.status, 201);
    cr_expect_eq(again.status, 201);
    cr_expect_eq(other.status, 409, "%s", buf_c(&other.body));
    http_answer_fini(&other);
    http_answer_fini(&again);
    http_answer_fini(&a);
    expect(&alice, "GET", "/scheduled", NULL, 200, NULL);
    make_due();
    cr_assert(stack_until(none_left, NULL, WAIT_MS));
    char sql[200];
    snprintf(sql, sizeof sql, "SELECT sender || ' ' || (data ->> 'mentions') FROM chat.events WHERE cmid = '%s'", cmid);
    char want[64], *got = stack_sql(stack, sql);
    snprintf(want, sizeof want, "%s [\"%s\"]", bob.id, alice.id);
    cr_expect_str_eq(got, want);
    free(got);
    free(cmid);
}

/* Both are claimed at once, and put into the stream in this order. The claimer sleeps before it puts them, and
 * meanwhile the rows become what the calls make of them: the calls themselves might be the sleeper's to answer. */
Test(scheduled, what_was_cancelled_or_changed_on_its_way_is_not_sent_as_it_was)
{
    /* One claimer: two might share the rows. */
    stack_kill(stack, "msg-svc-1", SIGKILL);
    char *cancelled = schedule(&bob, "cancelled");
    free(schedule(&bob, "old words"));
    free(schedule(&bob, "the last"));
    failpoints_arm(&points, "msg.after_claim", "sleep 2500");
    make_due();
    cr_assert(stack_until(has_struck, (char[]){"msg.after_claim"}, WAIT_MS));
    free(stack_sql(stack, "DELETE FROM chat.scheduled WHERE body = 'cancelled'"));
    free(stack_sql(stack, "UPDATE chat.scheduled SET body = 'new words', version = version + 1, claimed_until = NULL "
                          "WHERE body = 'old words'"));
    cr_assert(stack_until(is_stored, (char[]){"the last"}, WAIT_MS));
    cr_assert(stack_until(is_stored, (char[]){"new words"}, WAIT_MS));
    cr_expect_eq(stored("cancelled"), 0);
    cr_expect_eq(stored("old words"), 0);
    expect(&bob, "DELETE", item_path(cancelled), NULL, 404, "not_found");
    free(cancelled);
}

Test(scheduled, who_may_not_write_then_keeps_the_message_and_sees_why)
{
    char *item = schedule(&bob, "not now"), path[128], body[64];
    snprintf(path, sizeof path, "/rooms/%s/members/%s/mute", room, bob.id);
    snprintf(body, sizeof body, "{\"until\":%lld}", (long long)(clock_wall_ms() + HOUR_MS));
    expect(&alice, "PUT", path, body, 204, NULL);
    make_due();
    cr_assert(stack_until(failed_with, (char[]){"muted"}, WAIT_MS));
    expect(&alice, "PUT", path, "{\"until\":0}", 204, NULL);
    expect(&alice, "POST", in_room("/archive"), "{\"on\":true}", 204, NULL);
    expect(&bob, "PATCH", item_path(item), "{\"now\":true}", 200, NULL);
    cr_assert(stack_until(failed_with, (char[]){"archived"}, WAIT_MS));
    expect(&alice, "POST", in_room("/archive"), "{\"on\":false}", 204, NULL);
    expect(&bob, "POST", in_room("/leave"), "{}", 204, NULL);
    expect(&bob, "PATCH", item_path(item), "{\"now\":true}", 200, NULL);
    cr_assert(stack_until(failed_with, (char[]){"not_member"}, WAIT_MS));
    cr_expect_eq(stored("not now"), 0);
    room_join(port, &bob, room);
    expect(&alice, "PATCH", item_path(item), "{\"now\":true}", 404, "not_found");
    expect(&alice, "DELETE", item_path(item), NULL, 404, "not_found");
    expect(&bob, "PATCH", item_path(item), "{\"now\":true}", 200, NULL);
    cr_assert(stack_until(none_left, NULL, WAIT_MS));
    cr_expect_eq(stored("not now"), 1);
    free(item);
}

Test(scheduled, slow_mode_puts_it_off_and_no_longer)
{
    free(schedule(&bob, "patience"));
    expect(&alice, "PATCH", in_room(""), "{\"slow_mode_s\":600}", 204, NULL);
    room_post(port, &bob, room, "just now");
    make_due();
    /* Another one that is due goes its way meanwhile: this one was tried, too. */
    free(schedule(&alice, "passes"));
    free(stack_sql(stack, "UPDATE chat.scheduled SET send_at = now() WHERE body = 'passes'"));
    cr_assert(stack_until(is_stored, (char[]){"passes"}, WAIT_MS));
    struct http_answer a = ask(&bob, "GET", "/scheduled", NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "items")), 1);
    cr_expect_null(jval_get(jval_at(jval_get(a.json, "items"), 0), "error"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    expect(&alice, "PATCH", in_room(""), "{\"slow_mode_s\":0}", 204, NULL);
    free(stack_sql(stack, "UPDATE chat.scheduled SET claimed_until = NULL"));
    cr_expect(stack_until(none_left, NULL, WAIT_MS));
    cr_expect_eq(stored("patience"), 1);
}

Test(scheduled, times_texts_rooms_and_their_number_have_bounds)
{
    char *cmid = new_cmid(), *private = room_create(port, &alice, "cabin", "private"), path[128], body[200], sql[300];
    struct http_answer past = schedule_at(&bob, cmid, "x", clock_wall_ms() - HOUR_MS);
    struct http_answer far = schedule_at(&bob, cmid, "x", clock_wall_ms() + (int64_t)400 * 24 * HOUR_MS);
    struct http_answer blank = schedule_at(&bob, cmid, "  ", clock_wall_ms() + HOUR_MS);
    cr_expect_eq(past.status, 422);
    cr_expect_eq(far.status, 422);
    cr_expect_eq(blank.status, 422);
    http_answer_fini(&past);
    http_answer_fini(&far);
    http_answer_fini(&blank);
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"x\",\"send_at\":%lld}", cmid,
             (long long)(clock_wall_ms() + HOUR_MS));
    snprintf(path, sizeof path, "/rooms/%s/scheduled", private);
    expect(&bob, "POST", path, body, 404, "room_not_found");
    expect(&bob, "POST", "/rooms/987654/scheduled", body, 404, "room_not_found");
    snprintf(sql, sizeof sql,
             "INSERT INTO chat.scheduled (user_id, room_id, cmid, body, send_at) "
             "SELECT %s, %s, gen_random_uuid(), 'x', now() + interval '1 day' FROM generate_series(1, 100)",
             bob.id, room);
    free(stack_sql(stack, sql));
    expect(&bob, "POST", in_room("/scheduled"), body, 409, "too_many_scheduled");
    free(cmid);
    free(private);
}

Test(scheduled, a_page_goes_on_when_the_message_it_ended_with_is_gone)
{
    static char text[16001];
    memset(text, 'x', sizeof text - 1);
    for (int i = 0; i < 20; i++)
        free(schedule(&bob, text));
    struct http_answer a = ask(&bob, "GET", "/scheduled", NULL);
    const struct jval *items = jval_get(a.json, "items");
    bool complete = true;
    struct str last = {0};
    size_t shown = jval_count(items);
    cr_assert(jval_get_bool(a.json, "complete", &complete) && !complete && shown < 20);
    cr_assert(jval_get_str(jval_at(items, shown - 1), "id", &last));
    char path[64], id[24];
    snprintf(id, sizeof id, "%.*s", (int)last.n, last.p);
    snprintf(path, sizeof path, "/scheduled?after=%s", id);
    http_answer_fini(&a);
    a = ask(&bob, "GET", path, NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "items")), 20 - shown);
    http_answer_fini(&a);
    expect(&bob, "DELETE", item_path(id), NULL, 204, "");
    a = ask(&bob, "GET", path, NULL);
    cr_expect_gt(jval_count(jval_get(a.json, "items")), 0, "what was not shown is not taken for all there is");
    http_answer_fini(&a);
}
