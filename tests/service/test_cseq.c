/* A device's messages are stored in the order of their cseq, whatever overtakes what on the way and whoever dies. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 10000 };

static struct stack *stack;
static struct person alice, bob;
static char *room;
static struct ws_client *ws;

static void set_up(void)
{
    static const char *const env[] = {"PARLEY_MSG_CLEAN_EVERY_S=1", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .env = env});
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 0), "bob");
    room = room_create(stack_port(stack, 0), &alice, "order", "public");
    ws = ws_client_login(stack_port(stack, 0), alice.token, "phone");
    cr_assert_not_null(ws);
}

static void tear_down(void)
{
    ws_client_close(&ws);
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(cseq, .init = set_up, .fini = tear_down, .timeout = 120);

static void send_as(struct ws_client *c, const char *cmid, int cgen, int cseq)
{
    ws_client_send(c, "{\"t\":\"send\",\"cmid\":\"%s\",\"cgen\":%d,\"cseq\":%d,\"room\":\"%s\",\"body\":\"hello\"}",
                   cmid, cgen, cseq, room);
}

/* The answer to this cmid: its seq, or 0 and the nack. */
static int64_t answer_to(struct ws_client *c, const char *cmid, struct jval **nack_r)
{
    struct jval *v;
    *nack_r = NULL;
    while ((v = ws_client_next(c, WAIT_MS)) != NULL) {
        struct str type = {"", 0}, of = {"", 0};
        int64_t seq = 0;
        jval_get_str(v, "t", &type);
        if ((str_is(type, "ack") || str_is(type, "nack")) && jval_get_str(v, "cmid", &of) && str_is(of, cmid)) {
            if (str_is(type, "nack"))
                *nack_r = v;
            else
                jval_get_int(v, "seq", &seq);
            if (*nack_r == NULL)
                jval_free(v);
            return seq;
        }
        jval_free(v);
    }
    cr_assert_fail("no answer to %s", cmid);
    return 0;
}

static int64_t stored(struct ws_client *c, int cgen, int cseq)
{
    struct jval *nack;
    char *cmid = new_cmid();
    send_as(c, cmid, cgen, cseq);
    int64_t seq = answer_to(c, cmid, &nack);
    cr_assert_null(nack, "cgen %d cseq %d was refused", cgen, cseq);
    free(cmid);
    return seq;
}

static void expect_code(struct jval *nack, const char *code)
{
    struct str is = {"", 0};
    cr_assert_not_null(nack, "it was stored, not %s", code);
    jval_get_str(nack, "code", &is);
    cr_expect(str_is(is, code), "%.*s instead of %s", (int)is.n, is.p, code);
}

static void refused(struct ws_client *c, const char *cmid, int cgen, int cseq, int64_t now_cgen, int64_t expected)
{
    struct jval *nack;
    int64_t gen = -1, next = -1, retry = -1;
    send_as(c, cmid, cgen, cseq);
    answer_to(c, cmid, &nack);
    expect_code(nack, "out_of_order");
    jval_get_int(nack, "cgen", &gen);
    jval_get_int(nack, "expected", &next);
    cr_expect_eq(gen, now_cgen, "cgen %lld", (long long)gen);
    cr_expect_eq(next, expected, "expected %lld", (long long)next);
    cr_expect(jval_get_int(nack, "retry_ms", &retry) && retry > 0);
    jval_free(nack);
}

Test(cseq, one_that_overtakes_is_refused_and_stored_in_its_turn)
{
    char *late = new_cmid();
    refused(ws, late, 0, 2, 0, 1);
    int64_t first = stored(ws, 0, 1);
    struct jval *nack;
    send_as(ws, late, 0, 2);
    cr_expect_gt(answer_to(ws, late, &nack), first);
    cr_expect_null(nack);
    /* Again, as after a lost ack: the same seq, and nothing moves. */
    send_as(ws, late, 0, 2);
    cr_expect_eq(answer_to(ws, late, &nack), first + 1);
    cr_expect_eq(stored(ws, 0, 3), first + 2);
    free(late);
}

Test(cseq, a_new_generation_begins_anew_and_the_old_one_is_over)
{
    char *late = new_cmid();
    stored(ws, 0, 1);
    stored(ws, 0, 2);
    stored(ws, 1, 1);
    refused(ws, late, 0, 3, 1, 2);
    stored(ws, 1, 2);
    free(late);
}

Test(cseq, devices_are_counted_apart_and_rest_is_not_counted)
{
    struct ws_client *other = ws_client_login(stack_port(stack, 0), alice.token, "tablet");
    stored(ws, 0, 1);
    stored(other, 0, 1);
    room_post(stack_port(stack, 0), &alice, room, "by REST");
    stored(ws, 0, 2);
    ws_client_close(&other);
}

Test(cseq, a_refused_message_is_not_stored_by_a_second_copy_after_its_author_joined)
{
    struct jval *nack;
    char *cmid = new_cmid();
    struct ws_client *b = ws_client_login(stack_port(stack, 0), bob.token, "phone");
    send_as(b, cmid, 0, 1);
    answer_to(b, cmid, &nack);
    expect_code(nack, "not_member");
    int64_t gen = -1;
    cr_expect(jval_get_int(nack, "cgen", &gen) && gen == 0, "a final nack says its generation");
    jval_free(nack);
    room_join(stack_port(stack, 0), &bob, room);
    refused(b, cmid, 0, 1, 0, 2);
    stored(b, 0, 2);
    ws_client_close(&b);
    free(cmid);
}

/* Alice takes him out of the room, or brings him in. */
static void set_member(const struct person *p, bool in)
{
    struct buf path = {0};
    buf_printf(&path, "/rooms/%s/members%s%s", room, in ? "" : "/", in ? "" : p->id);
    struct http_answer a =
        api(stack_port(stack, 0), alice.token, in ? "POST" : "DELETE", buf_c(&path), "{\"user\":\"%s\"}", p->id);
    cr_assert_eq(a.status, 204, "%d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
    buf_fini(&path);
}

static void refused_for_good(struct ws_client *c, const char *cmid, int cgen, int cseq, const char *code)
{
    struct jval *nack;
    int64_t gen = -1;
    send_as(c, cmid, cgen, cseq);
    answer_to(c, cmid, &nack);
    expect_code(nack, code);
    cr_expect_null(jval_get(nack, "retry_ms"), "it is final");
    cr_expect(jval_get_int(nack, "cgen", &gen) && gen == cgen, "cgen %lld", (long long)gen);
    jval_free(nack);
}

/* What `resumed` says of a pending cmid. */
static bool is_unknown(struct ws_client *c, const char *cmid)
{
    bool unknown = false;
    struct str of = {"", 0};
    ws_client_send(c, "{\"t\":\"resume\",\"cursors\":{},\"pending\":[\"%s\"]}", cmid);
    struct jval *v = ws_client_wait(c, "resumed", WAIT_MS);
    const struct jval *ack = jval_at(jval_get(v, "acks"), 0);
    cr_expect(jval_get_str(ack, "cmid", &of) && str_is(of, cmid));
    jval_get_bool(ack, "unknown", &unknown);
    jval_free(v);
    return unknown;
}

static void refused_by_rest(const struct person *p, const char *cmid)
{
    struct buf path = {0};
    buf_printf(&path, "/rooms/%s/messages", room);
    struct http_answer a =
        api(stack_port(stack, 0), p->token, "POST", buf_c(&path), "{\"cmid\":\"%s\",\"body\":\"hello\"}", cmid);
    char *code = answer_text(&a, "code");
    cr_expect_eq(a.status, 409);
    cr_expect_str_eq(code, "refused");
    free(code);
    http_answer_fini(&a);
    buf_fini(&path);
}

/* His page is closed before it hears that, and the next one, another device, sends what it finds. */
Test(cseq, what_was_refused_to_who_was_removed_is_refused_to_all_his_devices_after_he_came_back)
{
    char *cmid = new_cmid();
    struct ws_client *page = ws_client_login(stack_port(stack, 0), bob.token, "page");
    set_member(&bob, true);
    stored(page, 0, 1);
    set_member(&bob, false);
    refused_for_good(page, cmid, 0, 2, "not_member");
    set_member(&bob, true);

    struct ws_client *next = ws_client_login(stack_port(stack, 0), bob.token, "next page");
    int64_t later = room_post(stack_port(stack, 0), &bob, room, "written later");
    cr_expect(is_unknown(next, cmid));
    refused_for_good(next, cmid, 0, 1, "refused");
    refused_for_good(page, cmid, 0, 2, "refused");
    refused_by_rest(&bob, cmid);
    stack_kill(stack, "msg-svc-0", SIGKILL);
    stack_restart(stack, "msg-svc-0");
    stack_wait_ready(stack, "msg-svc-0");
    refused_for_good(next, cmid, 1, 1, "refused");
    cr_expect_eq(stored(next, 1, 2), later + 1, "nothing came between, and what was refused is counted");
    cr_expect_eq(stored(page, 0, 3), later + 2);
    ws_client_close(&page);
    ws_client_close(&next);
    free(cmid);
}

Test(cseq, of_who_never_was_in_the_room_nothing_is_kept_for_ever)
{
    char *cmid = new_cmid();
    struct ws_client *b = ws_client_login(stack_port(stack, 0), bob.token, "phone");
    refused_for_good(b, cmid, 0, 1, "not_member");
    char *rows = stack_sql(stack, "SELECT count(*) FROM chat.sent");
    cr_expect_str_eq(rows, "0");
    free(rows);
    ws_client_close(&b);
    free(cmid);
}

Test(cseq, the_count_outlives_the_service)
{
    stored(ws, 0, 1);
    stored(ws, 0, 2);
    stack_kill(stack, "msg-svc-0", SIGKILL);
    stack_restart(stack, "msg-svc-0");
    stack_wait_ready(stack, "msg-svc-0");
    char *early = new_cmid();
    refused(ws, early, 0, 4, 0, 3);
    stored(ws, 0, 3);
    free(early);
}

static bool is_forgotten(void *arg)
{
    (void)arg;
    char *rows = stack_sql(stack, "SELECT count(*) FROM chat.send_order");
    bool none = atoi(rows) == 0;
    free(rows);
    return none;
}

Test(cseq, who_comes_back_after_a_week_begins_a_new_generation)
{
    char *cmid = new_cmid();
    stored(ws, 0, 1);
    free(stack_sql(stack, "UPDATE chat.send_order SET used_on = used_on - 8"));
    cr_assert(stack_until(is_forgotten, NULL, WAIT_MS), "old rows stay");
    refused(ws, cmid, 0, 2, 0, 1);
    stored(ws, 1, 1);
    free(cmid);
}

static bool are_bounded(void *arg)
{
    (void)arg;
    char *rows =
        stack_sql(stack, "SELECT max(n) FROM (SELECT count(*) AS n FROM chat.send_order GROUP BY room_id, sender) c");
    bool bounded = atoi(rows) <= 64;
    free(rows);
    return bounded;
}

Test(cseq, of_many_devices_of_one_person_the_last_are_kept)
{
    stored(ws, 0, 1);
    free(stack_sql(stack, "INSERT INTO chat.send_order (room_id, sender, device, cgen, cseq, used_on) "
                          "SELECT o.room_id, o.sender, 'd' || i, 0, 1, current_date - 1 "
                          "FROM chat.send_order o, generate_series(1, 200) i"));
    cr_assert(stack_until(are_bounded, NULL, WAIT_MS), "more than 64 devices stay");
    stored(ws, 0, 2);
    char *rows = stack_sql(stack, "SELECT count(*) FROM chat.send_order");
    cr_expect_str_eq(rows, "64", "no more than that goes");
    free(rows);
}

static char *order_rows(void)
{
    return stack_sql(stack, "SELECT count(*) FROM chat.send_order");
}

Test(cseq, what_is_sent_to_a_room_that_is_not_there_or_before_the_first_leaves_no_row)
{
    char *cmid = new_cmid(), frame[256];
    for (int i = 1; i <= 2; i++) {
        struct jval *nack;
        snprintf(frame, sizeof frame,
                 "{\"t\":\"send\",\"cmid\":\"%s\",\"cseq\":%d,\"room\":\"999999\",\"body\":\"hello\"}", cmid, i);
        ws_client_send(ws, "%s", frame);
        answer_to(ws, cmid, &nack);
        expect_code(nack, "room_not_found");
        jval_free(nack);
    }
    refused(ws, cmid, 3, 7, 3, 1);
    char *rows = order_rows();
    cr_expect_str_eq(rows, "0");
    free(rows);
    free(cmid);
}

Test(cseq, a_burst_of_many_is_stored_in_order_and_without_a_hole)
{
    enum { MANY = 32 }; /* as many as may be under way */
    char *cmids[MANY];
    int64_t before = 0;
    for (int i = 0; i < MANY; i++) {
        cmids[i] = new_cmid();
        send_as(ws, cmids[i], 0, i + 1);
    }
    for (int i = 0; i < MANY; i++) {
        struct jval *nack;
        int64_t seq = answer_to(ws, cmids[i], &nack);
        cr_assert_null(nack, "message %d was refused", i);
        cr_assert(i == 0 || seq == before + 1, "message %d has seq %lld", i, (long long)seq);
        before = seq;
        free(cmids[i]);
    }
}
