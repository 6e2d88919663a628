/* Coming back: what a client misses is told exactly, room by room, by whichever gateway it comes to. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000, MAX_FRAMES = 600 };

static struct stack *stack;
static struct person alice, bob;
static int port, port2;
static char *epoch;

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    port = stack_port(stack, 0);
    port2 = stack_port(stack, 1);
    alice = person_register(port, "alice");
    bob = person_register(port2, "bob");
    epoch = stack_sql(stack, "SELECT epoch FROM chat.epoch");
}

static void stop(void)
{
    free(epoch);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(resume, .init = start, .fini = stop, .timeout = 180);

/* What one resume is answered by: everything up to the pong of a ping that is sent a moment after `resumed` came. */
struct answer {
    struct jval *frames[MAX_FRAMES];
    int count;
    const struct jval *resumed;
};

static void answer_take(struct answer *a, struct jval *v, const char **type_r)
{
    struct str t = {"", 0};
    cr_assert_lt(a->count, MAX_FRAMES);
    jval_get_str(v, "t", &t);
    a->frames[a->count++] = v;
    if (str_is(t, "resumed"))
        a->resumed = v;
    *type_r = str_is(t, "pong") ? "pong" : str_is(t, "error") ? "error" : "";
}

static struct answer resume(struct ws_client *c, const char *fields)
{
    struct answer a = {.count = 0};
    const char *type = "";
    cr_assert(ws_client_send(c, "{\"t\":\"resume\"%s%s}", *fields ? "," : "", fields));
    while (!a.resumed) {
        struct jval *v = ws_client_next(c, WAIT_MS);
        cr_assert_not_null(v, "no resumed");
        answer_take(&a, v, &type);
        cr_assert_str_neq(type, "error");
    }
    cr_assert(ws_client_send(c, "{\"t\":\"ping\",\"n\":1}"));
    while (strcmp(type, "pong") != 0) {
        struct jval *v = ws_client_next(c, WAIT_MS);
        cr_assert_not_null(v, "no pong");
        answer_take(&a, v, &type);
    }
    return a;
}

static void answer_fini(struct answer *a)
{
    for (int i = 0; i < a->count; i++)
        jval_free(a->frames[i]);
}

static const struct jval *room_of(const struct answer *a, const char *room)
{
    return jval_get(jval_get(a->resumed, "rooms"), room);
}

static int64_t number(const struct jval *v, const char *key)
{
    int64_t n = -1;
    jval_get_int(v, key, &n);
    return n;
}

static bool truth(const struct jval *v, const char *key)
{
    bool b = false;
    jval_get_bool(v, key, &b);
    return b;
}

static bool is_frame(const struct jval *v, const char *type)
{
    struct str t;
    return jval_get_str(v, "t", &t) && str_is(t, type);
}

/* The room's events of all batches: from the first to the last without a hole. How many; 0 when there is no batch. */
static int batched(const struct answer *a, const char *room, int64_t *first_r, int64_t *last_r)
{
    int n = 0;
    *first_r = *last_r = 0;
    for (int i = 0; i < a->count; i++) {
        struct str r;
        if (!is_frame(a->frames[i], "batch") || !jval_get_str(a->frames[i], "room", &r) || !str_is(r, room))
            continue;
        const struct jval *events = jval_get(a->frames[i], "events");
        for (size_t e = 0; e < jval_count(events); e++, n++) {
            int64_t seq = number(jval_at(events, e), "seq");
            cr_assert(n == 0 || seq == *last_r + 1, "a hole before %lld", (long long)seq);
            *first_r = n == 0 ? seq : *first_r;
            *last_r = seq;
        }
    }
    return n;
}

/* `"epoch":…,"cursors":{room: cursor}` */
static const char *holding(const char *in_epoch, const char *room, int64_t cursor)
{
    static char text[256];
    snprintf(text, sizeof text, "\"epoch\":\"%s\",\"cursors\":{\"%s\":%lld}", in_epoch, room, (long long)cursor);
    return text;
}

static void expect_exactly(const struct answer *a, const char *room, int64_t from, int64_t head)
{
    int64_t first, last;
    const struct jval *r = room_of(a, room);
    cr_assert_not_null(r, "the room is not in the answer");
    cr_expect_eq(number(r, "head"), head);
    cr_expect_eq(number(r, "from"), from);
    cr_expect_not(truth(r, "limited"));
    int n = batched(a, room, &first, &last);
    cr_expect_eq(n, head - from, "%d events of %lld", n, (long long)(head - from));
    cr_expect(n == 0 || (first == from + 1 && last == head));
}

static char *room_with(int messages, int64_t *head_r)
{
    char *room = room_dm(port, &alice, &bob), text[32];
    for (int i = 0; i < messages; i++) {
        snprintf(text, sizeof text, "message %d", i);
        *head_r = room_post(i % 2 ? port : port2, i % 2 ? &alice : &bob, room, text);
    }
    return room;
}

Test(resume, gives_exactly_what_is_between_the_cursor_and_the_head_through_any_gateway)
{
    int64_t head = 0;
    char *room = room_with(12, &head);
    for (int i = 0; i < 2; i++) {
        struct ws_client *c = ws_client_login(stack_port(stack, i), bob.token, "d");
        struct answer a = resume(c, holding(epoch, room, head - 5));
        expect_exactly(&a, room, head - 5, head);
        answer_fini(&a);
        a = resume(c, holding(epoch, room, head));
        expect_exactly(&a, room, head, head);
        answer_fini(&a);
        ws_client_close(&c);
    }
    free(room);
}

Test(resume, gives_everything_of_a_room_that_is_not_held)
{
    int64_t head = 0;
    char *room = room_with(3, &head);
    struct ws_client *c = ws_client_login(port2, bob.token, "d");
    struct answer a = resume(c, holding(epoch, "999999", 1));
    expect_exactly(&a, room, 0, head);
    cr_expect_null(room_of(&a, "999999"));
    answer_fini(&a);
    ws_client_close(&c);
    free(room);
}

Test(resume, says_so_when_more_is_missing_than_it_gives)
{
    int64_t head = 0, first, last;
    char *room = room_with(230, &head);
    struct ws_client *c = ws_client_login(port2, bob.token, "d");
    struct answer a = resume(c, holding(epoch, room, 1));
    const struct jval *r = room_of(&a, room);
    cr_expect(truth(r, "limited"));
    cr_expect_eq(number(r, "head"), head);
    cr_expect_eq(number(r, "from"), 1);
    cr_expect_eq(batched(&a, room, &first, &last), 0);
    answer_fini(&a);
    a = resume(c, holding(epoch, room, head - 200));
    expect_exactly(&a, room, head - 200, head);
    answer_fini(&a);
    ws_client_close(&c);
    free(room);
}

Test(resume, says_of_each_pending_message_where_it_is_or_that_it_is_unknown)
{
    int64_t head = 0;
    char *room = room_with(1, &head), *sent = new_cmid(), *never = new_cmid(), fields[256];
    struct ws_client *a = ws_client_login(port, alice.token, "d");
    ws_client_send(a, "{\"t\":\"send\",\"cmid\":\"%s\",\"cseq\":1,\"room\":\"%s\",\"body\":\"here\"}", sent, room);
    struct jval *ack = ws_client_wait(a, "ack", WAIT_MS);
    cr_assert_not_null(ack);
    ws_client_close(&a);
    a = ws_client_login(port2, alice.token, "d");
    snprintf(fields, sizeof fields, "\"epoch\":\"%s\",\"pending\":[\"%s\",\"%s\"]", epoch, never, sent);
    struct answer answer = resume(a, fields);
    const struct jval *acks = jval_get(answer.resumed, "acks");
    cr_assert_eq(jval_count(acks), 2);
    for (size_t i = 0; i < 2; i++) {
        struct str cmid = {"", 0}, in = {"", 0};
        jval_get_str(jval_at(acks, i), "cmid", &cmid);
        if (str_is(cmid, never)) {
            cr_expect(truth(jval_at(acks, i), "unknown"));
            continue;
        }
        cr_expect(str_is(cmid, sent));
        cr_expect_not(truth(jval_at(acks, i), "unknown"));
        cr_expect(jval_get_str(jval_at(acks, i), "room", &in) && str_is(in, room));
        cr_expect_eq(number(jval_at(acks, i), "seq"), number(ack, "seq"));
        cr_expect_eq(number(jval_at(acks, i), "ts"), number(ack, "ts"));
    }
    answer_fini(&answer);
    jval_free(ack);
    ws_client_close(&a);
    free(room);
    free(sent);
    free(never);
}

Test(resume, brings_what_happened_to_the_user_meanwhile)
{
    char fields[256];
    struct ws_client *c = ws_client_login(port2, bob.token, "d");
    struct answer before = resume(c, "");
    int64_t useq = number(jval_get(before.resumed, "user"), "head");
    ws_client_close(&c);
    char *room = room_dm(port, &alice, &bob);
    c = ws_client_login(port, bob.token, "d");
    snprintf(fields, sizeof fields, "\"epoch\":\"%s\",\"useq\":%lld", epoch, (long long)useq);
    struct answer a = resume(c, fields);
    const struct jval *user = jval_get(a.resumed, "user");
    cr_expect_gt(number(user, "head"), useq);
    cr_expect_not(truth(user, "limited"));
    int64_t at = useq;
    bool added = false;
    for (int i = 0; i < a.count; i++) {
        struct str type, in;
        if (!is_frame(a.frames[i], "user"))
            continue;
        cr_expect_eq(number(a.frames[i], "useq"), at + 1);
        at = number(a.frames[i], "useq");
        added |= jval_get_str(a.frames[i], "type", &type) && str_is(type, "room_added") &&
                 jval_get_str(a.frames[i], "room", &in) && str_is(in, room);
    }
    cr_expect_eq(at, number(user, "head"));
    cr_expect(added, "room_added is missing");
    answer_fini(&before);
    answer_fini(&a);
    ws_client_close(&c);
    free(room);
}

/* From the beginning, given or to be fetched: cursors that say nothing, whatever they are. */
static void expect_nothing_held(struct ws_client *c, const char *fields, const char *room, int64_t head)
{
    int64_t first, last;
    struct str now = {"", 0};
    struct answer a = resume(c, fields);
    const struct jval *r = room_of(&a, room);
    cr_expect(jval_get_str(a.resumed, "epoch", &now) && str_is(now, epoch));
    cr_expect_eq(number(r, "from"), 0);
    cr_expect_eq(number(r, "head"), head);
    cr_expect_eq(batched(&a, room, &first, &last), truth(r, "limited") ? 0 : head);
    cr_expect(truth(jval_get(a.resumed, "user"), "limited"));
    answer_fini(&a);
}

Test(resume, takes_cursors_of_another_epoch_or_beyond_the_head_for_nothing)
{
    int64_t head = 0;
    char *room = room_with(4, &head);
    struct ws_client *c = ws_client_login(port2, bob.token, "d");
    expect_nothing_held(c, "", room, head);
    expect_nothing_held(c, holding("00000000-0000-4000-8000-000000000000", room, 2), room, head);
    expect_nothing_held(c, holding(epoch, room, head + 100), room, head);
    ws_client_close(&c);
    free(room);
}

/* One connection through the first gateway: whose epoch is in force by now. */
static bool is_welcomed_anew(void *arg)
{
    struct ws_client **c = arg;
    *c = ws_client_login(port, bob.token, "d");
    if (!*c)
        return false;
    struct answer a = resume(*c, "");
    struct str now = {"", 0};
    bool anew = jval_get_str(a.resumed, "epoch", &now) && !str_is(now, epoch);
    answer_fini(&a);
    if (!anew)
        ws_client_close(c);
    return anew;
}

Test(resume, after_a_restore_everybody_is_closed_once_and_begins_under_the_new_epoch)
{
    struct ws_client *c[] = {ws_client_login(port, bob.token, "d"), ws_client_login(port2, bob.token, "e")}, *again;
    int64_t head = 0;
    char *room = room_with(2, &head);
    cr_assert(c[0] && c[1]);
    free(stack_sql(stack, "UPDATE chat.epoch SET epoch = gen_random_uuid() RETURNING epoch"));
    for (int i = 0; i < 2; i++) {
        cr_expect_eq(ws_client_wait_close(c[i], WAIT_MS), 1011);
        ws_client_close(&c[i]);
    }
    cr_assert(stack_until(is_welcomed_anew, &again, WAIT_MS));
    /* Two questions of what moved, a late answer among them or not, leave the connection as it is. */
    head = room_post(port2, &alice, room, "after the restore");
    cr_expect_eq(ws_client_wait_close(again, 11000), -1, "closed once more");
    struct answer a = resume(again, "");
    cr_expect_eq(number(room_of(&a, room), "head"), head);
    answer_fini(&a);
    ws_client_close(&again);
    free(room);
}
