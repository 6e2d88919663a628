/* What is done to messages after they were sent: who may, who may not, what the others see, live and in history. */
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

TestSuite(messages, .init = start, .fini = stop, .timeout = 180);

static struct http_answer ask(const struct person *p, const char *method, const char *body, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
static struct http_answer ask(const struct person *p, const char *method, const char *body, const char *fmt, ...)
{
    char path[256];
    va_list args;
    int n = snprintf(path, sizeof path, "/rooms/%s", room);
    va_start(args, fmt);
    vsnprintf(path + n, sizeof path - (size_t)n, fmt, args);
    va_end(args);
    return body ? api(port, p->token, method, path, "%s", body) : api(port, p->token, method, path, NULL);
}

static bool is_refused_with(const struct http_answer *a, const char *code)
{
    struct str s;
    return jval_get_str(a->json, "code", &s) && str_is(s, code);
}

/* The status of an act on a message. */
static int act(const struct person *p, const char *method, int64_t seq, const char *tail, const char *body)
{
    struct http_answer a = ask(p, method, body, "/messages/%lld%s", (long long)seq, tail);
    int status = a.status;
    http_answer_fini(&a);
    return status;
}

static bool is_type(const struct jval *event, const char *type)
{
    struct str s;
    return jval_get_str(event, "type", &s) && str_is(s, type);
}

static int64_t number(const struct jval *object, const char *key)
{
    int64_t n = -1;
    jval_get_int(object, key, &n);
    return n;
}

static bool text_is(const struct jval *object, const char *key, const char *text)
{
    struct str s;
    return jval_get_str(object, key, &s) && str_is(s, text);
}

/* The next event of this type that Bob hears; the caller's to free. */
static struct jval *hear(const char *type)
{
    for (;;) {
        struct jval *event = ws_client_wait(ear, "event", WAIT_MS);
        cr_assert_not_null(event, "no event of type %s", type);
        if (is_type(event, type))
            return event;
        jval_free(event);
    }
}

/* The event with this seq as history shows it to `p`; lives in *page. */
static const struct jval *shown(const struct person *p, int64_t seq, struct http_answer *page)
{
    *page = ask(p, "GET", NULL, "/messages?after=%lld&limit=1", (long long)seq - 1);
    cr_assert_eq(page->status, 200, "%s", buf_c(&page->body));
    const struct jval *event = jval_at(jval_get(page->json, "events"), 0);
    cr_assert_eq(number(event, "seq"), seq);
    return event;
}

static int64_t reply_to(const struct person *p, int64_t root, const char *text)
{
    char *cmid = new_cmid(), body[256];
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"%s\",\"thread\":%lld}", cmid, text, (long long)root);
    free(cmid);
    struct http_answer a = ask(p, "POST", body, "/messages");
    int64_t seq = a.status == 201 ? number(a.json, "seq") : -a.status;
    http_answer_fini(&a);
    return seq;
}

Test(messages, an_edit_is_seen_by_all_and_its_history_is_kept)
{
    int64_t seq = room_post(port, &alice, room, "ships");
    cr_assert_eq(act(&alice, "PATCH", seq, "", "{\"body\":\"boats\"}"), 204);
    struct jval *heard = hear("edited");
    cr_expect_eq(number(heard, "about"), seq);
    cr_expect(text_is(heard, "body", "boats"));
    int64_t edit = number(heard, "seq");
    jval_free(heard);

    struct http_answer page;
    const struct jval *event = shown(&bob, seq, &page), *state = jval_get(event, "state");
    cr_expect(text_is(event, "body", "boats"));
    cr_expect_eq(number(state, "changed"), edit);
    cr_expect_gt(number(state, "edited_at"), 0);
    http_answer_fini(&page);

    cr_assert_eq(act(&alice, "PATCH", seq, "", "{\"body\":\"boats\"}"), 204, "the same again is no change");
    struct http_answer edits = ask(&bob, "GET", NULL, "/messages/%lld/edits", (long long)seq);
    const struct jval *versions = jval_get(edits.json, "edits");
    cr_assert_eq(jval_count(versions), 2);
    cr_expect(text_is(jval_at(versions, 0), "body", "ships"));
    cr_expect(text_is(jval_at(versions, 1), "body", "boats"));
    http_answer_fini(&edits);
}

Test(messages, only_the_author_edits_and_nobody_what_is_gone)
{
    int64_t seq = room_post(port2, &bob, room, "mine");
    cr_expect_eq(act(&alice, "PATCH", seq, "", "{\"body\":\"hers\"}"), 403, "not even the owner of the room");
    cr_expect_eq(act(&carol, "PATCH", seq, "", "{\"body\":\"hers\"}"), 403, "not a member");
    cr_expect_eq(act(&bob, "PATCH", seq, "", "{\"body\":\"  \"}"), 400);
    cr_expect_eq(act(&bob, "PATCH", seq + 50, "", "{\"body\":\"x\"}"), 404);
    cr_expect_eq(act(&bob, "PATCH", 1, "", "{\"body\":\"x\"}"), 404, "the room's first event is no message");
    cr_assert_eq(act(&bob, "DELETE", seq, "", NULL), 204);
    cr_expect_eq(act(&bob, "PATCH", seq, "", "{\"body\":\"back\"}"), 404);
}

Test(messages, a_deleted_message_leaves_its_place_and_no_text)
{
    int64_t seq = room_post(port, &alice, room, "secret one");
    cr_assert_eq(act(&alice, "PATCH", seq, "", "{\"body\":\"secret two\"}"), 204);
    cr_assert_eq(act(&bob, "POST", seq, "/reactions", "{\"emoji\":\"👍\",\"on\":true}"), 204);
    cr_assert_eq(act(&bob, "DELETE", seq, "", NULL), 403, "neither author nor owner");
    cr_assert_eq(act(&alice, "DELETE", seq, "", NULL), 204);
    jval_free(hear("deleted"));
    cr_expect_eq(act(&alice, "DELETE", seq, "", NULL), 204, "twice is once");

    struct http_answer log = ask(&bob, "GET", NULL, "/messages?limit=50");
    cr_assert_eq(log.status, 200);
    cr_expect(strstr(buf_c(&log.body), "secret") == NULL, "%s", buf_c(&log.body));
    http_answer_fini(&log);
    struct http_answer page;
    const struct jval *state = jval_get(shown(&bob, seq, &page), "state");
    bool deleted = false;
    cr_expect(jval_get_bool(state, "deleted", &deleted) && deleted);
    cr_expect_null(jval_get(state, "reactions"));
    http_answer_fini(&page);
    cr_expect_eq(act(&bob, "POST", seq, "/reactions", "{\"emoji\":\"👍\",\"on\":true}"), 404);
}

Test(messages, an_owner_deletes_what_others_wrote)
{
    int64_t seq = room_post(port2, &bob, room, "noise");
    cr_expect_eq(act(&alice, "DELETE", seq, "", NULL), 204);
}

Test(messages, reactions_are_counted_once_a_person_however_often_they_are_put)
{
    int64_t seq = room_post(port, &alice, room, "cake");
    for (int i = 0; i < 3; i++) {
        cr_assert_eq(act(&alice, "POST", seq, "/reactions", "{\"emoji\":\"🍰\",\"on\":true}"), 204);
        cr_assert_eq(act(&bob, "POST", seq, "/reactions", "{\"emoji\":\"🍰\",\"on\":true}"), 204);
    }
    struct http_answer page;
    const struct jval *reactions = jval_get(jval_get(shown(&bob, seq, &page), "state"), "reactions");
    cr_assert_eq(jval_count(reactions), 1);
    cr_expect(text_is(jval_at(reactions, 0), "emoji", "🍰"));
    cr_expect_eq(number(jval_at(reactions, 0), "count"), 2);
    cr_expect_eq(jval_count(jval_get(jval_at(reactions, 0), "users")), 2);
    http_answer_fini(&page);

    cr_assert_eq(act(&alice, "POST", seq, "/reactions", "{\"emoji\":\"🍰\",\"on\":false}"), 204);
    reactions = jval_get(jval_get(shown(&bob, seq, &page), "state"), "reactions");
    cr_expect_eq(number(jval_at(reactions, 0), "count"), 1);
    http_answer_fini(&page);
    cr_expect_eq(act(&carol, "POST", seq, "/reactions", "{\"emoji\":\"🍰\",\"on\":true}"), 403);
    cr_expect_eq(act(&bob, "POST", seq, "/reactions", "{\"emoji\":\"\",\"on\":true}"), 400);
}

Test(messages, a_message_takes_fifty_different_reactions)
{
    int64_t seq = room_post(port, &alice, room, "popular");
    char body[64];
    for (int i = 0; i < 50; i++) {
        snprintf(body, sizeof body, "{\"emoji\":\"\xf0\x9f\x98%c\",\"on\":true}", 0x80 + i); /* U+1F600 and on */
        cr_assert_eq(act(i % 2 ? &alice : &bob, "POST", seq, "/reactions", body), 204, "%d", i);
    }
    cr_expect_eq(act(&bob, "POST", seq, "/reactions", "{\"emoji\":\"🙈\",\"on\":true}"), 409);
}

Test(messages, replies_make_a_thread_that_leaves_the_room_as_read_as_it_was)
{
    int64_t root = room_post(port, &alice, room, "lunch?");
    struct http_answer before = ask(&bob, "GET", NULL, "%s", "");
    int64_t n = number(before.json, "n");
    http_answer_fini(&before);
    int64_t one = reply_to(&bob, root, "yes"), two = reply_to(&alice, root, "noon");
    cr_assert(one > root && two > one);
    struct jval *heard = hear("reply");
    cr_expect_eq(number(heard, "about"), root);
    jval_free(heard);

    struct http_answer after = ask(&bob, "GET", NULL, "%s", "");
    cr_expect_eq(number(after.json, "n"), n, "replies do not count as the room's messages");
    http_answer_fini(&after);
    struct http_answer page;
    cr_expect_eq(number(jval_get(shown(&bob, root, &page), "state"), "replies"), 2);
    http_answer_fini(&page);

    struct http_answer thread = ask(&bob, "GET", NULL, "/threads/%lld", (long long)root);
    cr_assert_eq(thread.status, 200, "%s", buf_c(&thread.body));
    cr_expect_eq(jval_count(jval_get(thread.json, "replies")), 2);
    cr_expect(text_is(jval_at(jval_get(thread.json, "replies"), 0), "body", "yes"));
    cr_expect_eq(number(jval_get(thread.json, "thread"), "unread"), 1, "what came behind his own reply");
    http_answer_fini(&thread);
    cr_expect_eq(reply_to(&bob, one, "nested"), -404, "a thread hangs on no reply");
    cr_expect_eq(reply_to(&bob, 9999, "nowhere"), -404);
    cr_expect_eq(reply_to(&carol, root, "outside"), -403);
}

Test(messages, threads_are_followed_by_who_began_or_answered_until_they_choose_not_to)
{
    int64_t root = room_post(port, &alice, room, "plan");
    int64_t last = reply_to(&bob, root, "fine");
    struct http_answer hers = api(port, alice.token, "GET", "/threads", NULL);
    const struct jval *thread = jval_at(jval_get(hers.json, "threads"), 0);
    cr_expect_eq(number(thread, "unread"), 1);
    cr_expect_eq(number(jval_get(thread, "root"), "seq"), root);
    http_answer_fini(&hers);

    char body[64], path[64];
    snprintf(body, sizeof body, "{\"read_seq\":%lld}", (long long)last);
    snprintf(path, sizeof path, "/threads/%lld", (long long)root);
    struct http_answer read = ask(&alice, "PUT", body, "%s", path);
    cr_expect_eq(read.status, 204, "%s", buf_c(&read.body));
    http_answer_fini(&read);
    hers = api(port, alice.token, "GET", "/threads", NULL);
    cr_expect_eq(number(jval_at(jval_get(hers.json, "threads"), 0), "unread"), 0);
    http_answer_fini(&hers);

    struct http_answer off = ask(&alice, "PUT", "{\"following\":false}", "%s", path);
    cr_expect_eq(off.status, 204);
    http_answer_fini(&off);
    reply_to(&bob, root, "still there?");
    hers = api(port, alice.token, "GET", "/threads", NULL);
    cr_expect_eq(jval_count(jval_get(hers.json, "threads")), 0);
    http_answer_fini(&hers);
    struct http_answer carols = ask(&carol, "PUT", "{\"following\":true}", "%s", path);
    cr_expect_eq(carols.status, 403);
    http_answer_fini(&carols);
}

Test(messages, pins_are_listed_the_last_pinned_first)
{
    int64_t one = room_post(port, &alice, room, "rules"), two = room_post(port, &alice, room, "map");
    cr_assert_eq(act(&alice, "POST", one, "/pin", "{\"on\":true}"), 204);
    cr_assert_eq(act(&alice, "POST", two, "/pin", "{\"on\":true}"), 204);
    cr_assert_eq(act(&alice, "POST", two, "/pin", "{\"on\":true}"), 204);
    struct http_answer pins = ask(&bob, "GET", NULL, "/pins");
    const struct jval *events = jval_get(pins.json, "events");
    cr_assert_eq(jval_count(events), 2);
    cr_expect_eq(number(jval_at(events, 0), "seq"), two);
    http_answer_fini(&pins);
    cr_assert_eq(act(&alice, "POST", two, "/pin", "{\"on\":false}"), 204);
    pins = ask(&bob, "GET", NULL, "/pins");
    cr_expect_eq(jval_count(jval_get(pins.json, "events")), 1);
    http_answer_fini(&pins);
}

/* The unread mentions of the room, as Bob's list of rooms has them; lives in *list. */
static const struct jval *mentions_of_bob(struct http_answer *list)
{
    *list = api(port, bob.token, "GET", "/rooms", NULL);
    const struct jval *rooms = jval_get(list->json, "rooms");
    for (size_t i = 0; i < jval_count(rooms); i++)
        if (text_is(jval_at(rooms, i), "id", room))
            return jval_get(jval_at(rooms, i), "mentions");
    return NULL;
}

Test(messages, who_is_named_sees_it_until_he_has_read_it)
{
    room_post(port2, &bob, room, "I call @bob myself, and @all");
    room_post(port, &alice, room, "nobody here");
    int64_t named = room_post(port, &alice, room, "ask @Bob, or @carol.");
    room_post(port, &alice, room, "`@bob` in code, me@bob.example and @bobby name nobody");
    int64_t all = room_post(port, &alice, room, "@all: dinner");
    struct http_answer list;
    const struct jval *mentions = mentions_of_bob(&list);
    int64_t seq = 0;
    cr_assert_eq(jval_count(mentions), 2, "%s", buf_c(&list.body));
    cr_expect(jval_int(jval_at(mentions, 0), &seq) && seq == named);
    cr_expect(jval_int(jval_at(mentions, 1), &seq) && seq == all);
    http_answer_fini(&list);

    struct http_answer page;
    const struct jval *ids = jval_get(jval_get(shown(&bob, named, &page), "data"), "mentions");
    cr_expect_eq(jval_count(ids), 2, "Carol is named although she is not in the room");
    http_answer_fini(&page);

    char body[64];
    snprintf(body, sizeof body, "{\"seq\":%lld}", (long long)all);
    struct http_answer read = ask(&bob, "POST", body, "/read");
    cr_assert_eq(read.status, 200);
    http_answer_fini(&read);
    cr_expect_null(mentions_of_bob(&list));
    http_answer_fini(&list);
}

Test(messages, to_outsiders_a_private_room_s_messages_are_as_unknown_as_the_room)
{
    free(room);
    room = room_create(port, &alice, "cellar", "private");
    int64_t seq = room_post(port, &alice, room, "wine");
    char *there = room;
    const char *const tails[] = {"", "/edits"};
    const char *const lists[] = {"/pins", "/threads/2", "/messages"};
    for (int round = 0; round < 2; round++) {
        room = round == 0 ? there : xstrdup("999999");
        for (size_t i = 0; i < 2; i++)
            cr_expect_eq(act(&carol, "GET", seq, tails[i], NULL), 404);
        for (size_t i = 0; i < 3; i++) {
            struct http_answer a = ask(&carol, "GET", NULL, "%s", lists[i]);
            cr_expect(is_refused_with(&a, "room_not_found"), "%s: %s", lists[i], buf_c(&a.body));
            http_answer_fini(&a);
        }
        const char *const bodies[] = {"{\"body\":\"x\"}", "{\"emoji\":\"👍\",\"on\":true}", "{\"on\":true}"};
        const char *const acts[] = {"", "/reactions", "/pin"};
        for (size_t i = 0; i < 3; i++) {
            struct http_answer a =
                ask(&carol, i == 0 ? "PATCH" : "POST", bodies[i], "/messages/%lld%s", (long long)seq, acts[i]);
            cr_expect(is_refused_with(&a, "room_not_found"), "%s: %s", acts[i], buf_c(&a.body));
            http_answer_fini(&a);
        }
        cr_expect_eq(act(&carol, "DELETE", seq, "", NULL), 404);
        cr_expect_eq(reply_to(&carol, seq, "psst"), -404);
    }
    free(room);
    room = there;
}
