/* Who comes into a room, by whom, and what stays with him who goes and comes again. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"

static struct stack *stack;
static struct person alice, bob, carol, dave; /* Alice came first: she is admin. */
static int port;
static char *room;

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
    dave = person_register(port, "dave");
    room = NULL;
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    person_fini(&dave);
    stack_stop(&stack);
}

TestSuite(comings, .init = start, .fini = stop, .timeout = 180);

static const char *ask(const struct person *p, const char *method, const char *path, const char *body)
{
    return person_ask(port, p, method, path, body);
}

/* The same of a path in the room; `of` is put to its end. */
static const char *in_room(const struct person *p, const char *method, const char *tail, const char *of,
                           const char *body)
{
    char path[256];
    snprintf(path, sizeof path, "/rooms/%s%s%s", room, tail, of);
    return ask(p, method, path, body);
}

static const char *post(const struct person *p, const char *text)
{
    char body[160], *cmid = new_cmid();
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"%s\"}", cmid, text);
    free(cmid);
    return in_room(p, "POST", "/messages", "", body);
}

static void bring(const struct person *by, const struct person *who)
{
    char body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", who->id);
    cr_assert_str_eq(in_room(by, "POST", "/members", "", body), "204");
}

/* Alice's room; Bob moderates, Carol is a member, Dave is outside. */
static void room_of_three(const char *kind)
{
    room = room_create(port, &alice, "board", kind);
    bring(&alice, &bob);
    bring(&alice, &carol);
    cr_assert_str_eq(in_room(&alice, "PUT", "/members/", bob.id, "{\"role\":\"moderator\"}"), "204");
}

/* Whether somebody sees this in what the room says of itself. */
static bool sees(const struct person *p, const char *what)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s", room);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    bool there = strstr(buf_c(&a.body), what) != NULL;
    http_answer_fini(&a);
    return there;
}

Test(comings, who_goes_and_comes_again_is_muted_as_before)
{
    room_of_three("public");
    char tail[64];
    snprintf(tail, sizeof tail, "%s/mute", carol.id);
    cr_expect_str_eq(in_room(&bob, "PUT", "/members/", tail, "{\"until\":9000000000000}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/leave", "", "{}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/join", "", "{}"), "200");
    cr_expect(sees(&carol, "\"muted_until\":9000000000000"));
    cr_expect_str_eq(post(&carol, "a"), "403 muted");
    cr_expect_str_eq(in_room(&bob, "DELETE", "/members/", carol.id, NULL), "204");
    bring(&alice, &carol);
    cr_expect_str_eq(post(&carol, "b"), "403 muted");
    bring(&alice, &dave);
    cr_expect_str_eq(post(&dave, "c"), "201", "nobody else is");
    cr_expect_str_eq(in_room(&bob, "PUT", "/members/", tail, "{\"until\":0}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/leave", "", "{}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/join", "", "{}"), "200");
    cr_expect_str_eq(post(&carol, "d"), "201");
}

Test(comings, who_was_made_a_guest_comes_back_as_one_unless_somebody_brings_him)
{
    room_of_three("public");
    cr_expect_str_eq(in_room(&alice, "PUT", "/members/", carol.id, "{\"role\":\"guest\"}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/leave", "", "{}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/join", "", "{}"), "200");
    cr_expect(sees(&carol, "\"role\":\"guest\""));
    cr_expect_str_eq(in_room(&carol, "POST", "/leave", "", "{}"), "204");
    bring(&alice, &carol);
    cr_expect(sees(&carol, "\"role\":\"member\""));
    cr_expect_str_eq(in_room(&carol, "POST", "/leave", "", "{}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/join", "", "{}"), "200");
    cr_expect(sees(&carol, "\"role\":\"member\""), "who was brought in since is one");
}

Test(comings, who_is_blocked_brings_nobody_in_who_blocks_him)
{
    char path[64], body[64];
    room_of_three("private");
    snprintf(path, sizeof path, "/me/blocks/%s", carol.id);
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", dave.id);
    cr_assert_str_eq(ask(&dave, "PUT", path, "{}"), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/members", "", body), "403 blocked");
    cr_expect_str_eq(in_room(&dave, "GET", "", "", NULL), "404 room_not_found");
    bring(&bob, &dave);
    cr_expect_str_eq(in_room(&carol, "POST", "/members", "", body), "204", "he is in already");
    cr_expect_str_eq(in_room(&dave, "POST", "/leave", "", "{}"), "204");
    cr_assert_str_eq(ask(&dave, "DELETE", path, NULL), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/members", "", body), "204");
}

Test(comings, a_disabled_account_inherits_no_room)
{
    char path[64];
    room_of_three("private");
    snprintf(path, sizeof path, "/admin/users/%s", bob.id);
    cr_assert_str_eq(ask(&alice, "PATCH", path, "{\"disabled\":true}"), "204");
    cr_expect_str_eq(in_room(&alice, "POST", "/leave", "", "{}"), "204");
    cr_expect(sees(&carol, "\"role\":\"owner\""));
}

/* Erin was added and has written before she ever looked: nobody has welcomed her so far. */
Test(comings, a_newcomer_who_is_banned_is_not_welcomed)
{
    struct person erin = person_register(port, "erin");
    char body[96], path[64];
    room = strdup("1");
    bring(&alice, &erin);
    int64_t seq = room_post(port, &erin, room, "spam");
    snprintf(path, sizeof path, "/messages/%lld/report", (long long)seq);
    cr_assert_str_eq(in_room(&bob, "POST", path, "", "{\"reason\":\"spam\"}"), "204");
    snprintf(path, sizeof path, "/messages/%lld/settle", (long long)seq);
    snprintf(body, sizeof body, "{\"user\":\"%s\",\"settlement\":\"ban\"}", erin.id);
    cr_assert_str_eq(in_room(&alice, "POST", path, "", body), "204");
    cr_expect_str_eq(in_room(&erin, "GET", "/messages", "", NULL), "403 not_member");
    cr_expect_str_eq(post(&erin, "more"), "403 not_member");
    cr_expect_str_eq(in_room(&erin, "POST", "/join", "", "{}"), "403 banned");
    person_fini(&erin);
}
