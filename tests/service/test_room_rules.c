/* The rules of rooms: who may do what, and who is told what of it. What the table says of each role:
 * test_permissions.c; that who is outside learns nothing: test_outsiders.c. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"

static struct stack *stack;
static struct person alice, bob, carol, dave;
static int port;
static char *room;
static unsigned said;

static void start(void)
{
    /* One person asks for more in a second than a person would. */
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    carol = person_register(port, "carol");
    dave = person_register(port, "dave");
    room = NULL;
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    person_fini(&dave);
    stack_stop(&stack);
}

TestSuite(room_rules, .init = start, .fini = stop, .timeout = 240);

static const char *ask(const struct person *p, const char *method, const char *path, const char *body)
{
    return person_ask(port, p, method, path, body);
}

/* The same of a path in the room; `of` is put to its end. */
static const char *in_room(const struct person *p, const char *method, const char *tail, const char *of,
                           const char *body)
{
    char path[256];
    snprintf(path, sizeof path, "/rooms/%s%s%s", room, tail, of);
    return ask(p, method, path, body);
}

static const char *post(const struct person *p, const char *text)
{
    char body[160];
    snprintf(body, sizeof body, "{\"cmid\":\"00000000-0000-4000-8000-%012u\",\"body\":\"%s\"}", ++said, text);
    return in_room(p, "POST", "/messages", "", body);
}

static void bring(const struct person *by, const struct person *who)
{
    char body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", who->id);
    cr_assert_str_eq(in_room(by, "POST", "/members", "", body), "204");
}

static void make_moderator(const struct person *who)
{
    cr_assert_str_eq(in_room(&alice, "PUT", "/members/", who->id, "{\"role\":\"moderator\"}"), "204");
}

/* Alice's room; Bob moderates, Carol is a member, Dave is outside. */
static void room_of_three(const char *kind)
{
    room = room_create(port, &alice, "board", kind);
    bring(&alice, &bob);
    bring(&alice, &carol);
    make_moderator(&bob);
}

/* A member of the room as this person sees it. */
static char *seen(const struct person *p, const char *key)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s", room);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    const struct jval *v = jval_get(a.json, key);
    struct str s = {0};
    int64_t number;
    bool on;
    char *text = NULL;
    if (jval_str(v, &s))
        cr_assert(asprintf(&text, "%.*s", (int)s.n, s.p) >= 0);
    else if (jval_int(v, &number))
        cr_assert(asprintf(&text, "%lld", (long long)number) >= 0);
    else
        cr_assert(asprintf(&text, "%s", jval_bool(v, &on) ? (on ? "true" : "false") : "") >= 0);
    http_answer_fini(&a);
    return text;
}

#define SEEN(person, key, value)                   \
    do {                                           \
        char *seen_ = seen(person, key);           \
        cr_expect_str_eq(seen_, value, "%s", key); \
        free(seen_);                               \
    } while (0)

/* How many events of this type the log has. */
static size_t events(const struct person *p, const char *type)
{
    char path[64];
    size_t count = 0;
    snprintf(path, sizeof path, "/rooms/%s/messages?limit=200", room);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    const struct jval *list = jval_get(a.json, "events");
    for (size_t i = 0; i < jval_count(list); i++) {
        struct str name;
        count += jval_get_str(jval_at(list, i), "type", &name) && str_is(name, type);
    }
    http_answer_fini(&a);
    return count;
}

/* The log has an event with this in its data. */
static bool log_says(const struct person *p, const char *data)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/messages?limit=200", room);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    bool found = strstr(buf_c(&a.body), data) != NULL;
    http_answer_fini(&a);
    return found;
}

Test(room_rules, settings_are_changed_by_moderators_and_seen_by_all)
{
    room_of_three("private");
    const char *wish = "{\"name\":\"Board two\",\"topic\":\"plans\",\"description\":\"a\\nb\",\"slow_mode_s\":0}";
    cr_expect_str_eq(in_room(&carol, "PATCH", "", "", wish), "403 forbidden");
    cr_expect_str_eq(in_room(&bob, "PATCH", "", "", wish), "204");
    cr_expect_str_eq(in_room(&bob, "PATCH", "", "", wish), "204");
    SEEN(&carol, "name", "Board two");
    SEEN(&carol, "topic", "plans");
    SEEN(&carol, "description", "a\nb");
    cr_expect_eq(events(&carol, "settings"), 1, "the same twice is once");
    cr_expect_str_eq(in_room(&bob, "PATCH", "", "", "{\"name\":\" \"}"), "422 name_invalid");
    cr_expect_str_eq(in_room(&bob, "PATCH", "", "", "{\"slow_mode_s\":99999}"), "400 bad_request");
    cr_expect_str_eq(in_room(&bob, "PATCH", "", "", "{\"topic\":\"a\\u0007\"}"), "422 text_invalid");
}

Test(room_rules, a_room_is_opened_by_its_owner_under_a_name_of_its_own)
{
    char *taken = room_create(port, &dave, "taken", "public");
    room_of_three("private");
    cr_expect_str_eq(in_room(&bob, "PATCH", "", "", "{\"kind\":\"public\"}"), "403 forbidden");
    cr_expect_str_eq(in_room(&alice, "PATCH", "", "", "{\"kind\":\"public\",\"name\":\"TAKEN\"}"), "409 name_taken");
    cr_expect_str_eq(in_room(&dave, "GET", "", "", NULL), "404 room_not_found");
    cr_expect_str_eq(in_room(&alice, "PATCH", "", "", "{\"kind\":\"public\"}"), "204");
    cr_expect_str_eq(in_room(&dave, "POST", "/join", "", "{}"), "200");
    cr_expect_str_eq(in_room(&alice, "PATCH", "", "", "{\"kind\":\"private\"}"), "204");
    cr_expect_str_eq(post(&dave, "I stay"), "201");
    cr_expect_str_eq(in_room(&dave, "POST", "/leave", "", "{}"), "204");
    cr_expect_str_eq(in_room(&dave, "POST", "/join", "", "{}"), "404 room_not_found");
    free(taken);
}

Test(room_rules, roles_are_given_by_owners_and_permissions_can_be_moved)
{
    room_of_three("private");
    cr_expect_str_eq(in_room(&bob, "PUT", "/members/", carol.id, "{\"role\":\"moderator\"}"), "403 forbidden");
    cr_expect_str_eq(in_room(&alice, "PUT", "/members/", alice.id, "{\"role\":\"member\"}"), "403 forbidden");
    cr_expect_str_eq(in_room(&alice, "PUT", "/members/", dave.id, "{\"role\":\"member\"}"), "404 user_not_found");
    cr_expect_str_eq(in_room(&alice, "PUT", "/members/", carol.id, "{\"role\":\"guest\"}"), "204");
    SEEN(&carol, "role", "guest");
    cr_expect(log_says(&carol, "\"role\": \"guest\""), "the log says what the live event said");
    cr_expect_str_eq(post(&carol, "a"), "201");
    cr_expect_str_eq(in_room(&alice, "PUT", "/permissions/", "send", "{\"lowest\":\"member\"}"), "204");
    cr_expect_str_eq(post(&carol, "b"), "403 forbidden");
    cr_expect_str_eq(post(&bob, "c"), "201");
    cr_expect_str_eq(in_room(&bob, "PUT", "/permissions/", "send", "{\"lowest\":\"guest\"}"), "403 forbidden");
    cr_expect_str_eq(in_room(&alice, "PUT", "/permissions/", "set_role", "{\"lowest\":\"guest\"}"), "403 forbidden");
    cr_expect_str_eq(in_room(&alice, "PUT", "/permissions/", "send", "{}"), "204");
    cr_expect_str_eq(post(&carol, "d"), "201");
}

Test(room_rules, who_is_banned_is_out_and_stays_out_until_it_ends)
{
    room_of_three("public");
    cr_expect_str_eq(in_room(&carol, "PUT", "/bans/", bob.id, "{}"), "403 forbidden");
    cr_expect_str_eq(in_room(&bob, "PUT", "/bans/", alice.id, "{}"), "403 forbidden");
    cr_expect_str_eq(in_room(&bob, "PUT", "/bans/", carol.id, "{}"), "204");
    cr_expect_str_eq(in_room(&carol, "GET", "/messages", "", NULL), "403 not_member");
    cr_expect_str_eq(in_room(&carol, "POST", "/join", "", "{}"), "403 banned");
    cr_expect_str_eq(in_room(&dave, "GET", "/bans", "", NULL), "403 not_member");
    struct http_answer a;
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/bans", room);
    a = api(port, bob.token, "GET", path, NULL);
    cr_expect_eq(jval_count(jval_get(a.json, "bans")), 1, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect_str_eq(in_room(&bob, "DELETE", "/bans/", carol.id, NULL), "204");
    cr_expect_str_eq(in_room(&carol, "POST", "/join", "", "{}"), "200");
    cr_expect_str_eq(in_room(&carol, "GET", "/bans", "", NULL), "403 forbidden");
    cr_expect_str_eq(in_room(&bob, "DELETE", "/members/", carol.id, NULL), "204");
    cr_expect_str_eq(in_room(&bob, "DELETE", "/members/", alice.id, NULL), "403 forbidden");
    cr_expect_eq(events(&alice, "banned"), 2);
}

Test(room_rules, who_is_muted_reads_and_does_not_write)
{
    room_of_three("private");
    cr_expect_str_eq(in_room(&carol, "PUT", "/members/", "1/mute", "{\"until\":9000000000000}"), "403 forbidden");
    char tail[64];
    snprintf(tail, sizeof tail, "%s/mute", carol.id);
    cr_expect_str_eq(in_room(&bob, "PUT", "/members/", tail, "{\"until\":9000000000000}"), "204");
    cr_expect_str_eq(post(&carol, "a"), "403 muted");
    cr_expect_str_eq(in_room(&carol, "GET", "/messages", "", NULL), "200");
    SEEN(&carol, "muted_until", "9000000000000");
    cr_expect(log_says(&carol, "\"until\": 9000000000000"));
    cr_expect_str_eq(in_room(&bob, "PUT", "/members/", tail, "{\"until\":0}"), "204");
    cr_expect_str_eq(post(&carol, "b"), "201");
}

Test(room_rules, slow_mode_holds_members_up_and_not_moderators)
{
    room_of_three("private");
    cr_expect_str_eq(in_room(&bob, "PATCH", "", "", "{\"slow_mode_s\":3600}"), "204");
    cr_expect_str_eq(post(&carol, "a"), "201");
    cr_expect_str_eq(post(&carol, "b"), "403 slow_mode");
    cr_expect_str_eq(post(&bob, "c"), "201");
    cr_expect_str_eq(post(&bob, "d"), "201");
    free(stack_sql(stack, "UPDATE chat.members SET last_sent = now() - interval '1 hour' WHERE last_sent IS NOT NULL"));
    cr_expect_str_eq(post(&carol, "e"), "201");
}

Test(room_rules, announcements_are_made_by_moderators_and_answered_by_members)
{
    room_of_three("private");
    cr_expect_str_eq(in_room(&alice, "PATCH", "", "", "{\"announcement\":true}"), "204");
    cr_expect_str_eq(post(&carol, "a"), "403 forbidden");
    int64_t root = room_post(port, &bob, room, "news");
    char body[160];
    snprintf(body, sizeof body, "{\"cmid\":\"00000000-0000-4000-8000-000000009999\",\"body\":\"good\",\"thread\":%lld}",
             (long long)root);
    cr_expect_str_eq(in_room(&carol, "POST", "/messages", "", body), "201");
}

Test(room_rules, an_archived_room_is_read_and_nothing_else)
{
    room_of_three("public");
    int64_t seq = room_post(port, &carol, room, "a");
    char tail[64];
    cr_expect_str_eq(in_room(&bob, "POST", "/archive", "", "{\"on\":true}"), "403 forbidden");
    cr_expect_str_eq(in_room(&alice, "POST", "/archive", "", "{\"on\":true}"), "204");
    cr_expect_str_eq(in_room(&carol, "GET", "/messages", "", NULL), "200");
    cr_expect_str_eq(post(&alice, "b"), "403 archived");
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)seq);
    cr_expect_str_eq(in_room(&carol, "PATCH", tail, "", "{\"body\":\"c\"}"), "403 archived");
    cr_expect_str_eq(in_room(&dave, "POST", "/join", "", "{}"), "403 archived");
    struct http_answer d = api(port, dave.token, "GET", "/rooms/directory?query=board", NULL);
    cr_expect_eq(jval_count(jval_get(d.json, "rooms")), 0);
    http_answer_fini(&d);
    cr_expect_str_eq(in_room(&alice, "POST", "/archive", "", "{\"on\":false}"), "204");
    cr_expect_str_eq(post(&alice, "d"), "201");
}

static char *invite(const struct person *by, const char *wish)
{
    char path[64];
    snprintf(path, sizeof path, "/rooms/%s/invites", room);
    struct http_answer a = api(port, by->token, "POST", path, "%s", wish);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *token = answer_text(&a, "token");
    http_answer_fini(&a);
    return token;
}

Test(room_rules, an_invitation_leads_into_a_private_room_as_often_as_it_says)
{
    room_of_three("private");
    cr_expect_str_eq(in_room(&carol, "POST", "/invites", "", "{}"), "403 forbidden");
    char *token = invite(&bob, "{\"uses\":1,\"expires_in_s\":3600,\"role\":\"guest\"}"), path[128];
    snprintf(path, sizeof path, "/invites/%s", token);
    struct http_answer a = api(port, dave.token, "GET", path, NULL);
    char *name = answer_text(&a, "name");
    cr_expect_str_eq(name, "board");
    cr_expect_eq(answer_int(&a, "member_count"), 3);
    http_answer_fini(&a);
    cr_expect_str_eq(ask(&dave, "POST", path, NULL), "200");
    SEEN(&dave, "role", "guest");
    cr_expect_str_eq(ask(&dave, "POST", path, NULL), "200", "who is in is in");
    struct person erin = person_register(port, "erin");
    cr_expect_str_eq(ask(&erin, "GET", path, NULL), "404 invite_not_found");
    cr_expect_str_eq(ask(&erin, "POST", path, NULL), "404 invite_not_found");
    free(token);

    token = invite(&bob, "{}");
    snprintf(path, sizeof path, "/invites/%s", token);
    cr_expect_str_eq(in_room(&bob, "PUT", "/bans/", erin.id, "{}"), "204");
    cr_expect_str_eq(ask(&erin, "POST", path, NULL), "403 banned");
    cr_expect_str_eq(ask(&erin, "GET", path, NULL), "404 invite_not_found", "she learns nothing of the room by it");
    cr_expect_str_eq(in_room(&bob, "DELETE", "/bans/", erin.id, NULL), "204");
    snprintf(path, sizeof path, "/rooms/%s/invites", room);
    a = api(port, bob.token, "GET", path, NULL);
    const struct jval *open = jval_get(a.json, "invites");
    struct str id = {0};
    cr_assert_eq(jval_count(open), 1, "the used one is gone: %s", buf_c(&a.body));
    cr_assert(jval_get_str(jval_at(open, 0), "id", &id));
    cr_expect_null(jval_get(jval_at(open, 0), "token"), "told once only");
    char text[32];
    snprintf(text, sizeof text, "%.*s", (int)id.n, id.p);
    http_answer_fini(&a);
    cr_expect_str_eq(in_room(&bob, "DELETE", "/invites/", text, NULL), "204");
    snprintf(path, sizeof path, "/invites/%s", token);
    cr_expect_str_eq(ask(&erin, "POST", path, NULL), "404 invite_not_found");
    cr_expect_str_eq(ask(&erin, "POST", "/invites/nonsense", NULL), "404 invite_not_found");
    cr_expect_str_eq(ask(&erin, "GET", "/invites/7-nonsense", NULL), "404 invite_not_found");
    free(token);
    free(name);
    person_fini(&erin);
}

Test(room_rules, an_invitation_leads_in_until_its_time_and_not_when_who_made_it_ends_it_or_the_room_is_archived)
{
    room_of_three("private");
    char *token = invite(&bob, "{\"expires_in_s\":3600}"), path[128];
    snprintf(path, sizeof path, "/invites/%s", token);
    cr_expect_str_eq(ask(&dave, "GET", path, NULL), "200");
    cr_assert_str_eq(in_room(&alice, "POST", "/archive", "", "{\"on\":true}"), "204");
    cr_expect_str_eq(ask(&dave, "POST", path, NULL), "403 archived");
    cr_assert_str_eq(in_room(&alice, "POST", "/archive", "", "{\"on\":false}"), "204");
    free(stack_sql(stack, "UPDATE chat.invites SET expires_at = now() - interval '1 second'"));
    cr_expect_str_eq(ask(&dave, "GET", path, NULL), "404 invite_not_found");
    cr_expect_str_eq(ask(&dave, "POST", path, NULL), "404 invite_not_found");
    free(stack_sql(stack, "UPDATE chat.invites SET expires_at = now() + interval '1 hour'"));
    cr_expect_str_eq(ask(&dave, "POST", path, NULL), "200");
    SEEN(&dave, "role", "member");
    free(token);
}

Test(room_rules, a_room_takes_no_more_than_its_capacity_however_they_come)
{
    room_of_three("public");
    char *token = invite(&bob, "{}"), path[128], body[64];
    snprintf(path, sizeof path, "/invites/%s", token);
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", dave.id);
    free(stack_sql(stack, "UPDATE chat.rooms SET member_count = 10000 WHERE name = 'board'"));
    cr_expect_str_eq(in_room(&dave, "POST", "/join", "", "{}"), "409 room_full");
    cr_expect_str_eq(in_room(&alice, "POST", "/members", "", body), "409 room_full");
    cr_expect_str_eq(ask(&dave, "POST", path, NULL), "409 room_full");
    cr_expect_str_eq(in_room(&carol, "POST", "/join", "", "{}"), "200", "who is in is in");
    cr_assert_str_eq(in_room(&carol, "POST", "/leave", "", "{}"), "204");
    cr_expect_str_eq(in_room(&dave, "POST", "/join", "", "{}"), "200");
    free(token);
}

Test(room_rules, what_i_keep_of_a_room_is_mine_and_all_is_read_at_once)
{
    room_of_three("private");
    cr_expect_str_eq(in_room(&carol, "PUT", "/mine", "", "{\"favourite\":true,\"section\":\"Work\"}"), "204");
    SEEN(&carol, "favourite", "true");
    SEEN(&carol, "section", "Work");
    SEEN(&bob, "section", "");
    cr_expect_str_eq(in_room(&carol, "PUT", "/mine", "", "{\"favourite\":false}"), "204");
    SEEN(&carol, "section", "Work");
    room_post(port, &bob, room, "news");
    char *head = seen(&carol, "head");
    cr_expect_str_eq(ask(&carol, "POST", "/read", NULL), "204");
    SEEN(&carol, "read_seq", head);
    SEEN(&carol, "read_n", "1");
    free(head);
    char *behind =
        stack_sql(stack, "SELECT count(*) FROM chat.members m JOIN chat.rooms r ON r.id = m.room_id JOIN auth.users u "
                         "ON u.id = m.user_id WHERE u.username = 'carol' AND m.read_seq < r.last_seq");
    cr_expect_str_eq(behind, "0");
    free(behind);
}

/* How many events tell that Carol became owner. */
static bool carol_inherited(void *arg)
{
    (void)arg;
    char sql[256];
    snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM chat.events e JOIN chat.members m USING (room_id) WHERE room_id = %s AND type = 'role' "
        "AND data->>'user' = '%s' AND data->>'role' = 'owner' AND m.user_id = %s AND m.role = 'owner'",
        room, carol.id, carol.id);
    char *n = stack_sql(stack, sql);
    bool one = strcmp(n, "1") == 0;
    free(n);
    return one;
}

Test(room_rules, the_heir_of_the_last_owner_is_told_and_may_what_owners_may)
{
    room = room_create(port, &alice, "den", "private");
    bring(&alice, &bob);
    bring(&alice, &carol);
    make_moderator(&carol);
    cr_expect_str_eq(in_room(&carol, "POST", "/archive", "", "{\"on\":true}"), "403 forbidden");
    cr_assert_str_eq(in_room(&alice, "POST", "/leave", "", NULL), "204");
    cr_expect(stack_until(carol_inherited, NULL, 10000), "no event, or no owner");
    cr_expect_str_eq(in_room(&bob, "POST", "/archive", "", "{\"on\":true}"), "403 forbidden");
    cr_expect_str_eq(in_room(&carol, "POST", "/archive", "", "{\"on\":true}"), "204");
}
