/* How far people have read: what moves their places, what puts them back, and who hears of it. */
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
static struct ws_client *phone; /* Bob's, at the other gateway */

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
    phone = ws_client_login(port2, bob.token, "phone");
    cr_assert_not_null(phone);
}

static void stop(void)
{
    ws_client_close(&phone);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(reading, .init = start, .fini = stop, .timeout = 180);

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

/* POST or PUT of {"<key>":n}; "200", or the status and the code. */
static const char *tell(const struct person *p, const char *method, const char *tail, const char *key, int64_t n)
{
    static char answer[128];
    char path[128];
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    struct http_answer a = api(port, p->token, method, path, "{\"%s\":%lld}", key, (long long)n);
    char *code = answer_text(&a, "code");
    snprintf(answer, sizeof answer, "%d%s%s", a.status, code[0] ? " " : "", code);
    free(code);
    http_answer_fini(&a);
    return answer;
}

/* The room as `p` sees it; the caller's to free. */
static struct http_answer seen_by(const struct person *p)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s", room);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    return a;
}

static int64_t seen(const struct person *p, const char *key)
{
    struct http_answer a = seen_by(p);
    int64_t n = number(a.json, key);
    http_answer_fini(&a);
    return n;
}

static int64_t unread(const struct person *p)
{
    return seen(p, "n") - seen(p, "read_n");
}

static size_t mentions(const struct person *p)
{
    struct http_answer a = seen_by(p);
    size_t count = jval_count(jval_get(a.json, "mentions"));
    http_answer_fini(&a);
    return count;
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

/* What is unread for `p` in the thread he follows; -1: he follows none. */
static int64_t unread_replies(const struct person *p)
{
    struct http_answer a = api(port, p->token, "GET", "/threads", NULL);
    int64_t n = number(jval_at(jval_get(a.json, "threads"), 0), "unread");
    http_answer_fini(&a);
    return n;
}

/* The next frame of Bob's own log that is of this type; the caller's to free. */
static struct jval *hear(const char *type)
{
    for (;;) {
        struct jval *frame = ws_client_wait(phone, "user", WAIT_MS);
        cr_assert_not_null(frame, "no user event of type %s", type);
        if (text_is(frame, "type", type))
            return frame;
        jval_free(frame);
    }
}

Test(reading, who_writes_in_a_room_has_read_it_so_far)
{
    room_post(port, &alice, room, "one");
    room_post(port, &alice, room, "@bob two");
    cr_assert_eq(unread(&bob), 2);
    cr_assert_eq(mentions(&bob), 1);
    int64_t seq = room_post(port2, &bob, room, "three");
    cr_expect_eq(unread(&bob), 0, "what stood above, too");
    cr_expect_eq(mentions(&bob), 0);
    cr_expect_eq(seen(&bob, "read_seq"), seq);
    cr_expect_eq(unread(&alice), 1);
    cr_expect_eq(seen(&alice, "read_to"), seq, "Alice sees that hers were read");
    room_post(port, &alice, room, "four");
    cr_expect_eq(unread(&alice), 0);
    cr_expect_eq(unread(&bob), 1);
}

Test(reading, a_reply_reads_its_thread_and_not_the_room)
{
    int64_t root = room_post(port, &alice, room, "lunch?");
    reply_to(&alice, root, "@bob noon?");
    cr_assert_eq(mentions(&bob), 1);
    cr_expect_eq(unread_replies(&bob), 1, "who is named in a thread follows it");
    reply_to(&bob, root, "yes");
    cr_expect_eq(unread_replies(&bob), 0);
    cr_expect_eq(mentions(&bob), 0);
    cr_expect_eq(unread(&bob), 1, "the room is as unread as it was");
}

Test(reading, a_mention_in_a_thread_is_read_with_the_thread)
{
    int64_t root = room_post(port, &alice, room, "plan");
    int64_t named = reply_to(&alice, root, "@bob look");
    int64_t last = room_post(port, &alice, room, "and something else");
    cr_assert_str_eq(tell(&bob, "POST", "/read", "seq", last), "200");
    cr_expect_eq(unread(&bob), 0);
    struct http_answer r = seen_by(&bob);
    char key[24];
    snprintf(key, sizeof key, "%lld", (long long)named);
    cr_expect_eq(jval_count(jval_get(r.json, "mentions")), 1, "reading on in the room leaves it");
    cr_expect_eq(number(jval_get(r.json, "mention_roots"), key), root, "%s", buf_c(&r.body));
    http_answer_fini(&r);

    char tail[64];
    snprintf(tail, sizeof tail, "/threads/%lld", (long long)root);
    cr_assert_str_eq(tell(&bob, "PUT", tail, "read_seq", named), "204");
    cr_expect_eq(mentions(&bob), 0);
    struct jval *frame = hear("thread_read");
    bool following = false;
    cr_expect_eq(number(frame, "root"), root);
    cr_expect_eq(number(frame, "seq"), named);
    cr_expect(jval_get_bool(frame, "following", &following) && following);
    jval_free(frame);
}

Test(reading, everyone_is_called_in_the_room_only)
{
    int64_t root = room_post(port, &alice, room, "@all come");
    cr_expect_eq(mentions(&bob), 1);
    reply_to(&alice, root, "@all now");
    cr_expect_eq(mentions(&bob), 1, "not everyone follows the thread");
}

Test(reading, messages_are_unread_again_from_where_one_says)
{
    int64_t one = room_post(port, &alice, room, "@bob one");
    room_post(port, &alice, room, "two");
    int64_t three = room_post(port, &alice, room, "three");
    cr_assert_str_eq(tell(&bob, "POST", "/read", "seq", three), "200");
    cr_assert_eq(unread(&bob), 0);
    jval_free(hear("read"));

    cr_assert_str_eq(tell(&bob, "POST", "/unread", "seq", one), "200");
    cr_expect_eq(unread(&bob), 3);
    cr_expect_eq(mentions(&bob), 1, "what names him there is unread again, too");
    cr_expect_eq(seen(&alice, "read_to"), three, "what Alice was told stays");
    struct jval *frame = hear("room_changed");
    cr_expect_eq(number(jval_get(frame, "room_info"), "read_seq"), one - 1);
    cr_expect_eq(number(jval_get(frame, "room_info"), "read_gen"), 1);
    jval_free(frame);

    /* A mark that was on its way says nothing any more. */
    cr_assert(ws_client_send(phone, "{\"t\":\"read\",\"room\":\"%s\",\"seq\":%lld,\"gen\":0}", room, (long long)three));
    cr_assert(ws_client_send(phone, "{\"t\":\"read\",\"room\":\"%s\",\"seq\":%lld,\"gen\":1}", room, (long long)one));
    frame = hear("read");
    cr_expect_eq(number(frame, "seq"), one, "the first of the two moved nothing");
    cr_expect_eq(number(frame, "gen"), 1);
    jval_free(frame);
    cr_expect_eq(unread(&bob), 2);

    cr_assert_str_eq(tell(&bob, "POST", "/unread", "seq", three), "200");
    cr_expect_eq(unread(&bob), 2, "it only goes back");
    cr_assert_str_eq(tell(&bob, "POST", "/read", "seq", three), "200");
    cr_expect_eq(unread(&bob), 0);
    cr_assert_str_eq(tell(&bob, "POST", "/unread", "seq", one), "200");
    room_post(port2, &bob, room, "four");
    cr_expect_eq(unread(&bob), 0, "who writes has read it");
}

Test(reading, only_a_message_of_one_s_room_is_unread_again)
{
    int64_t root = room_post(port, &alice, room, "root");
    int64_t reply = reply_to(&alice, root, "in its thread");
    cr_expect_str_eq(tell(&bob, "POST", "/unread", "seq", 1), "404 message_not_found");
    cr_expect_str_eq(tell(&bob, "POST", "/unread", "seq", reply), "404 message_not_found");
    cr_expect_str_eq(tell(&bob, "POST", "/unread", "seq", reply + 99), "404 message_not_found");
    cr_expect_str_eq(tell(&carol, "POST", "/unread", "seq", root), "403 not_member");
    cr_expect_str_eq(tell(&carol, "POST", "/unread", "seq", 99), "403 not_member");
    free(room);
    room = room_create(port, &alice, "cellar", "private");
    int64_t wine = room_post(port, &alice, room, "wine");
    cr_expect_str_eq(tell(&carol, "POST", "/unread", "seq", wine), "404 room_not_found");
    free(room);
    room = xstrdup("999999");
    cr_expect_str_eq(tell(&carol, "POST", "/unread", "seq", wine), "404 room_not_found");
}

Test(reading, all_is_read_at_once_threads_too)
{
    int64_t root = room_post(port2, &bob, room, "plan");
    room_post(port, &alice, room, "noise");
    int64_t reply = reply_to(&alice, root, "@bob well?");
    cr_assert_eq(unread_replies(&bob), 1);
    struct http_answer a = api(port, bob.token, "POST", "/read", "{}");
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect_eq(unread(&bob), 0);
    cr_expect_eq(unread_replies(&bob), 0);
    cr_expect_eq(mentions(&bob), 0);
    struct jval *frame = hear("thread_read");
    cr_expect_eq(number(frame, "seq"), reply);
    cr_expect_null(jval_get(frame, "root"), "all threads of the room");
    jval_free(frame);
    frame = hear("read");
    cr_expect_eq(number(frame, "seq"), reply);
    jval_free(frame);
    cr_expect_eq(unread_replies(&alice), 0);
}

Test(reading, who_only_reads_a_thread_follows_it_when_he_writes)
{
    int64_t root = room_post(port, &alice, room, "plan");
    int64_t reply = reply_to(&alice, root, "one");
    char tail[64];
    snprintf(tail, sizeof tail, "/threads/%lld", (long long)root);
    cr_assert_str_eq(tell(&bob, "PUT", tail, "read_seq", reply), "204");
    cr_expect_eq(unread_replies(&bob), -1);
    reply_to(&bob, root, "two");
    cr_expect_eq(unread_replies(&bob), 0);
    reply_to(&alice, root, "three");
    cr_expect_eq(unread_replies(&bob), 1);
}

/* A frame of Bob's own log that came while he was away, told by a resume. */
/* Replies that are stored together have one moment. */
Test(reading, pages_of_threads_miss_none_that_grew_in_the_same_moment)
{
    enum { THREADS = 5 };
    for (int i = 0; i < THREADS; i++)
        reply_to(&alice, room_post(port, &bob, room, "root"), "reply");
    free(stack_sql(stack, "UPDATE chat.changes SET last_reply = (SELECT min(last_reply) FROM chat.changes "
                          "WHERE replies > 0) WHERE replies > 0 AND seq < (SELECT max(seq) FROM chat.changes)"));
    size_t seen = 0;
    char query[64] = "/threads?limit=2";
    for (int page = 0; page < 10 && query[0]; page++) {
        struct http_answer a = api(port, bob.token, "GET", query, NULL);
        const struct jval *list = jval_get(a.json, "threads");
        size_t count = jval_count(list);
        bool complete = false;
        cr_assert(count > 0 && jval_get_bool(a.json, "complete", &complete), "%s", buf_c(&a.body));
        const struct jval *root = jval_get(jval_at(list, count - 1), "root");
        snprintf(query, sizeof query, "/threads?limit=2&before=%lld",
                 (long long)number(jval_get(root, "state"), "last_reply"));
        if (complete)
            query[0] = '\0';
        seen += count;
        http_answer_fini(&a);
    }
    cr_expect_eq(seen, THREADS);
}

Test(reading, what_was_read_elsewhere_is_told_to_who_comes_back)
{
    int64_t root = room_post(port2, &bob, room, "plan");
    int64_t reply = reply_to(&alice, root, "well?");
    char tail[64];
    snprintf(tail, sizeof tail, "/threads/%lld", (long long)root);
    cr_assert_str_eq(tell(&bob, "POST", "/unread", "seq", root), "200");
    struct jval *frame = hear("room_changed");
    int64_t useq = number(frame, "useq");
    jval_free(frame);
    ws_client_close(&phone);
    cr_assert_str_eq(tell(&bob, "PUT", tail, "read_seq", reply), "204");
    cr_assert_str_eq(tell(&bob, "POST", "/read", "seq", root), "200");

    phone = ws_client_login(port2, bob.token, "phone");
    cr_assert_not_null(phone);
    char *epoch = stack_sql(stack, "SELECT epoch FROM chat.epoch");
    cr_assert(ws_client_send(phone, "{\"t\":\"resume\",\"epoch\":\"%s\",\"useq\":%lld,\"cursors\":{\"%s\":%lld}}",
                             epoch, (long long)useq, room, (long long)reply));
    free(epoch);
    frame = hear("thread_read");
    cr_expect_eq(number(frame, "root"), root);
    cr_expect_eq(number(frame, "seq"), reply);
    jval_free(frame);
    frame = hear("read");
    cr_expect_eq(number(frame, "seq"), root);
    cr_expect_eq(number(frame, "gen"), 1);
    jval_free(frame);
}
