/* What concerns a person, in one list: what is in it, for whom, in which order, and up to where it was seen. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob, carol;
static int port, port2;
static char *room;

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    port2 = stack_port(stack, 1);
    alice = person_register(port, "alice");
    bob = person_register(port2, "bob");
    carol = person_register(port2, "carol");
    room = room_create(port, &alice, "harbour", "private");
    struct http_answer a;
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/members", room);
    a = api(port, alice.token, "POST", path, "{\"user\":\"%s\"}", bob.id);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(activity, .init = start, .fini = stop, .timeout = 180);

static int64_t number(const struct jval *object, const char *key)
{
    int64_t n = -1;
    jval_get_int(object, key, &n);
    return n;
}

static int64_t reply_to(const struct person *p, int64_t root, const char *text)
{
    char *cmid = new_cmid(), path[64];
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    struct http_answer a = api(port, p->token, "POST", path, "{\"cmid\":\"%s\",\"body\":\"%s\",\"thread\":%lld}", cmid,
                               text, (long long)root);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t seq = number(a.json, "seq");
    http_answer_fini(&a);
    free(cmid);
    return seq;
}

static void act(const struct person *p, const char *method, int64_t seq, const char *tail, const char *body)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld%s", room, (long long)seq, tail);
    struct http_answer a =
        body ? api(port, p->token, method, path, "%s", body) : api(port, p->token, method, path, NULL);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

/* The list as "kind text" lines, the newest first, asked for `limit` at a time; the caller's to free. */
static char *listed(const struct person *p, const char *kind, int limit)
{
    struct buf out = {0};
    char *after = xstrdup("");
    for (bool complete = false; !complete;) {
        char path[192];
        snprintf(path, sizeof path, "/activity?limit=%d%s%s%s%s", limit, kind[0] ? "&kind=" : "", kind,
                 after[0] ? "&after=" : "", after);
        struct http_answer a = api(port2, p->token, "GET", path, NULL);
        cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
        const struct jval *items = jval_get(a.json, "items");
        for (size_t i = 0; i < jval_count(items); i++) {
            struct str what = STR(""), text = STR("");
            jval_get_str(jval_at(items, i), "kind", &what);
            jval_get_str(jval_at(items, i), "text", &text);
            buf_str(&out, what);
            buf_char(&out, ' ');
            buf_str(&out, text);
            buf_char(&out, '\n');
        }
        cr_assert(jval_get_bool(a.json, "complete", &complete));
        cr_assert(complete || jval_count(items) == (size_t)limit);
        free(after);
        after = answer_text(&a, "next");
        cr_assert_eq(complete, after[0] == '\0');
        http_answer_fini(&a);
    }
    free(after);
    char *text = xstrdup(buf_c(&out));
    buf_fini(&out);
    return text;
}

#define LISTED(person, kind, limit, expected)           \
    do {                                                \
        char *text_ = listed(person, kind, limit);      \
        cr_expect_str_eq(text_, expected, "%s", text_); \
        free(text_);                                    \
    } while (0)

/* Something of each kind, for Alice. */
static int64_t fill(void)
{
    int64_t root = room_post(port, &alice, room, "root");
    room_post(port2, &bob, room, "@alice one");
    act(&bob, "POST", root, "/reactions", "{\"emoji\":\"🍰\",\"on\":true}");
    reply_to(&bob, root, "two");
    room_post(port2, &bob, room, "@all three");
    reply_to(&bob, root, "@alice four");
    return root;
}

#define FILLED "mention @alice four\nmention @all three\nreply two\nreaction root\nmention @alice one\n"

Test(activity, is_what_others_did_that_concerns_me_the_newest_first)
{
    int64_t root = fill();
    act(&alice, "POST", root, "/reactions", "{\"emoji\":\"🍰\",\"on\":true}");
    reply_to(&alice, root, "mine");
    room_post(port, &alice, room, "@all @alice mine");
    LISTED(&alice, "", 50, FILLED);
    for (int limit = 1; limit < 6; limit++)
        LISTED(&alice, "", limit, FILLED);
    LISTED(&alice, "mention", 2, "mention @alice four\nmention @all three\nmention @alice one\n");
    LISTED(&alice, "reply", 2, "reply two\n");
    LISTED(&alice, "reaction", 2, "reaction root\n");
    LISTED(&bob, "", 50, "mention @all @alice mine\nreply mine\n");
}

Test(activity, loses_what_is_taken_back)
{
    int64_t root = fill();
    act(&bob, "POST", root, "/reactions", "{\"emoji\":\"🍰\",\"on\":false}");
    int64_t reply = reply_to(&bob, root, "five"), named = room_post(port2, &bob, room, "@alice six");
    act(&bob, "PATCH", named, "", "{\"body\":\"@alice seven\"}");
    LISTED(
        &alice, "", 50,
        "mention @alice seven\nreply five\nmention @alice four\nmention @all three\nreply two\nmention @alice one\n");
    act(&bob, "DELETE", reply, "", NULL);
    act(&bob, "DELETE", named, "", NULL);
    LISTED(&alice, "", 50, "mention @alice four\nmention @all three\nreply two\nmention @alice one\n");
}

Test(activity, shows_nothing_of_rooms_one_is_not_in_and_nothing_of_whom_one_blocks)
{
    fill();
    LISTED(&carol, "", 50, "");
    char path[96];
    snprintf(path, sizeof path, "/me/blocks/%s", bob.id);
    struct http_answer a = api(port, alice.token, "PUT", path, "{}");
    cr_assert_lt(a.status, 300, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    LISTED(&alice, "", 50, "");
    a = api(port, alice.token, "DELETE", path, NULL);
    http_answer_fini(&a);
    LISTED(&alice, "", 50, FILLED);

    room_post(port, &alice, room, "@bob secret");
    LISTED(&bob, "", 50, "mention @bob secret\n");
    snprintf(path, sizeof path, "/rooms/%s/members/%s", room, bob.id);
    a = api(port, alice.token, "DELETE", path, NULL);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    LISTED(&bob, "", 50, "");
    /* Who comes later was not called before. */
    snprintf(path, sizeof path, "/rooms/%s/members", room);
    a = api(port, alice.token, "POST", path, "{\"user\":\"%s\"}", carol.id);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    LISTED(&carol, "", 50, "");
}

Test(activity, bad_questions_are_told_so)
{
    const char *const tails[] = {"?after=x", "?after=1.2", "?after=1.2.x", "?kind=noise", "?limit=0", "?after=-5.1.1"};
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        char path[64];
        snprintf(path, sizeof path, "/activity%s", tails[i]);
        struct http_answer a = api(port, alice.token, "GET", path, NULL);
        cr_expect_eq(a.status, 400, "%s: %s", tails[i], buf_c(&a.body));
        http_answer_fini(&a);
    }
}

static int64_t seen(const struct person *p)
{
    struct http_answer a = api(port, p->token, "GET", "/activity", NULL);
    int64_t ts = number(a.json, "seen");
    http_answer_fini(&a);
    return ts;
}

static void see(const struct person *p, int64_t ts)
{
    struct http_answer a = api(port, p->token, "PUT", "/activity/seen", "{\"ts\":%lld}", (long long)ts);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

Test(activity, how_far_it_was_seen_goes_forwards_and_is_told_to_all_devices)
{
    struct ws_client *phone = ws_client_login(port2, alice.token, "phone");
    cr_assert_not_null(phone);
    cr_assert_eq(seen(&alice), 0);
    see(&alice, 5000);
    cr_expect_eq(seen(&alice), 5000);
    see(&alice, 4000);
    cr_expect_eq(seen(&alice), 5000);
    see(&alice, 6000);
    int64_t told[] = {5000, 6000};
    for (size_t i = 0; i < 2; i++) {
        struct jval *frame = ws_client_wait(phone, "user", WAIT_MS);
        struct str type;
        cr_assert_not_null(frame);
        cr_expect(jval_get_str(frame, "type", &type) && str_is(type, "activity_seen"));
        cr_expect_eq(number(frame, "seen"), told[i]);
        jval_free(frame);
    }
    ws_client_close(&phone);
    see(&alice, INT64_C(9007199254740991));
    cr_expect_lt(seen(&alice), INT64_C(9007199254740991), "not into the future");
    cr_expect_eq(seen(&bob), 0);
}
