/* What a person keeps for later and is reminded of: theirs alone, once, and late rather than never. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "failpoints.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct failpoints points;
static struct person alice, bob;
static int port;
static char *room;

static void start(void)
{
    failpoints_init(&points);
    static const char *const env[] = {points.env, NULL}; /* the stack reads it at each start */
    stack = stack_start(&(struct stack_options){.gateways = 2, .msg_svcs = 1, .env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    room = room_create(port, &alice, "harbour", "private");
    struct http_answer a = api(port, alice.token, "POST", "/rooms/1/join", "{}");
    http_answer_fini(&a);
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/members", room);
    a = api(port, alice.token, "POST", path, "{\"user\":\"%s\"}", bob.id);
    cr_assert_eq(a.status, 204);
    http_answer_fini(&a);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
    failpoints_fini(&points);
}

TestSuite(later, .init = start, .fini = stop, .timeout = 180);

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

/* Keeps a message and returns the item, the caller's to free. */
static char *keep(const struct person *p, int64_t seq, int64_t remind_at)
{
    struct http_answer a = api(port, p->token, "POST", "/later", "{\"room\":\"%s\",\"seq\":%lld,\"remind_at\":%lld}",
                               room, (long long)seq, (long long)remind_at);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *id = answer_text(&a, "id");
    http_answer_fini(&a);
    return id;
}

static const char *item_path(const char *item)
{
    static char path[64];
    snprintf(path, sizeof path, "/later/%s", item);
    return path;
}

static size_t listed(const struct person *p, const char *query)
{
    char path[128];
    snprintf(path, sizeof path, "/later?%s", query);
    struct http_answer a = ask(p, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    size_t count = jval_count(jval_get(a.json, "items"));
    http_answer_fini(&a);
    return count;
}

static void hear_of_it(struct ws_client *ear)
{
    for (;;) {
        struct jval *v = ws_client_wait(ear, "user", WAIT_MS);
        struct str type = {"", 0};
        cr_assert_not_null(v, "not told");
        jval_get_str(v, "type", &type);
        bool it = str_is(type, "later");
        jval_free(v);
        if (it)
            return;
    }
}

Test(later, a_message_is_kept_ticked_off_and_dropped_and_all_devices_hear_of_it)
{
    int64_t seq = room_post(port, &alice, room, "the tide tables");
    struct ws_client *ear = ws_client_login(stack_port(stack, 1), bob.token, "phone");
    char *item = keep(&bob, seq, 0), *again = keep(&bob, seq, 0);
    cr_expect_str_eq(item, again, "the same message is the same item");
    hear_of_it(ear);
    struct http_answer list = ask(&bob, "GET", "/later", NULL);
    cr_expect_not_null(strstr(buf_c(&list.body), "the tide tables"), "%s", buf_c(&list.body));
    http_answer_fini(&list);

    cr_expect_eq(listed(&alice, "part=open"), 0, "it is nobody else's");
    expect(&alice, "PATCH", item_path(item), "{\"done\":true}", 404, "not_found");
    expect(&alice, "DELETE", item_path(item), NULL, 404, "not_found");

    expect(&bob, "PATCH", item_path(item), "{\"done\":true}", 200, NULL);
    hear_of_it(ear);
    cr_expect_eq(listed(&bob, "part=open"), 0);
    cr_expect_eq(listed(&bob, "part=done"), 1);
    expect(&bob, "PATCH", item_path(item), "{\"done\":false}", 200, NULL);
    cr_expect_eq(listed(&bob, "part=open"), 1);
    expect(&bob, "DELETE", item_path(item), NULL, 204, NULL);
    expect(&bob, "DELETE", item_path(item), NULL, 404, "not_found");
    cr_expect_eq(listed(&bob, "part=open"), 0);
    free(item);
    free(again);
    ws_client_close(&ear);
}

Test(later, a_stranger_learns_nothing_of_a_room_by_keeping_what_is_in_it)
{
    struct person carol = person_register(port, "carol");
    int64_t seq = room_post(port, &alice, room, "secret");
    char known[128], unknown[] = "{\"room\":\"987654\",\"seq\":3}", note[128];
    snprintf(known, sizeof known, "{\"room\":\"%s\",\"seq\":%lld}", room, (long long)seq);
    snprintf(note, sizeof note, "{\"room\":\"%s\",\"note\":\"look\"}", room);
    expect(&carol, "POST", "/later", known, 404, "room_not_found");
    expect(&carol, "POST", "/later", note, 404, "room_not_found");
    expect(&carol, "POST", "/later", unknown, 404, "room_not_found");
    cr_expect_eq(listed(&carol, "part=open"), 0);
    person_fini(&carol);
}

Test(later, what_was_deleted_or_is_in_a_room_one_has_left_is_shown_without_its_text)
{
    int64_t gone = room_post(port, &alice, room, "first secret"), left = room_post(port, &alice, room, "second secret");
    free(keep(&bob, gone, 0));
    free(keep(&bob, left, 0));
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)gone);
    expect(&alice, "DELETE", path, NULL, 204, NULL);
    struct http_answer list = ask(&bob, "GET", "/later", NULL);
    cr_expect_null(strstr(buf_c(&list.body), "first secret"));
    cr_expect_not_null(strstr(buf_c(&list.body), "second secret"));
    http_answer_fini(&list);
    char again[128];
    snprintf(again, sizeof again, "{\"room\":\"%s\",\"seq\":%lld}", room, (long long)gone);
    expect(&bob, "POST", "/later", again, 404, "message_not_found");

    snprintf(path, sizeof path, "/rooms/%s/leave", room);
    expect(&bob, "POST", path, "{}", 204, NULL);
    list = ask(&bob, "GET", "/later", NULL);
    const struct jval *items = jval_get(list.json, "items");
    cr_expect_null(strstr(buf_c(&list.body), "secret"), "%s", buf_c(&list.body));
    cr_assert_eq(jval_count(items), 2);
    cr_expect_null(jval_get(jval_at(items, 0), "event"));
    http_answer_fini(&list);
}

Test(later, the_list_is_paged_newest_first_and_bounded)
{
    int64_t seq = 0;
    for (int i = 0; i < 5; i++) {
        seq = room_post(port, &alice, room, "one of five");
        free(keep(&bob, seq, 0));
    }
    struct http_answer page = ask(&bob, "GET", "/later?limit=3", NULL);
    const struct jval *items = jval_get(page.json, "items");
    int64_t first = 0, place = 0;
    bool complete = true;
    cr_assert_eq(jval_count(items), 3);
    cr_expect(jval_get_bool(page.json, "complete", &complete) && !complete);
    cr_expect(jval_get_int(jval_at(items, 0), "seq", &first) && first == seq, "the newest is the first");
    jval_get_int(jval_at(items, 2), "place", &place);
    http_answer_fini(&page);
    char query[64], sql[400];
    snprintf(query, sizeof query, "limit=3&before=%lld", (long long)place);
    cr_expect_eq(listed(&bob, query), 2);

    snprintf(sql, sizeof sql,
             "INSERT INTO chat.later (user_id, room_id, note) SELECT %s, %s, 'x' FROM generate_series(1, 995)", bob.id,
             room);
    free(stack_sql(stack, sql));
    char body[128];
    snprintf(body, sizeof body, "{\"room\":\"%s\",\"note\":\"one more\"}", room);
    expect(&bob, "POST", "/later", body, 409, "too_many_later");
    free(stack_sql(stack, "UPDATE chat.later SET done_at = now() WHERE id = (SELECT min(id) FROM chat.later)"));
    expect(&bob, "POST", "/later", body, 201, NULL);
    expect(&bob, "POST", "/later", body, 409, "too_many_later");
    char *count = stack_sql(stack, "SELECT count(*) FROM chat.later");
    cr_expect_str_eq(count, "1000");
    free(count);
}

Test(later, times_are_of_the_next_year_and_notes_have_words)
{
    int64_t now = clock_wall_ms(), day = 86400000;
    char body[128];
    snprintf(body, sizeof body, "{\"room\":\"%s\",\"note\":\"x\",\"remind_at\":%lld}", room, (long long)(now - day));
    expect(&bob, "POST", "/later", body, 422, "time_invalid");
    snprintf(body, sizeof body, "{\"room\":\"%s\",\"note\":\"x\",\"remind_at\":%lld}", room,
             (long long)(now + 400 * day));
    expect(&bob, "POST", "/later", body, 422, "time_invalid");
    snprintf(body, sizeof body, "{\"room\":\"%s\",\"remind_at\":%lld}", room, (long long)(now + day));
    expect(&bob, "POST", "/later", body, 400, "bad_request");
    snprintf(body, sizeof body, "{\"room\":\"%s\",\"note\":\"a\\nb\"}", room);
    expect(&bob, "POST", "/later", body, 422, "text_invalid");
}

static void make_due(void)
{
    free(stack_sql(stack, "UPDATE chat.later SET remind_at = now() - interval '1 hour'"));
}

static bool is_dead(void *arg)
{
    return !stack_alive(stack, arg);
}

static bool is_due(void *arg)
{
    (void)arg;
    return listed(&bob, "part=due") == 1;
}

Test(later, a_reminder_comes_once_and_late_when_the_server_was_away)
{
    int64_t seq = room_post(port, &alice, room, "call the pilot");
    char *item = keep(&bob, seq, clock_wall_ms() + 3600000);
    cr_expect_eq(listed(&bob, "part=due"), 0);
    struct ws_client *ear = ws_client_login(stack_port(stack, 1), bob.token, "phone");
    stack_kill(stack, "msg-svc-0", SIGTERM);
    make_due();
    stack_restart(stack, "msg-svc-0");
    stack_wait_ready(stack, "msg-svc-0");
    hear_of_it(ear);
    cr_expect(stack_until(is_due, NULL, WAIT_MS));

    expect(&bob, "PATCH", item_path(item), "{\"done\":true}", 200, NULL);
    cr_expect_eq(listed(&bob, "part=due"), 0);
    expect(&bob, "PATCH", item_path(item), "{\"done\":false,\"remind_at\":0}", 200, NULL);
    cr_expect_eq(listed(&bob, "part=due"), 0, "without a reminder it is not due");
    free(item);
    ws_client_close(&ear);
}

Test(later, a_reminder_whose_giver_dies_is_neither_lost_nor_given_twice)
{
    char *item = keep(&bob, room_post(port, &alice, room, "call"), clock_wall_ms() + 3600000);
    struct ws_client *ear = ws_client_login(stack_port(stack, 1), bob.token, "phone");
    char sql[128];
    snprintf(sql, sizeof sql, "SELECT last_useq FROM chat.users WHERE user_id = %s", bob.id);
    char *before = stack_sql(stack, sql);
    failpoints_arm(&points, "msg.after_reminder", "kill");
    make_due();
    cr_assert(stack_until(is_dead, (char[]){"msg-svc-0"}, WAIT_MS), "the failpoint did not strike");
    stack_restart(stack, "msg-svc-0");
    stack_wait_ready(stack, "msg-svc-0");
    /* Nothing was published: the gateway finds that his log is longer than it knew, and says so. */
    struct jval *head = ws_client_wait(ear, "head", WAIT_MS);
    cr_assert_not_null(head);
    jval_free(head);
    cr_expect(is_due(NULL));
    char *after = stack_sql(stack, sql);
    cr_expect_eq(atoll(after), atoll(before) + 1, "%s, then %s", before, after);
    free(before);
    free(after);
    free(item);
    ws_client_close(&ear);
}
