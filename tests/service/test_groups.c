/* Groups of people: who makes and changes them, that a name is one person's or one group's, and whom a message that
 * names one calls. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob, carol, dave; /* Alice registers first: she is admin */
static int port;

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
    dave = person_register(port, "dave");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    person_fini(&dave);
    stack_stop(&stack);
}

TestSuite(groups, .init = start, .fini = stop, .timeout = 240);

/* ---- asking ---- */

static const char *ask(const struct person *p, const char *method, const char *path, const char *body)
{
    return person_ask(port, p, method, path, body);
}

/* The id of a new group of Alice's; the caller's to free. */
static char *make(const char *handle)
{
    struct http_answer a =
        api(port, alice.token, "POST", "/groups", "{\"handle\":\"%s\",\"title\":\"The %s\"}", handle, handle);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *id = answer_text(&a, "id");
    http_answer_fini(&a);
    return id;
}

static const char *add(const char *group, const struct person *whom)
{
    char path[64], body[64];
    snprintf(path, sizeof(path), "/groups/%s/members", group);
    snprintf(body, sizeof(body), "{\"users\":[\"%s\"]}", whom->id);
    return ask(&alice, "POST", path, body);
}

static const char *on_group(const struct person *p, const char *method, const char *group, const char *body)
{
    char path[64];
    snprintf(path, sizeof(path), "/groups/%s", group);
    return ask(p, method, path, body);
}

/* A path's answer has these words. */
static bool says(const struct person *p, const char *path, const char *words)
{
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    bool has = strstr(buf_c(&a.body), words) != NULL;
    http_answer_fini(&a);
    return has;
}

static bool member_says(const struct person *p, const char *group, const char *words)
{
    char path[64];
    snprintf(path, sizeof(path), "/users?group=%s", group);
    return says(p, path, words);
}

/* How many messages of a room name `p` that he has not read. */
static size_t unread(const struct person *p, const char *room)
{
    char path[64];
    snprintf(path, sizeof(path), "/rooms/%s", room);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    size_t count = jval_count(jval_get(a.json, "mentions"));
    http_answer_fini(&a);
    return count;
}

static bool message_says(const char *room, int64_t seq, const char *words)
{
    char path[64];
    snprintf(path, sizeof(path), "/rooms/%s/messages/%lld", room, (long long)seq);
    return says(&alice, path, words);
}

/* ---- names ---- */

Test(groups, a_name_is_one_person_s_or_one_group_s)
{
    static const char *const wrong[] = {"all", "HERE", "channel", "Everyone", "a11", "a", "-x", "two words", ""};
    char *group = make("Design"), body[96];
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        snprintf(body, sizeof(body), "{\"handle\":\"%s\",\"title\":\"No\"}", wrong[i]);
        cr_expect_str_eq(ask(&alice, "POST", "/groups", body), wrong[i][0] ? "422 handle_invalid" : "400 bad_request");
    }
    cr_expect_str_eq(ask(&alice, "POST", "/groups", "{\"handle\":\"dEsIgN\",\"title\":\"No\"}"), "409 handle_taken");
    cr_expect_str_eq(ask(&alice, "POST", "/groups", "{\"handle\":\"Bob\",\"title\":\"No\"}"), "409 handle_taken");
    cr_expect_str_eq(ask(&alice, "POST", "/groups", "{\"handle\":\"b0b\",\"title\":\"No\"}"), "409 handle_taken",
                     "it looks like another");
    cr_expect_str_eq(ask(&alice, "POST", "/groups", "{\"handle\":\"ok\",\"title\":\" \"}"), "422 name_invalid");
    cr_expect_str_eq(on_group(&alice, "PATCH", group, "{\"handle\":\"carol\"}"), "409 handle_taken");
    cr_expect_str_eq(ask(NULL, "POST", "/auth/register", "{\"username\":\"design\",\"password\":\"" PASSWORD "\"}"),
                     "409 username_taken");
    cr_expect_str_eq(on_group(&alice, "PATCH", group, "{\"handle\":\"Draw\",\"title\":\"Who draws\"}"), "200");
    cr_expect(says(&bob, "/groups", "\"handle\":\"Draw\",\"title\":\"Who draws\""));
    struct person free_now = person_register(port, "design");
    cr_expect_str_eq(on_group(&alice, "PATCH", group, "{\"handle\":\"design\"}"), "409 handle_taken");
    cr_expect_str_eq(on_group(&alice, "PATCH", group, "{\"handle\":\"draw\"}"), "200", "its own, written otherwise");
    person_fini(&free_now);
    free(group);
}

static size_t named_by(const char *room, const struct person *p, const char *const *ways, size_t count)
{
    char text[96];
    size_t before = unread(p, room);
    for (size_t i = 0; i < count; i++) {
        snprintf(text, sizeof(text), "look, @%s", ways[i]);
        room_post(port, &alice, room, text);
    }
    return unread(p, room) - before;
}
#define NAMED_BY(p, ...) \
    named_by(room, p, (const char *const[]){__VA_ARGS__}, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

Test(groups, a_name_is_found_in_whatever_letters_it_is_written)
{
    static const char *const names[] = {"Νίκος", "Straße", "İpek", "Kılıç", "Zo\xc3\xab"};
    char *room = room_create(port, &alice, "hall", "public"), *group = make("Ägäis");
    struct person people[5];
    for (size_t i = 0; i < 5; i++) {
        people[i] = person_register(port, names[i]);
        room_join(port, &people[i], room);
    }
    cr_expect_eq(NAMED_BY(&people[0], "Νίκος", "ΝΊΚΟΣ", "νίκοσ"), 3);
    cr_expect_eq(NAMED_BY(&people[1], "Straße", "STRASSE", "STRAẞE", "strasse"), 4);
    cr_expect_eq(NAMED_BY(&people[2], "İpek", "İPEK", "i\xcc\x87pek"), 3);
    cr_expect_eq(NAMED_BY(&people[2], "ipek", "ıpek"), 0, "those are other names");
    cr_expect_eq(NAMED_BY(&people[3], "Kılıç", "kılıc\xcc\xa7"), 2);
    cr_expect_eq(NAMED_BY(&people[3], "kiliç"), 0);
    cr_expect_eq(NAMED_BY(&people[4], "zoe\xcc\x88", "ＺＯË"), 2);
    cr_assert_str_eq(add(group, &people[4]), "204");
    cr_expect_eq(NAMED_BY(&people[4], "ägäis", "A\xcc\x88GA\xcc\x88IS"), 2, "a group's, too");
    for (size_t i = 0; i < 5; i++)
        person_fini(&people[i]);
    free(group);
    free(room);
}

Test(groups, words_that_call_everybody_are_nobody_s_name_but_who_has_one_keeps_it)
{
    static const char *const words[] = {"all", "HERE", "Channel", "everyone", "ａｌｌ", "a11", "AII"};
    char body[128], sql[160];
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        snprintf(body, sizeof(body), "{\"username\":\"%s\",\"password\":\"" PASSWORD "\"}", words[i]);
        cr_expect_str_eq(ask(NULL, "POST", "/auth/register", body), "409 username_taken", "%s", words[i]);
        snprintf(body, sizeof(body), "{\"username\":\"%s\"}", words[i]);
        cr_expect_str_eq(ask(&bob, "POST", "/bots", body), "409 username_taken", "%s", words[i]);
    }
    snprintf(sql, sizeof(sql),
             "UPDATE auth.users SET username = 'Here', username_key = 'here', skeleton = 'here' WHERE id = %s",
             dave.id);
    free(stack_sql(stack, sql));
    struct person here = person_login(port, "here");
    cr_expect_str_eq(here.id, dave.id);
    cr_expect(says(&here, "/me", "\"username\":\"Here\""));
    cr_expect_str_eq(ask(&here, "PATCH", "/me", "{\"display_name\":\"Dave\"}"), "200");
    person_fini(&here);
}

/* ---- who may ---- */

Test(groups, admins_make_and_change_them_or_everybody_his_own)
{
    char *group = make("ops"), path[96];
    static const char fresh[] = "{\"handle\":\"bobs\",\"title\":\"Bob's\"}";
    cr_expect_str_eq(ask(NULL, "GET", "/groups", NULL), "401 unauthorized");
    cr_expect(says(&alice, "/groups", "\"may_make\":true"));
    cr_expect(says(&bob, "/groups", "\"may_make\":false"));
    cr_expect(!says(&bob, "/groups", "may_change"));
    cr_expect_str_eq(ask(&bob, "POST", "/groups", fresh), "403 forbidden");
    cr_expect_str_eq(on_group(&bob, "PATCH", group, "{\"title\":\"Mine\"}"), "403 forbidden");
    cr_expect_str_eq(on_group(&bob, "DELETE", group, NULL), "403 forbidden");
    snprintf(path, sizeof(path), "/groups/%s/members", group);
    cr_expect_str_eq(ask(&bob, "POST", path, "{\"users\":[\"1\"]}"), "403 forbidden");
    cr_expect_str_eq(ask(&alice, "PATCH", "/admin/settings", "{\"user_groups\":\"everybody\"}"), "200");
    cr_expect(says(&alice, "/admin/settings", "\"user_groups\":\"everybody\""));
    cr_expect_str_eq(ask(&bob, "POST", "/groups", fresh), "201");
    cr_expect_str_eq(ask(&carol, "PATCH", "/groups/2", "{\"title\":\"Mine\"}"), "403 forbidden");
    cr_expect_str_eq(ask(&bob, "PATCH", "/groups/2", "{\"title\":\"Of Bob\"}"), "200");
    cr_expect_str_eq(on_group(&bob, "DELETE", group, NULL), "403 forbidden");
    cr_expect_str_eq(ask(&alice, "DELETE", "/groups/2", NULL), "204");
    cr_expect_str_eq(ask(&alice, "DELETE", "/groups/2", NULL), "404 group_not_found");
    cr_expect_str_eq(ask(&alice, "GET", "/groups/2", NULL), "404 group_not_found");
    cr_expect(says(&alice, "/admin/audit", "\"kind\":\"group_changed\""));
    cr_expect(says(&alice, "/admin/audit", "\"kind\":\"group_ended\""));
    free(group);
}

Test(groups, people_come_and_go_and_their_devices_hear_of_it)
{
    char *group = make("ops"), path[96];
    struct ws_client *phone = ws_client_login(port, bob.token, "phone");
    cr_expect_str_eq(add(group, &bob), "204");
    struct jval *frame = ws_client_wait(phone, "presence", WAIT_MS);
    cr_expect_not_null(frame, "Bob's own person is told of");
    jval_free(frame);
    cr_expect_str_eq(add(group, &bob), "204");
    cr_expect_str_eq(add(group, &carol), "204");
    snprintf(path, sizeof(path), "\"groups\":[\"%s\"]", group);
    cr_expect(says(&bob, "/me", path));
    cr_expect(says(&dave, "/me", "\"groups\":[]"));
    cr_expect(member_says(&dave, group, "\"total\":2"));
    cr_expect(member_says(&dave, group, "\"carol\"") && !member_says(&dave, group, "\"dave\""));
    cr_expect(says(&bob, "/groups", "\"people\":2"));
    snprintf(path, sizeof(path), "/groups/%s/members/%s", group, carol.id);
    cr_expect_str_eq(ask(&bob, "DELETE", path, NULL), "403 forbidden");
    cr_expect_str_eq(ask(&carol, "DELETE", path, NULL), "204", "oneself");
    cr_expect_str_eq(ask(&carol, "DELETE", path, NULL), "204");
    cr_expect(says(&bob, "/groups", "\"people\":1"));
    snprintf(path, sizeof(path), "/groups/%s/members", group);
    cr_expect_str_eq(ask(&alice, "POST", path, "{\"users\":[\"99999\",\"4\"]}"), "204", "who is not there is left out");
    cr_expect(member_says(&bob, group, "\"total\":2"));
    free(stack_sql(stack, "UPDATE auth.groups SET size = 1000"));
    cr_expect_str_eq(add(group, &carol), "409 group_full");
    ws_client_close(&phone);
    free(group);
}

/* ---- whom a message calls ---- */

Test(groups, a_name_calls_those_of_the_group_who_are_in_the_room_and_nobody_else)
{
    char *group = make("ops"), *room = room_create(port, &alice, "den", "private"), path[96], words[96];
    const struct person *all[] = {&alice, &bob, &carol};
    for (size_t i = 0; i < 3; i++)
        cr_assert_str_eq(add(group, all[i]), "204");
    snprintf(path, sizeof(path), "/rooms/%s/members", room);
    snprintf(words, sizeof(words), "{\"user\":\"%s\"}", bob.id);
    cr_assert_str_eq(ask(&alice, "POST", path, words), "204");
    snprintf(words, sizeof(words), "{\"user\":\"%s\"}", dave.id);
    cr_assert_str_eq(ask(&alice, "POST", path, words), "204");
    int64_t seq = room_post(port, &alice, room, "look, @OPS, and @bob: `@ops` is the name");
    snprintf(words, sizeof(words), "\"groups\": [{\"id\": \"%s\", \"handle\": \"ops\"}]", group);
    cr_expect(message_says(room, seq, words));
    cr_expect_eq(unread(&bob, room), 1, "named twice, called once");
    cr_expect_eq(unread(&dave, room), 0, "not of the group");
    cr_expect_eq(unread(&alice, room), 0, "who writes is not called");
    cr_expect(says(&bob, "/activity", "look, @OPS"));
    cr_expect(!says(&carol, "/activity", "look, @OPS") && !says(&carol, "/rooms", "\"den\""), "not in the room");
    free(group);
    free(room);
}

Test(groups, a_new_name_or_none_leaves_what_was_written_as_it_was)
{
    char *group = make("ops"), *room = room_create(port, &alice, "hall", "public"), words[96];
    room_join(port, &bob, room);
    cr_assert_str_eq(add(group, &bob), "204");
    int64_t before = room_post(port, &alice, room, "@ops");
    snprintf(words, sizeof(words), "\"groups\": [{\"id\": \"%s\", \"handle\": \"ops\"}]", group);
    cr_assert_str_eq(on_group(&alice, "PATCH", group, "{\"handle\":\"crew\"}"), "200");
    cr_expect(message_says(room, before, words));
    cr_expect(!message_says(room, room_post(port, &alice, room, "@ops"), "groups"), "nobody is called that any more");
    cr_expect(message_says(room, room_post(port, &alice, room, "@crew"), "\"handle\": \"crew\""));
    cr_expect_eq(unread(&bob, room), 2);
    cr_assert_str_eq(on_group(&alice, "DELETE", group, NULL), "204");
    cr_expect(message_says(room, before, words));
    cr_expect(says(&bob, "/me", "\"groups\":[]"));
    cr_expect(!message_says(room, room_post(port, &alice, room, "@crew"), "groups"));
    cr_expect_eq(unread(&bob, room), 2);
    free(group);
    free(room);
}

Test(groups, in_a_thread_who_is_called_follows_it)
{
    char *group = make("ops"), *room = room_create(port, &alice, "hall", "public"), path[96], *cmid = new_cmid();
    room_join(port, &bob, room);
    cr_assert_str_eq(add(group, &bob), "204");
    int64_t root = room_post(port, &alice, room, "a question");
    snprintf(path, sizeof(path), "/rooms/%s/messages", room);
    struct http_answer a = api(port, alice.token, "POST", path, "{\"cmid\":\"%s\",\"body\":\"@ops\",\"thread\":%lld}",
                               cmid, (long long)root);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect(says(&bob, "/threads", "a question"));
    cr_expect_eq(unread(&bob, room), 1);
    free(cmid);
    free(group);
    free(room);
}

Test(groups, who_is_disabled_is_neither_shown_nor_called_and_comes_back)
{
    char *group = make("ops"), *room = room_create(port, &alice, "hall", "public"), path[96], one[64];
    room_join(port, &bob, room);
    cr_assert_str_eq(add(group, &bob), "204");
    snprintf(path, sizeof(path), "/admin/users/%s", bob.id);
    cr_assert_str_eq(ask(&alice, "PATCH", path, "{\"disabled\":true}"), "204");
    cr_expect(member_says(&carol, group, "\"total\":0"));
    cr_expect(says(&carol, "/groups", "\"people\":0"));
    snprintf(one, sizeof(one), "/groups/%s", group);
    cr_expect(says(&carol, one, "\"people\":0"));
    room_post(port, &alice, room, "@ops");
    char *rows = stack_sql(stack, "SELECT count(*) FROM chat.mentions");
    cr_expect_str_eq(rows, "0");
    cr_assert_str_eq(ask(&alice, "PATCH", path, "{\"disabled\":false}"), "204");
    cr_expect(member_says(&carol, group, "\"total\":1"));
    cr_expect(says(&carol, "/groups", "\"people\":1") && says(&carol, one, "\"people\":1"));
    free(rows);
    free(group);
    free(room);
}

/* ---- bounds ---- */

static void crowd(const char *group, const char *room, int count)
{
    char sql[1024];
    snprintf(sql, sizeof(sql),
             "WITH p AS (INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash) "
             "SELECT n, n, n, n, '' FROM (SELECT 'crowd' || i AS n FROM generate_series(1, %d) i) x RETURNING id), "
             "g AS (INSERT INTO auth.group_members (group_id, user_id) SELECT %s, id FROM p), "
             "m AS (INSERT INTO chat.members (room_id, user_id) SELECT %s, id FROM p) "
             "UPDATE chat.rooms SET member_count = member_count + %d WHERE id = %s",
             count, group, room, count, room);
    free(stack_sql(stack, sql));
}

Test(groups, to_call_many_takes_the_permission_to_call_everybody)
{
    char *group = make("ops"), *room = room_create(port, &alice, "hall", "public"), path[96], *rows;
    room_join(port, &bob, room);
    snprintf(path, sizeof(path), "/rooms/%s/permissions/mention_all", room);
    cr_assert_str_eq(ask(&alice, "PUT", path, "{\"lowest\":\"moderator\"}"), "204");
    crowd(group, room, 20);
    cr_expect(message_says(room, room_post(port, &bob, room, "@ops"), "groups"), "twenty are not many");
    cr_assert_str_eq(add(group, &alice), "204");
    cr_expect(!message_says(room, room_post(port, &bob, room, "@ops"), "groups"), "only words");
    cr_expect(message_says(room, room_post(port, &alice, room, "@ops"), "groups"));
    rows = stack_sql(stack, "SELECT count(*) FROM chat.mentions");
    cr_expect_str_eq(rows, "40");
    free(rows);
    free(group);
    free(room);
}

Test(groups, what_a_message_may_call_is_one_number_however_many_groups_it_names)
{
    static const char *const handles[] = {"ops", "more", "third", "fourth"};
    char *groups[4], *room = room_create(port, &alice, "hall", "public"), path[96], sql[256];
    room_join(port, &bob, room);
    snprintf(path, sizeof(path), "/rooms/%s/permissions/mention_all", room);
    cr_assert_str_eq(ask(&alice, "PUT", path, "{\"lowest\":\"moderator\"}"), "204");
    for (size_t i = 0; i < 4; i++)
        groups[i] = make(handles[i]);
    crowd(groups[0], room, 15);
    for (size_t i = 1; i < 4; i++) {
        snprintf(sql, sizeof(sql),
                 "INSERT INTO auth.group_members (group_id, user_id) SELECT %s, user_id FROM auth.group_members "
                 "WHERE group_id = %s LIMIT 6",
                 groups[i], groups[0]);
        free(stack_sql(stack, sql));
    }
    int64_t seq = room_post(port, &bob, room, "@ops @more");
    cr_expect(message_says(room, seq, "\"handle\": \"ops\""));
    cr_expect(!message_says(room, seq, "\"handle\": \"more\""), "fifteen and six are more than twenty");
    seq = room_post(port, &alice, room, "@ops @more @third @fourth");
    cr_expect(message_says(room, seq, "\"handle\": \"third\""));
    cr_expect(!message_says(room, seq, "\"handle\": \"fourth\""), "three groups call, not four");
    for (size_t i = 0; i < 4; i++)
        free(groups[i]);
    free(room);
}

Test(groups, a_thousand_are_called_by_one_message_each_once)
{
    char *group = make("ops"), *other = make("more"), *room = room_create(port, &alice, "hall", "public"), sql[160];
    crowd(group, room, 999);
    snprintf(sql, sizeof(sql),
             "INSERT INTO auth.group_members (group_id, user_id) SELECT %s, user_id FROM "
             "auth.group_members",
             other);
    free(stack_sql(stack, sql));
    cr_expect(message_says(room, room_post(port, &alice, room, "@ops @more"), "groups"));
    char *rows = stack_sql(stack, "SELECT count(*) || ' ' || count(DISTINCT user_id) FROM chat.mentions");
    cr_expect_str_eq(rows, "999 999");
    free(rows);
    free(room);
    free(other);
    free(group);
}

Test(groups, there_is_an_end_to_them)
{
    free(stack_sql(stack, "INSERT INTO auth.groups (handle, handle_key, skeleton, title) SELECT n, n, n, n FROM "
                          "(SELECT 'g' || i AS n FROM generate_series(1, 1000) i) x"));
    cr_expect_str_eq(ask(&alice, "POST", "/groups", "{\"handle\":\"more\",\"title\":\"More\"}"), "409 too_many_groups");
    cr_expect(says(&bob, "/groups", "\"g1000\""), "so many are told in one answer");
}
