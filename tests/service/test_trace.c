/* A message leaves its times in each process that it goes through, findable by its id and by its request's, and never
 * its text; its request's id stands in the logs and in what the client is told. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 10000 };
static const char secret_text[] = "nobody-may-find-this-in-a-trace";
static struct stack *stack;

/* What a process says of it; the caller's to free. */
static char *trace_of(const char *name, const char *query)
{
    char path[120];
    snprintf(path, sizeof path, "/trace?%s", query);
    struct http_answer a = http_ask(stack_admin_port(stack, name), "GET", path, NULL, NULL);
    cr_assert_eq(a.status, 200);
    char *text = strdup(buf_c(&a.body));
    cr_assert_null(strstr(text, secret_text));
    http_answer_fini(&a);
    return text;
}

/* When it happened; 0: it is not there. */
static int64_t moment(const char *trace, const char *what)
{
    char word[40];
    snprintf(word, sizeof word, "\t%s\t", what);
    const char *at = strstr(trace, word);
    while (at && at > trace && at[-1] != '\n')
        at--;
    return at ? strtoll(at, NULL, 10) : 0;
}

struct seen {
    const char *name, *query, *what;
};

static bool is_seen(void *arg)
{
    const struct seen *s = arg;
    char *text = trace_of(s->name, s->query);
    bool there = moment(text, s->what) > 0;
    free(text);
    return there;
}

static void wait_seen(const char *name, const char *query, const char *what)
{
    struct seen s = {name, query, what};
    cr_assert(stack_until(is_seen, &s, WAIT_MS), "%s does not say %s of %s", name, what, query);
}

Test(trace, each_hop_of_a_message_is_there_in_order_and_its_text_is_not, .timeout = 120)
{
    stack = stack_start(NULL);
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob), *cmid = new_cmid();
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    int64_t seq = 0;

    cr_assert(
        ws_client_send(a, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"%s\"}", cmid, room, secret_text));
    struct jval *ack = ws_client_wait(a, "ack", WAIT_MS);
    cr_assert_not_null(ack);
    cr_assert(jval_get_int(ack, "seq", &seq));
    jval_free(ack);
    struct jval *event = ws_client_wait(b, "event", WAIT_MS);
    cr_assert_not_null(event);
    jval_free(event);

    char by_number[80], by_request[80];
    snprintf(by_number, sizeof by_number, "room=%s&seq=%lld", room, (long long)seq);
    snprintf(by_request, sizeof by_request, "request=%s", cmid);
    wait_seen("gateway-0", by_request, "answered");
    wait_seen("gateway-1", by_number, "last-written");
    char *sent = trace_of("gateway-0", by_request), *stored = trace_of("msg-svc-0", by_number),
         *fanned = trace_of("gateway-1", by_number), *same = trace_of("msg-svc-0", by_request);
    cr_expect_str_eq(stored, same);
    cr_expect_not_null(strstr(stored, cmid));
    /* Of the stream and of the gateway's word for it milliseconds are known. */
    cr_expect_leq(moment(sent, "taken") / 1000, moment(stored, "forwarded") / 1000);
    cr_expect_gt(moment(stored, "queued"), 0);
    cr_expect_leq(moment(sent, "taken"), moment(stored, "read"));
    cr_expect_leq(moment(stored, "read"), moment(stored, "begun"));
    cr_expect_leq(moment(stored, "begun"), moment(stored, "committed"));
    cr_expect_leq(moment(stored, "committed"), moment(stored, "published"));
    cr_expect_leq(moment(stored, "committed"), moment(fanned, "received"));
    cr_expect_leq(moment(fanned, "received"), moment(fanned, "first-written"));
    cr_expect_leq(moment(fanned, "first-written"), moment(fanned, "last-written"));
    cr_expect_leq(moment(stored, "committed"), moment(sent, "answered"));
    cr_expect_eq(stack_metric(stack, "gateway-1", "parley_gateway_fan_out_seconds_count{to=\"last\"}"), 1);

    /* A frame that is refused: what the client is told stands in the log, too. */
    cr_assert(ws_client_send(b, "{\"t\":\"fetch\",\"room\":\"999999\",\"after\":0}"));
    struct jval *error = ws_client_wait(b, "error", WAIT_MS);
    struct str id = {0};
    cr_assert_not_null(error);
    cr_expect(jval_get_str(error, "request_id", &id) && str_starts(id, STR("ws-")));
    cr_expect_eq(stack_metric(stack, "gateway-1", "parley_gateway_op_errors_total{op=\"fetch\"}"), 1);
    jval_free(error);

    free(sent), free(stored), free(fanned), free(same), free(cmid), free(room);
    ws_client_close(&a);
    ws_client_close(&b);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

static bool all_counted(void *arg)
{
    const int *count = arg;
    return stack_metric(stack, "gateway-1", "parley_gateway_fan_out_seconds_count{to=\"first\"}") == *count &&
           stack_metric(stack, "gateway-1", "parley_gateway_fan_out_seconds_count{to=\"last\"}") == *count;
}

Test(trace, each_message_of_a_burst_is_counted, .timeout = 120)
{
    int count = 20;
    stack = stack_start(NULL);
    struct person alice = person_register(stack_port(stack, 0), "alice");
    struct person bob = person_register(stack_port(stack, 1), "bob");
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    for (int i = 0; i < count; i++) {
        char *cmid = new_cmid();
        cr_assert(ws_client_send(a, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"body\":\"x\"}", cmid, room));
        free(cmid);
    }
    cr_assert(stack_until(all_counted, &count, WAIT_MS));
    free(room);
    ws_client_close(&a);
    ws_client_close(&b);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

Test(trace, the_id_that_a_browser_gives_goes_with_the_message, .timeout = 120)
{
    stack = stack_start(NULL);
    struct person alice = person_register(stack_port(stack, 0), "alice");
    char *room = room_create(stack_port(stack, 0), &alice, "hop", "public"), *cmid = new_cmid();
    char path[64], body[160];
    snprintf(path, sizeof path, "/api/v1/rooms/%s/messages", room);
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"%s\"}", cmid, secret_text);
    struct http_answer a = http_ask(stack_port(stack, 0), "POST", path, body,
                                    &(struct http_extra){.token = alice.token, .header = "x-request-id: browser-0001"});
    cr_assert_eq(a.status, 201);
    char *told = answer_header(&a, "x-request-id");
    cr_expect_str_eq(told, "browser-0001");
    char *stored = trace_of("msg-svc-0", "request=browser-0001"), *sent = trace_of("gateway-0", "request=browser-0001");
    cr_expect_gt(moment(stored, "committed"), 0);
    cr_expect_gt(moment(sent, "answered"), 0);
    free(stored), free(sent), free(told), free(cmid), free(room);
    http_answer_fini(&a);
    person_fini(&alice);
    stack_stop(&stack);
}
