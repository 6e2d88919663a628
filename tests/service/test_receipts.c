/* Receipts: who wrote hears that somebody else has received and read it, through any gateway, and nobody hears of
 * himself. */
#include <criterion/criterion.h>
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
