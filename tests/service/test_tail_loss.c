/* What Redis loses on the way arrives all the same, the last event of a room included, and nobody has to ask. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "person.h"
#include "redis_server.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000, HEAL_MS = 15000 };

static struct stack *stack;
static struct person alice, bob;
static int port, port2;
static char *room;
static struct ws_client *writer, *idle;
static int64_t idle_head; /* of the room, as the idle client saw it */

static void redis(const char *command)
{
    char *answer = redis_server_command(stack_redis(stack), command);
    cr_assert_neq(answer[0], '-', "%s: %s", command, answer);
    free(answer);
}

/* Until the idle client has seen `text` in the room, without having sent a word; every event in order on the way.
 * False: it did not come, or it was told a head and left to fetch. */
static bool arrives(const char *text, int timeout_ms)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;
    struct jval *v;
    while ((v = ws_client_next(idle, (int)(deadline - clock_mono_ms())))) {
        struct str t = {"", 0}, in = {"", 0}, body = {"", 0};
        int64_t seq = 0;
        jval_get_str(v, "t", &t);
        jval_get_str(v, "room", &in);
        jval_get_str(v, "body", &body);
        jval_get_int(v, "seq", &seq);
        bool mine = str_is(t, "event") && str_is(in, room), found = mine && str_is(body, text);
        bool told = str_is(t, "head");
        jval_free(v);
        if (mine) {
            cr_expect(idle_head == 0 || seq == idle_head + 1, "%lld after %lld", (long long)seq, (long long)idle_head);
            idle_head = seq;
        }
        if (found || told)
            return found;
    }
    return false;
}

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    port2 = stack_port(stack, 1);
    alice = person_register(port, "alice");
    bob = person_register(port2, "bob");
    room = room_dm(port, &alice, &bob);
    writer = ws_client_login(port2, alice.token, "w");
    idle = ws_client_login(port, bob.token, "i");
    idle_head = 0;
    cr_assert(writer && idle);
    room_post(port2, &alice, room, "before");
    cr_assert(arrives("before", WAIT_MS));
}

static void stop(void)
{
    ws_client_close(&writer);
    ws_client_close(&idle);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(tail_loss, .init = start, .fini = stop, .timeout = 180);

static bool is_stored(void *arg)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM chat.events WHERE body = '%s'", (const char *)arg);
    char *n = stack_sql(stack, sql);
    bool stored = strcmp(n, "1") == 0;
    free(n);
    return stored;
}

/* Committed, while Redis passes on nothing of what is published. */
static void store_unheard(char *text)
{
    char *cmid = new_cmid();
    redis("ACL SETUSER default -publish");
    cr_assert(
        ws_client_send(writer, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"%s\"}", cmid, room, text));
    cr_assert(stack_until(is_stored, text, WAIT_MS));
    free(cmid);
}

static void hear_again(void)
{
    redis("ACL SETUSER default +publish");
}

Test(tail_loss, the_last_event_of_a_room_reaches_who_is_idle)
{
    static char text[] = "lost";
    store_unheard(text);
    hear_again();
    cr_expect(arrives("lost", HEAL_MS));
}

Test(tail_loss, a_gap_is_filled_in_order_when_the_next_event_comes)
{
    static char one[] = "first lost", two[] = "second lost";
    store_unheard(one);
    store_unheard(two);
    hear_again();
    int64_t from = clock_mono_ms();
    room_post(port2, &alice, room, "the next");
    cr_expect(arrives("first lost", HEAL_MS));
    cr_expect(arrives("second lost", HEAL_MS));
    cr_expect(arrives("the next", HEAL_MS));
    cr_expect_lt(clock_mono_ms() - from, 10000);
}

/* The ids of the subscribing links of a gateway are not told; all are cut while it stands still. */
Test(tail_loss, what_comes_while_a_gateways_link_is_cut_reaches_its_idle_clients)
{
    stack_signal(stack, "gateway-0", SIGSTOP);
    redis("CLIENT KILL TYPE pubsub");
    stack_wait_ready(stack, "gateway-1");
    room_post(port2, &alice, room, "while it was cut");
    stack_signal(stack, "gateway-0", SIGCONT);
    cr_expect(arrives("while it was cut", HEAL_MS));
    room_post(port2, &alice, room, "and on");
    cr_expect(arrives("and on", HEAL_MS));
}

static bool is_frame(const struct jval *v, const char *type)
{
    struct str t;
    return jval_get_str(v, "t", &t) && str_is(t, type);
}

/* How far pong, or a head frame before it, says that the user's own log goes; 0: it has not moved. */
static int64_t useq_told(void)
{
    int64_t useq = 0;
    bool over = false;
    cr_assert(ws_client_send(idle, "{\"t\":\"ping\",\"n\":1}"));
    while (!over) {
        struct jval *v = ws_client_next(idle, WAIT_MS);
        cr_assert_not_null(v, "no pong");
        over = is_frame(v, "pong");
        if (over || is_frame(v, "head"))
            jval_get_int(v, "useq", &useq);
        jval_free(v);
    }
    return useq;
}

static bool has_moved(void *arg)
{
    int64_t *useq = arg;
    return (*useq = useq_told()) > 0;
}

Test(tail_loss, what_is_lost_of_ones_own_log_while_a_link_is_cut_is_told)
{
    int64_t before = useq_told(), now = 0;
    cr_expect_eq(useq_told(), 0, "told once");
    stack_signal(stack, "gateway-0", SIGSTOP);
    redis("CLIENT KILL TYPE pubsub");
    stack_wait_ready(stack, "gateway-1");
    struct http_answer a = api(port2, bob.token, "POST", "/rooms", "{\"name\":\"elsewhere\",\"kind\":\"private\"}");
    cr_assert_eq(a.status, 201);
    http_answer_fini(&a);
    stack_signal(stack, "gateway-0", SIGCONT);
    cr_assert(stack_until(has_moved, &now, HEAL_MS), "nothing told");
    cr_expect_gt(now, before);
}

/* What a head frame tells of the user's own log, without being asked; those of rooms are thrown away. */
static int64_t useq_told_unasked(void)
{
    for (;;) {
        int64_t useq = 0;
        struct jval *v = ws_client_wait(idle, "head", HEAL_MS);
        cr_assert_not_null(v, "nothing told");
        bool has = jval_get_int(v, "useq", &useq);
        jval_free(v);
        if (has)
            return useq;
    }
}

static void enter(const char *kind, const char *board)
{
    char entry[256];
    snprintf(entry, sizeof entry, "XADD ingest:{%lld} * k %s f inbox:{nobody} r R1 u %s m %s b %s w %lld",
             strtoll(board, NULL, 10) % 16, kind, alice.id, board, bob.id, (long long)clock_wall_ms());
    redis(entry);
}

static bool is_in(void *arg)
{
    char sql[160];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM chat.members WHERE room_id = %s AND user_id = %s", (char *)arg,
             bob.id);
    char *n = stack_sql(stack, sql);
    bool in = strcmp(n, "1") == 0;
    free(n);
    return in;
}

/* Bob is added to a new room, and nothing of it is passed on. */
static char *added_unheard(void)
{
    char *board = room_create(port2, &alice, "board", "private");
    redis("ACL SETUSER default -publish");
    enter("add", board);
    cr_assert(stack_until(is_in, board, WAIT_MS));
    hear_again();
    return board;
}

static void expect_event_of(const char *in, const char *text)
{
    bool found = false;
    while (!found) {
        struct jval *v = ws_client_wait(idle, "event", HEAL_MS);
        struct str room_id = {"", 0}, body = {"", 0};
        cr_assert_not_null(v, "%s did not come", text);
        found = jval_get_str(v, "room", &room_id) && str_is(room_id, in) && jval_get_str(v, "body", &body) &&
                str_is(body, text);
        jval_free(v);
    }
}

/* A head frame that tells where the room stands: from now on its events come. */
static void wait_head_of(const char *board)
{
    bool found = false;
    while (!found) {
        struct jval *v = ws_client_wait(idle, "head", HEAL_MS);
        cr_assert_not_null(v, "not looked up");
        found = jval_get(jval_get(v, "rooms"), board) != NULL;
        jval_free(v);
    }
}

Test(tail_loss, a_room_whose_adding_was_lost_is_followed_and_told_without_a_word_from_anybody)
{
    int64_t before = useq_told();
    char *board = added_unheard();
    cr_expect_gt(useq_told_unasked(), before);
    wait_head_of(board);
    room_post(port2, &alice, board, "hello bob");
    expect_event_of(board, "hello bob");
    free(board);
}

/* The wait is shorter than the question of what moved takes to come round and be answered. */
Test(tail_loss, a_gap_in_ones_own_log_brings_the_rooms_that_were_lost_in_it)
{
    struct jval *v;
    char *board = added_unheard();
    char *other = room_create(port2, &alice, "other", "private");
    enter("add", other);
    cr_assert_not_null(v = ws_client_wait(idle, "user", HEAL_MS), "not added to the other");
    jval_free(v);
    cr_assert_not_null(v = ws_client_wait(idle, "head", 2000), "not looked up");
    cr_expect_not_null(jval_get(jval_get(v, "rooms"), board));
    jval_free(v);
    room_post(port2, &alice, board, "hello bob");
    expect_event_of(board, "hello bob");
    free(board);
    free(other);
}

Test(tail_loss, of_more_than_a_thousand_lost_events_the_head_is_told)
{
    enum { LOST = 1100 };
    char sql[600];
    /* As if an msg-svc had committed them and died: nothing tells of them. */
    snprintf(sql, sizeof sql,
             "WITH r AS (SELECT last_seq s, last_n m FROM chat.rooms WHERE id = %s), e AS (INSERT INTO chat.events "
             "(room_id, seq, n, type, sender, ts, body) SELECT %s, s + i, m + i, 'message', %s, now(), 'x' "
             "FROM r, generate_series(1, %d) i) UPDATE chat.rooms SET last_seq = last_seq + %d, last_n = last_n + %d "
             "WHERE id = %s RETURNING last_seq",
             room, room, alice.id, LOST, LOST, LOST, room);
    free(stack_sql(stack, sql));
    int64_t head = room_post(port2, &alice, room, "the next"), told = 0;
    struct jval *v = ws_client_wait(idle, "head", HEAL_MS);
    cr_assert_not_null(v, "no head");
    cr_expect(jval_get_int(jval_get(v, "rooms"), room, &told));
    cr_expect_eq(told, head);
    jval_free(v);
    idle_head = head;
    room_post(port2, &alice, room, "and on");
    cr_expect(arrives("and on", HEAL_MS), "live events follow the head");
}

static bool is_out(void *arg)
{
    return !is_in(arg);
}

Test(tail_loss, what_is_lost_of_ones_own_log_is_told_without_a_ping)
{
    char *board = added_unheard();
    int64_t before = useq_told_unasked();
    redis("ACL SETUSER default -publish");
    enter("remove", board);
    cr_assert(stack_until(is_out, board, WAIT_MS));
    hear_again();
    cr_expect_gt(useq_told_unasked(), before);
    free(board);
}

/* The room is followed: what was written comes, or, where it was written before its events are sent on, where it
 * stands. */
static void wait_followed(const char *board, const char *text)
{
    bool followed = false;
    while (!followed) {
        struct jval *v = ws_client_next(idle, HEAL_MS);
        struct str in = {"", 0}, body = {"", 0};
        cr_assert_not_null(v, "not followed");
        jval_get_str(v, "room", &in);
        jval_get_str(v, "body", &body);
        followed = (str_is(in, board) && str_is(body, text)) || jval_get(jval_get(v, "rooms"), board);
        jval_free(v);
    }
}

Test(tail_loss, a_removal_that_was_lost_is_in_force_before_anything_later_is_written)
{
    char body[64];
    char *board = room_create(port2, &alice, "board", "private");
    snprintf(body, sizeof body, "/rooms/%s/members", board);
    struct http_answer a = api(port2, alice.token, "POST", body, "{\"user\":\"%s\"}", bob.id);
    cr_assert_eq(a.status, 204);
    http_answer_fini(&a);
    room_post(port2, &alice, board, "hello bob");
    wait_followed(board, "hello bob");

    redis("ACL SETUSER default -publish");
    enter("remove", board);
    cr_assert(stack_until(is_out, board, WAIT_MS));
    hear_again();
    int64_t later = room_post(port2, &alice, board, "bob is gone");
    /* What the gateway writes for the room is over when something later comes that passes the same way. */
    char *other = room_dm(port, &alice, &bob);
    room_post(port2, &alice, other, "the end");
    bool end = false;
    while (!end) {
        struct jval *v = ws_client_next(idle, WAIT_MS);
        struct str in = {"", 0}, text = {"", 0};
        int64_t seq = 0;
        cr_assert_not_null(v, "the end did not come");
        jval_get_str(v, "room", &in);
        jval_get_str(v, "body", &text);
        jval_get_int(v, "seq", &seq);
        cr_expect_not(str_is(in, board) && seq >= later, "an event after the removal");
        cr_expect_not(jval_get_int(jval_get(v, "rooms"), board, &seq) && seq >= later, "a head after the removal");
        end = str_is(text, "the end");
        jval_free(v);
    }
    free(other);
    free(board);
}
