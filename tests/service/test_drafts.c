/* Drafts: kept for their author alone, the later one of two, on all of his devices. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000, DRAFTS_MOST = 200 };

static struct stack *stack;
static struct person alice, bob;
static int port, port2;
static char *room;
static struct ws_client *phone; /* Alice's, at the other gateway */

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    port2 = stack_port(stack, 1);
    alice = person_register(port, "alice");
    bob = person_register(port2, "bob");
    room = room_create(port, &alice, "study", "private");
    phone = ws_client_login(port2, alice.token, "phone");
    cr_assert_not_null(phone);
}

static void stop(void)
{
    ws_client_close(&phone);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(drafts, .init = start, .fini = stop, .timeout = 180);

static struct http_answer keep(const struct person *p, const char *where, int64_t thread, const char *body, int64_t ms)
{
    char path[64], place[48] = "";
    snprintf(path, sizeof path, "/rooms/%s/draft", where);
    if (thread != 0)
        snprintf(place, sizeof place, "\"thread\":%lld,", (long long)thread);
    return api(port, p->token, "PUT", path, "{%s\"body\":\"%s\",\"written_at\":%lld}", place, body, (long long)ms);
}

static int kept(int64_t thread, const char *body, int64_t ms)
{
    struct http_answer a = keep(&alice, room, thread, body, ms);
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

static bool text_is(const struct jval *object, const char *key, const char *text)
{
    struct str s;
    return jval_get_str(object, key, &s) && str_is(s, text);
}

/* How many there are; the first one is `body`. */
static size_t listed(const struct person *p, const char *body)
{
    struct http_answer a = api(port2, p->token, "GET", "/drafts", NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    const struct jval *drafts = jval_get(a.json, "drafts");
    size_t count = jval_count(drafts);
    if (body)
        cr_expect(text_is(jval_at(drafts, 0), "body", body), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    return count;
}

Test(drafts, what_is_kept_on_one_device_is_told_to_the_others)
{
    int64_t now = clock_wall_ms();
    cr_assert_eq(kept(0, "Dear all", now), 200);
    struct jval *told = ws_client_wait(phone, "draft", WAIT_MS);
    cr_assert_not_null(told);
    cr_expect(text_is(told, "body", "Dear all"));
    cr_expect(text_is(told, "room", room));
    cr_expect_null(jval_get(told, "thread"));
    jval_free(told);
    cr_assert_eq(kept(7, "in a thread", now), 200);
    told = ws_client_wait(phone, "draft", WAIT_MS);
    int64_t thread = 0;
    cr_expect(jval_get_int(told, "thread", &thread) && thread == 7);
    jval_free(told);
    cr_expect_eq(listed(&alice, NULL), 2);
    cr_expect_eq(listed(&bob, NULL), 0);
}

Test(drafts, of_two_the_one_written_later_holds)
{
    int64_t now = clock_wall_ms();
    cr_assert_eq(kept(0, "later", now - 1000), 200);
    struct http_answer a = keep(&alice, room, 0, "earlier", now - 5000);
    cr_assert_eq(a.status, 200);
    cr_expect(text_is(a.json, "body", "later"), "the answer is what holds");
    http_answer_fini(&a);
    cr_expect_eq(listed(&alice, "later"), 1);
    /* Whoever's clock is ahead has no advantage for long. */
    a = keep(&alice, room, 0, "from the future", now + 86400000);
    int64_t written = answer_int(&a, "written_at");
    cr_expect(written >= now && written <= clock_wall_ms() + 1000);
    http_answer_fini(&a);
}

Test(drafts, one_that_was_sent_does_not_come_back)
{
    int64_t now = clock_wall_ms();
    cr_assert_eq(kept(0, "hello", now - 3000), 200);
    jval_free(ws_client_wait(phone, "draft", WAIT_MS));
    cr_assert_eq(kept(0, "", now - 2000), 200);
    struct jval *told = ws_client_wait(phone, "draft", WAIT_MS);
    cr_expect(text_is(told, "body", ""));
    jval_free(told);
    cr_expect_eq(listed(&alice, NULL), 0);
    struct http_answer late = keep(&alice, room, 0, "hello, half", now - 2500);
    cr_expect(text_is(late.json, "body", ""), "%s", buf_c(&late.body));
    http_answer_fini(&late);
    cr_expect_eq(listed(&alice, NULL), 0);
    cr_assert_eq(kept(9, "", now), 200, "nothing where nothing was");
    char *rows = stack_sql(stack, "SELECT count(*) FROM chat.drafts");
    cr_expect_str_eq(rows, "1");
    free(rows);
}

Test(drafts, only_in_a_room_one_is_in)
{
    int64_t now = clock_wall_ms();
    struct http_answer outside = keep(&bob, room, 0, "let me in", now), nowhere = keep(&bob, "999999", 0, "x", now);
    cr_expect(text_is(outside.json, "code", "room_not_found"));
    cr_expect(text_is(nowhere.json, "code", "room_not_found"));
    http_answer_fini(&outside);
    http_answer_fini(&nowhere);
    char *open = room_create(port, &alice, "market", "public");
    struct http_answer a = keep(&bob, open, 0, "x", now);
    cr_expect(text_is(a.json, "code", "not_member"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    room_join(port, &bob, open);
    a = keep(&bob, open, 0, "bye", now);
    cr_assert_eq(a.status, 200);
    http_answer_fini(&a);
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/leave", open);
    a = api(port, bob.token, "POST", path, NULL);
    cr_assert_eq(a.status, 204);
    http_answer_fini(&a);
    cr_expect_eq(listed(&bob, NULL), 0, "one of a room left is not shown");
    free(open);
}

Test(drafts, there_is_a_most)
{
    int64_t now = clock_wall_ms();
    char *made =
        stack_sql(stack, "INSERT INTO chat.drafts (user_id, room_id, thread, body, written_at) "
                         "SELECT m.user_id, m.room_id, i, 'x', now() - interval '1 day' "
                         "FROM chat.members m JOIN chat.rooms r ON r.id = m.room_id, generate_series(1, 200) i "
                         "WHERE r.name = 'study'");
    free(made);
    cr_expect_eq(listed(&alice, NULL), DRAFTS_MOST);
    cr_expect_eq(kept(900, "one more", now), 409);
    cr_expect_eq(kept(7, "another text", now), 200);
    cr_expect_eq(kept(8, "", now), 200);
    cr_expect_eq(kept(900, "one more", now), 200);
    char *big = xcalloc(1, 16386);
    memset(big, 'x', 16385);
    cr_expect_eq(kept(7, big, now), 400);
    big[16384] = '\0';
    cr_expect_eq(kept(7, big, now), 200);
    free(big);
}

/* 20 of them are more than an answer, and all were written in one moment but the last. */
Test(drafts, pages_miss_none_of_those_written_in_the_same_moment)
{
    cr_assert_eq(kept(99, "the oldest", clock_wall_ms() - 1000), 200);
    free(stack_sql(stack, "WITH one AS (SELECT user_id, room_id, written_at + interval '500 milliseconds' AS at "
                          "FROM chat.drafts) INSERT INTO chat.drafts (user_id, room_id, thread, body, written_at) "
                          "SELECT user_id, room_id, g, repeat('x', 16000), at FROM one, generate_series(1, 20) g"));
    size_t seen = 0;
    char query[64] = "/drafts";
    for (int page = 0; page < 30 && query[0]; page++) {
        struct http_answer a = api(port2, alice.token, "GET", query, NULL);
        const struct jval *drafts = jval_get(a.json, "drafts");
        bool complete = false;
        int64_t ms = 0;
        size_t count = jval_count(drafts);
        cr_assert(count > 0 && jval_get_bool(a.json, "complete", &complete), "%s", buf_c(&a.body));
        cr_assert(jval_get_int(jval_at(drafts, count - 1), "written_at", &ms));
        snprintf(query, sizeof query, "/drafts?before=%lld", (long long)ms);
        if (complete)
            query[0] = '\0';
        seen += count;
        http_answer_fini(&a);
    }
    cr_expect_eq(seen, 21);
}
