/* Receipts: who wrote hears that somebody else has received and read it, through any gateway, and nobody hears of
 * himself. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;

static void start(void)
{
    stack = stack_start(NULL);
}

static void stop(void)
{
    stack_stop(&stack);
}

TestSuite(receipts, .init = start, .fini = stop, .timeout = 180);

static void expect_receipt(struct ws_client *c, const struct person *whose, int64_t delivered, int64_t read)
{
    struct jval *v = ws_client_wait(c, "receipt", WAIT_MS);
    struct str user = {"", 0};
    int64_t d = -1, r = -1;
    cr_assert_not_null(v, "no receipt");
    cr_expect(jval_get_str(v, "user", &user) && str_is(user, whose->id));
    cr_expect(jval_get_int(v, "delivered", &d) && jval_get_int(v, "read", &r));
    cr_expect_eq(d, delivered);
    cr_expect(r == read || r < delivered, "read %lld", (long long)r);
    jval_free(v);
}

static void mark(struct ws_client *c, const char *op, const char *room, int64_t seq)
{
    cr_assert(ws_client_send(c, "{\"t\":\"%s\",\"room\":\"%s\",\"seq\":%lld}", op, room, (long long)seq));
}

/* Until the client has the event, so that a receipt may speak of it. */
static void hears(struct ws_client *c, int64_t seq)
{
    int64_t got = 0;
    while (got < seq) {
        struct jval *v = ws_client_wait(c, "event", WAIT_MS);
        cr_assert_not_null(v);
        jval_get_int(v, "seq", &got);
        jval_free(v);
    }
}

Test(receipts, reach_who_wrote_and_not_who_gives_them)
{
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    int64_t seq = room_post(stack_port(stack, 0), &alice, room, "there?");
    hears(a, seq);
    hears(b, seq);
    mark(b, "delivered", room, seq);
    expect_receipt(a, &bob, seq, 0);
    mark(b, "read", room, seq);
    expect_receipt(a, &bob, seq, seq);
    mark(b, "delivered", room, seq);
    mark(b, "delivered", room, seq - 1);
    /* Nothing of it came back to who gave it, and what says nothing new was not told. */
    room_post(stack_port(stack, 1), &bob, room, "yes");
    struct ws_client *both[] = {a, b};
    for (int i = 0; i < 2; i++)
        for (bool end = false; !end;) {
            struct jval *v = ws_client_next(both[i], WAIT_MS);
            struct str t = {"", 0}, text = {"", 0};
            cr_assert_not_null(v);
            jval_get_str(v, "t", &t);
            cr_expect_not(str_is(t, "receipt"));
            end = jval_get_str(v, "body", &text) && str_is(text, "yes");
            jval_free(v);
        }
    ws_client_close(&a);
    ws_client_close(&b);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
}

static void set_hide_read(const struct person *p, bool hide)
{
    struct http_answer a =
        api(stack_port(stack, 0), p->token, "PATCH", "/me", "{\"hide_read\":%s}", hide ? "true" : "false");
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

static int64_t room_number(const struct person *p, const char *room, const char *key)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s", room);
    struct http_answer a = api(stack_port(stack, 0), p->token, "GET", path, NULL);
    int64_t n = answer_int(&a, key);
    http_answer_fini(&a);
    return n;
}

/* As `p` sees `whose` among the members; -1: not told. */
static int64_t member_read(const struct person *p, const char *room, const struct person *whose)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/members", room);
    struct http_answer a = api(stack_port(stack, 0), p->token, "GET", path, NULL);
    const struct jval *members = jval_get(a.json, "members");
    int64_t read = -1;
    for (size_t i = 0; i < jval_count(members); i++) {
        struct str id = {"", 0};
        jval_get_str(jval_get(jval_at(members, i), "user"), "id", &id);
        if (str_is(id, whose->id))
            jval_get_int(jval_at(members, i), "read_seq", &read);
    }
    http_answer_fini(&a);
    return read;
}

Test(receipts, of_who_hides_what_they_have_read_are_seen_by_nobody)
{
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    set_hide_read(&bob, true);
    int64_t seq = room_post(stack_port(stack, 0), &alice, room, "there?");
    hears(a, seq);
    hears(b, seq);
    mark(b, "read", room, seq);
    expect_receipt(a, &bob, seq, 0);
    cr_expect_eq(room_number(&alice, room, "read_to"), 0);
    cr_expect_eq(room_number(&alice, room, "delivered_to"), seq);
    cr_expect_eq(member_read(&alice, room, &bob), -1);
    cr_expect_eq(member_read(&bob, room, &bob), seq, "oneself knows");
    /* It is no trade: he still sees what others have read. */
    int64_t answer = room_post(stack_port(stack, 1), &bob, room, "here");
    hears(a, answer);
    mark(a, "read", room, answer);
    expect_receipt(b, &alice, answer, answer);
    set_hide_read(&bob, false);
    cr_expect_eq(room_number(&alice, room, "read_to"), answer, "who wrote it has read it");
    cr_expect_eq(member_read(&alice, room, &bob), answer);
    ws_client_close(&a);
    ws_client_close(&b);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
}

Test(receipts, of_whom_one_blocks_are_not_counted)
{
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob), path[64];
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    int64_t seq = room_post(stack_port(stack, 0), &alice, room, "there?");
    hears(b, seq);
    mark(b, "read", room, seq);
    jval_free(ws_client_wait(b, "user", WAIT_MS));
    cr_expect_eq(room_number(&alice, room, "read_to"), seq);
    snprintf(path, sizeof path, "/me/blocks/%s", bob.id);
    struct http_answer done = api(stack_port(stack, 0), alice.token, "PUT", path, NULL);
    cr_assert_eq(done.status, 204, "%s", buf_c(&done.body));
    http_answer_fini(&done);
    cr_expect_eq(room_number(&alice, room, "read_to"), 0);
    cr_expect_eq(room_number(&alice, room, "delivered_to"), 0);
    ws_client_close(&b);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
}

/* How many typing frames come before the message of this text. */
static int typing_before(struct ws_client *c, const char *text)
{
    for (int count = 0;;) {
        struct jval *v = ws_client_next(c, WAIT_MS);
        struct str t = {"", 0}, body = {"", 0};
        cr_assert_not_null(v);
        jval_get_str(v, "t", &t);
        jval_get_str(v, "body", &body);
        count += str_is(t, "typing");
        bool end = str_is(body, text);
        jval_free(v);
        if (end)
            return count;
    }
}

Test(receipts, typing_is_told_to_others_only_and_seldom)
{
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    struct ws_client *other = ws_client_login(stack_port(stack, 0), bob.token, "b2");
    for (int i = 0; i < 5; i++)
        cr_assert(ws_client_send(b, "{\"t\":\"typing\",\"room\":\"%s\",\"on\":true}", room));
    /* On the same connection behind them, so they were passed on before it. */
    char *cmid = new_cmid();
    cr_assert(ws_client_send(b, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"written\"}", cmid, room));
    free(cmid);
    cr_expect_eq(typing_before(a, "written"), 1, "one of five within three seconds");
    cr_expect_eq(typing_before(other, "written"), 0, "not at another device of who types");
    cr_expect_eq(typing_before(b, "written"), 0);
    struct ws_client *all[] = {a, b, other};
    for (int i = 0; i < 3; i++)
        ws_client_close(&all[i]);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
}
