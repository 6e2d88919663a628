/* What is to notify a person: kept for them alone, told to all their devices, and no way to learn of a room. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000, HOUR_MS = 3600000 };

static struct stack *stack;
static struct person alice, bob, dave;
static char *room;

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 0), "bob");
    dave = person_register(stack_port(stack, 0), "dave");
    room = room_create(stack_port(stack, 0), &alice, "board", "private");
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/members", room);
    struct http_answer a = api(stack_port(stack, 0), alice.token, "POST", path, "{\"user\":\"%s\"}", bob.id);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&dave);
    stack_stop(&stack);
}

TestSuite(notifications, .init = start, .fini = stop, .timeout = 240);

static struct http_answer ask(const struct person *who, const char *method, const char *path, const char *body)
{
    return body ? api(stack_port(stack, 0), who->token, method, path, "%s", body)
                : api(stack_port(stack, 0), who->token, method, path, NULL);
}

/* What a request is answered with: the status, and of a refusal the code. */
static void expect_answer(const struct person *who, const char *method, const char *path, const char *body, int status,
                          const char *code)
{
    struct http_answer a = ask(who, method, path, body);
    cr_expect_eq(a.status, status, "%s %s %s: %d %s", method, path, body, a.status, buf_c(&a.body));
    if (code) {
        char *said = answer_text(&a, "code");
        cr_expect_str_eq(said, code, "%s %s %s", method, path, body);
        free(said);
    }
    http_answer_fini(&a);
}

static void keep(const struct person *who, const char *body, int status, const char *code)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/mine", room);
    expect_answer(who, "PUT", path, body, status, code);
}

static struct http_answer seen(const struct person *who)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s", room);
    return ask(who, "GET", path, NULL);
}

static bool has(const struct jval *v, const char *key, const char *value)
{
    struct str text = {"", 0};
    return jval_get_str(v, key, &text) && str_is(text, value);
}

static int64_t until(const struct jval *v)
{
    int64_t ms = 0;
    jval_get_int(v, "quiet_until", &ms);
    return ms;
}

Test(notifications, a_level_is_for_oneself_and_is_given_back)
{
    keep(&bob, "{\"notify\":\"all\",\"favourite\":true}", 204, NULL);
    struct http_answer a = seen(&bob);
    cr_expect(has(a.json, "notify", "all"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    keep(&bob, "{\"section\":\"Work\"}", 204, NULL);
    keep(&bob, "{\"notify\":\"none\"}", 204, NULL);
    a = seen(&bob);
    cr_expect(has(a.json, "notify", "none") && has(a.json, "section", "Work"), "what is not named stays: %s",
              buf_c(&a.body));
    http_answer_fini(&a);
    a = seen(&alice);
    cr_expect_null(jval_get(a.json, "notify"), "it is Bob's alone: %s", buf_c(&a.body));
    http_answer_fini(&a);
    keep(&bob, "{\"notify\":\"default\"}", 204, NULL);
    a = seen(&bob);
    cr_expect_null(jval_get(a.json, "notify"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

Test(notifications, a_room_is_quiet_until_then_and_no_longer)
{
    char body[64];
    int64_t then = clock_wall_ms() + HOUR_MS;
    snprintf(body, sizeof body, "{\"quiet_until\":%lld}", (long long)then);
    keep(&bob, body, 204, NULL);
    struct http_answer a = seen(&bob);
    cr_expect_eq(until(a.json), then);
    cr_expect_null(jval_get(a.json, "muted_until"), "he may write all the same");
    http_answer_fini(&a);
    keep(&bob, "{\"notify\":\"mentions\"}", 204, NULL);
    a = seen(&bob);
    cr_expect_eq(until(a.json), then, "a level does not end it");
    http_answer_fini(&a);
    keep(&bob, "{\"quiet_until\":0}", 204, NULL);
    a = seen(&bob);
    cr_expect_null(jval_get(a.json, "quiet_until"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    keep(&bob, "{\"quiet_until\":9007199254740991}", 204, NULL);
    a = seen(&bob);
    cr_expect_eq(until(a.json), 253402300799000, "for good is the end of what a time can be");
    http_answer_fini(&a);
    free(stack_sql(stack, "UPDATE chat.members SET quiet_until = now() - interval '1 second' "
                          "WHERE quiet_until IS NOT NULL"));
    a = seen(&bob);
    cr_expect_null(jval_get(a.json, "quiet_until"), "what is over is not told: %s", buf_c(&a.body));
    http_answer_fini(&a);
}

Test(notifications, all_my_devices_hear_of_it_and_nobody_else)
{
    struct ws_client *phone = ws_client_login(stack_port(stack, 1), bob.token, "phone");
    struct ws_client *other = ws_client_login(stack_port(stack, 1), alice.token, "desk");
    cr_assert(phone && other);
    keep(&bob, "{\"notify\":\"mentions\",\"quiet_until\":9007199254740991}", 204, NULL);
    struct jval *told = ws_client_wait(phone, "user", WAIT_MS);
    cr_assert_not_null(told);
    cr_expect(has(told, "type", "room_changed") && has(told, "room", room));
    cr_expect(has(jval_get(told, "room_info"), "notify", "mentions"));
    cr_expect_eq(until(jval_get(told, "room_info")), 253402300799000);
    jval_free(told);
    /* What Alice is told next is of what comes later. */
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/mine", room);
    expect_answer(&alice, "PUT", path, "{\"favourite\":true}", 204, NULL);
    told = ws_client_wait(other, "user", WAIT_MS);
    cr_assert_not_null(told);
    cr_expect_null(jval_get(jval_get(told, "room_info"), "notify"));
    bool favourite = false;
    cr_expect(jval_get_bool(jval_get(told, "room_info"), "favourite", &favourite) && favourite);
    jval_free(told);
    ws_client_close(&phone);
    ws_client_close(&other);
}

Test(notifications, what_cannot_be_is_refused_and_changes_nothing)
{
    keep(&bob, "{\"notify\":\"all\"}", 204, NULL);
    keep(&bob, "{\"notify\":\"loud\"}", 400, "bad_request");
    keep(&bob, "{\"notify\":1}", 400, "bad_request");
    keep(&bob, "{\"quiet_until\":-1}", 400, "bad_request");
    keep(&bob, "{\"quiet_until\":\"tomorrow\"}", 400, "bad_request");
    struct http_answer a = seen(&bob);
    cr_expect(has(a.json, "notify", "all") && !jval_get(a.json, "quiet_until"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

Test(notifications, who_is_outside_learns_nothing)
{
    static const char *const bodies[] = {"{\"notify\":\"all\"}", "{\"quiet_until\":9007199254740991}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        keep(&dave, bodies[i], 404, "room_not_found");
        expect_answer(&dave, "PUT", "/rooms/999999/mine", bodies[i], 404, "room_not_found");
    }
    char *public = room_create(stack_port(stack, 0), &alice, "open", "public");
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/mine", public);
    expect_answer(&dave, "PUT", path, bodies[0], 403, "not_member");
    const struct person nobody = {.token = NULL};
    keep(&nobody, bodies[0], 401, "unauthorized");
    char *rows = stack_sql(stack, "SELECT count(*) FROM chat.members WHERE notify IS NOT NULL");
    cr_expect_str_eq(rows, "0");
    free(rows);
    free(public);
}

/* ---- of a person ---- */

Test(notifications, a_default_and_words_follow_the_person_and_are_nobodys_business)
{
    struct http_answer a = ask(&bob, "GET", "/me", NULL);
    cr_expect(has(a.json, "notify_rooms", "mentions") && jval_count(jval_get(a.json, "keywords")) == 0, "%s",
              buf_c(&a.body));
    int64_t version = answer_int(&a, "version");
    http_answer_fini(&a);
    struct ws_client *phone = ws_client_login(stack_port(stack, 1), bob.token, "phone");
    jval_free(ws_client_wait(phone, "presence", WAIT_MS)); /* its own coming */
    expect_answer(&bob, "PATCH", "/me",
                  "{\"notify_rooms\":\"all\",\"keywords\":[\" deploy \",\"\\\"quoted\\\\,{}\\\"\",\"リリース\"]}", 200,
                  NULL);
    struct jval *told = ws_client_wait(phone, "presence", WAIT_MS);
    cr_expect_not_null(told, "the other devices ask again when they hear of their person");
    jval_free(told);
    ws_client_close(&phone);
    a = ask(&bob, "GET", "/me", NULL);
    cr_expect(has(a.json, "notify_rooms", "all"));
    cr_expect_not_null(strstr(buf_c(&a.body), "\"keywords\":[\"deploy\",\"\\\"quoted\\\\,{}\\\"\",\"リリース\"]"), "%s",
                       buf_c(&a.body));
    cr_expect_eq(answer_int(&a, "version"), version, "others see nothing of it");
    http_answer_fini(&a);
    expect_answer(&bob, "PATCH", "/me", "{\"about\":\"x\"}", 200, NULL);
    a = ask(&bob, "GET", "/me", NULL);
    cr_expect(jval_count(jval_get(a.json, "keywords")) == 3, "what is not named stays: %s", buf_c(&a.body));
    http_answer_fini(&a);
    char path[64];
    snprintf(path, sizeof path, "/users/%s", bob.id);
    a = ask(&alice, "GET", path, NULL);
    cr_expect(!jval_get(a.json, "keywords") && !jval_get(a.json, "notify_rooms"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    expect_answer(&bob, "PATCH", "/me", "{\"keywords\":[]}", 200, NULL);
    a = ask(&bob, "GET", "/me", NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "keywords")), 0);
    http_answer_fini(&a);
}

/* A list of so many words, the caller's to free. */
static char *words(int count)
{
    struct buf list = {0};
    buf_cstr(&list, "{\"keywords\":[");
    for (int i = 0; i < count; i++)
        buf_cstr(&list, i == 0 ? "\"w\"" : ",\"w\"");
    buf_cstr(&list, "]}");
    char *text = strdup(buf_c(&list));
    buf_fini(&list);
    return text;
}

Test(notifications, words_have_bounds)
{
    char *most = words(50), *more = words(51);
    expect_answer(&bob, "PATCH", "/me", most, 200, NULL);
    expect_answer(&bob, "PATCH", "/me", more, 422, "too_many_keywords");
    expect_answer(&bob, "PATCH", "/me", "{\"keywords\":[\"  \"]}", 422, "text_invalid");
    expect_answer(&bob, "PATCH", "/me", "{\"keywords\":[\"two\\nlines\"]}", 422, "text_invalid");
    expect_answer(&bob, "PATCH", "/me", "{\"keywords\":[\"1234567890123456789012345678901234567890\"]}", 200, NULL);
    expect_answer(&bob, "PATCH", "/me", "{\"keywords\":[\"12345678901234567890123456789012345678901\"]}", 422,
                  "text_invalid");
    expect_answer(&bob, "PATCH", "/me", "{\"keywords\":[1]}", 400, "bad_request");
    expect_answer(&bob, "PATCH", "/me", "{\"keywords\":\"deploy\"}", 400, "bad_request");
    expect_answer(&bob, "PATCH", "/me", "{\"notify_rooms\":\"default\"}", 400, "bad_request");
    struct http_answer a = ask(&bob, "GET", "/me", NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "keywords")), 1, "the last good list stands: %s", buf_c(&a.body));
    http_answer_fini(&a);
    free(most);
    free(more);
}
