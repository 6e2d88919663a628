/* People: profiles, statuses, quiet hours, blocks, the directory; who may, and what others see. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "person.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob;

static void start(void)
{
    stack = stack_start(NULL);
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 1), "bob");
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(people, .init = start, .fini = stop, .timeout = 240);

static struct http_answer ask(const struct person *who, const char *method, const char *path, const char *body)
{
    return body ? api(stack_port(stack, 0), who->token, method, path, "%s", body)
                : api(stack_port(stack, 0), who->token, method, path, NULL);
}

static void expect_status(const struct person *who, const char *method, const char *path, const char *body, int status,
                          const char *code)
{
    struct http_answer a = ask(who, method, path, body);
    cr_expect_eq(a.status, status, "%s %s %s: %d %s", method, path, body ? body : "", a.status, buf_c(&a.body));
    if (code) {
        char *said = answer_text(&a, "code");
        cr_expect_str_eq(said, code, "%s %s %s: %s", method, path, body ? body : "", said);
        free(said);
    }
    http_answer_fini(&a);
}

static void done(const struct person *who, const char *method, const char *path, const char *body)
{
    expect_status(who, method, path, body, 200, NULL);
}

/* "/users/7" and the like, in a buffer that the next call uses again. */
static const char *path_of(const char *before, const struct person *who, const char *after)
{
    static char path[128];
    snprintf(path, sizeof path, "%s%s%s", before, who->id, after);
    return path;
}

/* A person as another sees them; the caller frees. */
static struct http_answer seen_by(const struct person *viewer, const struct person *whom)
{
    struct http_answer a = ask(viewer, "GET", path_of("/users/", whom, ""), NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    return a;
}

static int64_t version_of(const struct person *whom)
{
    struct http_answer a = seen_by(&alice, whom);
    int64_t version = answer_int(&a, "version");
    http_answer_fini(&a);
    return version;
}

static bool contains(struct http_answer *a, const char *text)
{
    return strstr(buf_c(&a->body), text) != NULL;
}

/* ---- profile ---- */

Test(people, a_profile_is_changed_by_its_person_and_seen_by_others)
{
    int64_t before = version_of(&bob);
    done(
        &bob, "PATCH", "/me",
        "{\"display_name\":\"Bob B.\",\"about\":\" builds\\nboats \",\"time_zone\":\"Pacific/Auckland\",\"colour\":3}");
    struct http_answer a = seen_by(&alice, &bob);
    cr_expect(contains(&a, "\"display_name\":\"Bob B.\""));
    cr_expect(contains(&a, "\"about\":\"builds\\nboats\""));
    cr_expect(contains(&a, "\"time_zone\":\"Pacific/Auckland\""));
    cr_expect(contains(&a, "\"colour\":3"));
    cr_expect_eq(answer_int(&a, "version"), before + 1);
    cr_expect(!contains(&a, "hide_last_seen") && !contains(&a, "blocked") && !contains(&a, "quiet_from"),
              "what is nobody's business is not told: %s", buf_c(&a.body));
    http_answer_fini(&a);
    done(&bob, "PATCH", "/me", "{\"about\":\"\",\"time_zone\":\"\",\"colour\":-1}");
    a = seen_by(&alice, &bob);
    cr_expect(contains(&a, "\"about\":\"\"") && !contains(&a, "time_zone") && !contains(&a, "colour"), "%s",
              buf_c(&a.body));
    cr_expect(contains(&a, "\"display_name\":\"Bob B.\""), "what is not named stays");
    http_answer_fini(&a);
}

Test(people, what_cannot_be_is_refused_and_changes_nothing)
{
    struct buf about = {0};
    buf_cstr(&about, "{\"about\":\"");
    for (int i = 0; i < 501; i++)
        buf_cstr(&about, "é");
    buf_cstr(&about, "\"}");
    int64_t before = version_of(&bob);
    expect_status(&bob, "PATCH", "/me", buf_c(&about), 422, "text_invalid");
    expect_status(&bob, "PATCH", "/me", "{\"about\":\"a\\u0007b\"}", 422, "text_invalid");
    expect_status(&bob, "PATCH", "/me", "{\"time_zone\":\"Europe/Nowhere\"}", 422, "time_zone_invalid");
    expect_status(&bob, "PATCH", "/me", "{\"display_name\":\"  \"}", 422, "name_invalid");
    expect_status(&bob, "PATCH", "/me", "{\"colour\":10}", 400, "bad_request");
    expect_status(&bob, "PATCH", "/me", "{\"hide_last_seen\":1}", 400, "bad_request");
    expect_status(&bob, "PUT", "/me/status", "{\"emoji\":\"no\"}", 422, "emoji_invalid");
    expect_status(&bob, "PUT", "/me/status", "{\"text\":\"two\\nlines\"}", 422, "text_invalid");
    expect_status(&bob, "PUT", "/me/status", "{\"text\":\"  \"}", 400, "bad_request");
    expect_status(&bob, "PUT", "/me/status", "{\"text\":\"late\",\"expires_at\":1}", 400, "bad_request");
    expect_status(&bob, "PUT", "/me/dnd", "{\"quiet_from\":[0,0,0,0,0,0,0]}", 400, "bad_request");
    expect_status(&bob, "PUT", "/me/dnd", "{\"quiet_from\":[0],\"quiet_to\":[0]}", 400, "bad_request");
    expect_status(&bob, "PUT", "/me/dnd", "{\"quiet_from\":[0,0,0,0,0,0,0],\"quiet_to\":[0,0,0,0,0,0,1441]}", 400,
                  "bad_request");
    const struct person nobody = {.token = NULL};
    expect_status(&nobody, "PATCH", "/me", "{\"about\":\"x\"}", 401, "unauthorized");
    cr_expect_eq(version_of(&bob), before);
    buf_fini(&about);
}

/* ---- status, do-not-disturb ---- */

static bool lunch_is_over(void *arg)
{
    (void)arg;
    struct http_answer a = seen_by(&alice, &bob);
    bool over = !contains(&a, "lunch");
    http_answer_fini(&a);
    return over;
}

Test(people, a_status_is_seen_until_it_ends_and_lists_have_it_too)
{
    char body[128];
    int64_t soon = clock_wall_ms() + 1500;
    done(&bob, "PUT", "/me/status", "{\"emoji\":\"🌴\",\"text\":\"away\"}");
    struct http_answer a = seen_by(&alice, &bob);
    cr_expect(contains(&a, "\"status\":{\"emoji\":\"🌴\",\"text\":\"away\"}"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    snprintf(body, sizeof body, "{\"text\":\"lunch\",\"expires_at\":%lld}", (long long)soon);
    done(&bob, "PUT", "/me/status", body);
    a = ask(&alice, "GET", path_of("/users?ids=", &bob, ""), NULL);
    cr_expect(contains(&a, "\"text\":\"lunch\",\"expires_at\":"), "%s", buf_c(&a.body));
    cr_expect(!contains(&a, "about"), "lists are light");
    http_answer_fini(&a);
    cr_expect(stack_until(lunch_is_over, NULL, WAIT_MS));
    cr_expect_geq(clock_wall_ms(), soon, "it is there until its time");
    done(&bob, "PUT", "/me/status", "{\"emoji\":\"🌴\"}");
    done(&bob, "DELETE", "/me/status", NULL);
    a = seen_by(&alice, &bob);
    cr_expect(!contains(&a, "status"));
    http_answer_fini(&a);
}

static void expect_span(const char *body, int64_t from, int64_t until)
{
    done(&bob, "PUT", "/me/dnd", body);
    struct http_answer a = seen_by(&alice, &bob);
    int64_t got_from = 0, got_until = 0;
    jval_get_int(jval_get(a.json, "dnd"), "from", &got_from);
    jval_get_int(jval_get(a.json, "dnd"), "until", &got_until);
    cr_expect(got_from <= from && got_until == until, "%s: %s, not %lld to %lld", body, buf_c(&a.body), (long long)from,
              (long long)until);
    http_answer_fini(&a);
}

Test(people, do_not_disturb_is_told_as_the_span_that_is_now_or_next)
{
    char body[128];
    const int64_t day = 86400000, now = clock_wall_ms(), today = now - now % day;
    snprintf(body, sizeof body, "{\"until\":%lld}", (long long)(now + 3600000));
    expect_span(body, clock_wall_ms() + 1000, now + 3600000);
    /* All of every day, in UTC as no zone is named: one span to the end of the week that is looked at. */
    expect_span("{\"quiet_from\":[0,0,0,0,0,0,0],\"quiet_to\":[1440,1440,1440,1440,1440,1440,1440]}", now,
                today + 8 * day);
    /* From the minute that is half a day away, for an hour. */
    int from = (int)((now / 60000 + 720) % 1440), to = (from + 60) % 1440;
    struct buf week = {0};
    buf_cstr(&week, "{\"quiet_from\":[");
    for (int i = 0; i < 7; i++)
        buf_printf(&week, "%s%d", i ? "," : "", from);
    buf_cstr(&week, "],\"quiet_to\":[");
    for (int i = 0; i < 7; i++)
        buf_printf(&week, "%s%d", i ? "," : "", to);
    buf_cstr(&week, "]}");
    int64_t begins = (now / 60000 + 720) * 60000;
    expect_span(buf_c(&week), begins, begins + 3600000);
    /* Twelve hours east of there it is the other time of day. */
    done(&bob, "PATCH", "/me", "{\"time_zone\":\"Etc/GMT-12\"}");
    expect_span(buf_c(&week), now - now % 60000, now - now % 60000 + 3600000);
    expect_span("{}", 0, 0);
    /* A name the system has no more is no reason to fail. */
    free(stack_sql(stack, "UPDATE auth.users SET time_zone = 'Atlantis/Port' WHERE username = 'bob'"));
    expect_span(buf_c(&week), 0, 0);
    buf_fini(&week);
}

/* ---- being told ---- */

/* Wait for a presence frame that tells a version of `whom` above `above`; 0: none came. */
static int64_t told_version(struct ws_client *c, const struct person *whom, int64_t above)
{
    struct jval *v;
    int64_t version = 0;
    while (version <= above && (v = ws_client_wait(c, "presence", WAIT_MS))) {
        const struct jval *users = jval_get(v, "users");
        for (size_t i = 0; i < jval_count(users); i++) {
            struct str user = {"", 0};
            jval_get_str(jval_at(users, i), "user", &user);
            if (str_is(user, whom->id))
                jval_get_int(jval_at(users, i), "profile", &version);
        }
        jval_free(v);
    }
    return version > above ? version : 0;
}

Test(people, who_shares_a_room_is_told_of_a_change_across_gateways)
{
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    int64_t before = version_of(&bob);
    done(&bob, "PUT", "/me/status", "{\"text\":\"hello\"}");
    cr_expect_eq(told_version(a, &bob, before), before + 1);
    cr_expect_eq(told_version(b, &bob, before), before + 1, "the person's other devices, too");
    struct http_answer asked = ask(&alice, "GET", path_of("/presence?users=", &bob, ""), NULL);
    char version[32];
    snprintf(version, sizeof version, "\"profile\":%lld", (long long)before + 1);
    cr_expect(contains(&asked, version), "who missed it can ask: %s", buf_c(&asked.body));
    http_answer_fini(&asked);
    ws_client_close(&a);
    ws_client_close(&b);
}

struct seen_question {
    const char *has; /* what the answer of /presence has to have; NULL: no last_seen, and offline */
};

static bool presence_says(void *arg)
{
    const struct seen_question *q = arg;
    struct http_answer a = ask(&alice, "GET", path_of("/presence?users=", &bob, ""), NULL);
    bool good = contains(&a, "offline") && (contains(&a, "last_seen") == (q->has != NULL));
    http_answer_fini(&a);
    return good;
}

/* The last thing a connection is told of bob's leaving; true: with a time. */
static bool told_offline_with_time(struct ws_client *c)
{
    bool with_time = false, offline = false;
    struct jval *v;
    while (!offline && (v = ws_client_wait(c, "presence", WAIT_MS))) {
        const struct jval *users = jval_get(v, "users");
        for (size_t i = 0; i < jval_count(users); i++) {
            struct str user = {"", 0}, state = {"", 0};
            jval_get_str(jval_at(users, i), "user", &user);
            jval_get_str(jval_at(users, i), "state", &state);
            if (!str_is(user, bob.id) || !str_is(state, "offline"))
                continue;
            offline = true;
            with_time = jval_get(jval_at(users, i), "last_seen") != NULL;
        }
        jval_free(v);
    }
    cr_expect(offline, "nobody said that he left");
    return with_time;
}

Test(people, who_hides_it_was_last_seen_never)
{
    struct ws_client *a = ws_client_login(stack_port(stack, 0), alice.token, "a");
    struct ws_client *b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    ws_client_close(&b);
    cr_expect(told_offline_with_time(a));
    cr_expect(stack_until(presence_says, &(struct seen_question){"last_seen"}, WAIT_MS));
    int64_t before = version_of(&bob);
    done(&bob, "PATCH", "/me", "{\"hide_last_seen\":true}");
    cr_expect(!told_offline_with_time(a), "what was told is told again without");
    cr_expect(stack_until(presence_says, &(struct seen_question){NULL}, WAIT_MS));
    cr_expect_eq(version_of(&bob), before, "a setting is no change of what others see");
    b = ws_client_login(stack_port(stack, 1), bob.token, "b");
    ws_client_close(&b);
    cr_expect(!told_offline_with_time(a));
    done(&bob, "PATCH", "/me", "{\"hide_last_seen\":false}");
    cr_expect(stack_until(presence_says, &(struct seen_question){"last_seen"}, WAIT_MS));
    ws_client_close(&a);
}

/* ---- blocks ---- */

Test(people, who_is_blocked_opens_no_conversation_and_is_not_told_why)
{
    char body[64], group[96];
    expect_status(&alice, "PUT", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    expect_status(&alice, "PUT", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", alice.id);
    expect_status(&bob, "POST", "/dms", body, 403, "blocked");
    snprintf(group, sizeof group, "{\"kind\":\"group\",\"members\":[\"%s\"]}", alice.id);
    expect_status(&bob, "POST", "/rooms", group, 403, "blocked");
    char *rooms = stack_sql(stack, "SELECT count(*) FROM chat.rooms WHERE NOT everyone");
    cr_expect_str_eq(rooms, "0", "nothing is made");
    free(rooms);
    struct http_answer a = ask(&bob, "GET", "/me/blocks", NULL);
    cr_expect_str_eq(buf_c(&a.body), "{\"users\":[]}", "it is of one side");
    http_answer_fini(&a);
    a = ask(&alice, "GET", "/me/blocks", NULL);
    cr_expect(contains(&a, "\"username\":\"bob\""));
    http_answer_fini(&a);
    a = ask(&alice, "GET", "/me", NULL);
    snprintf(body, sizeof body, "\"blocked\":[\"%s\"]", bob.id);
    cr_expect(contains(&a, body), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    /* The blocker may write, and the other then reads. */
    char *room = room_dm(stack_port(stack, 0), &alice, &bob);
    char *same = room_dm(stack_port(stack, 0), &bob, &alice);
    cr_expect_str_eq(room, same, "what is there stays readable");
    free(room);
    free(same);
}

Test(people, who_is_blocked_writes_and_reacts_no_more_where_both_already_are)
{
    char *room = room_dm(stack_port(stack, 0), &bob, &alice), *cmid = new_cmid(), path[96], body[160];
    int64_t seq = room_post(stack_port(stack, 0), &bob, room, "before");
    expect_status(&alice, "PUT", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    snprintf(body, sizeof body, "{\"cmid\":\"%s\",\"body\":\"after\"}", cmid);
    expect_status(&bob, "POST", path, body, 403, "blocked");
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld/reactions", room, (long long)seq);
    expect_status(&bob, "POST", path, "{\"emoji\":\"x\",\"on\":true}", 403, "blocked");
    expect_status(&alice, "POST", path, "{\"emoji\":\"x\",\"on\":true}", 204, NULL);
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    expect_status(&bob, "DELETE", path, NULL, 204, NULL);
    expect_status(&alice, "DELETE", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    room_post(stack_port(stack, 0), &bob, room, "again");
    free(room);
    free(cmid);
}

Test(people, who_is_blocked_no_longer_is_as_before)
{
    expect_status(&alice, "PUT", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    expect_status(&alice, "DELETE", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    expect_status(&alice, "DELETE", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    free(room_dm(stack_port(stack, 0), &bob, &alice));
    expect_status(&alice, "PUT", path_of("/me/blocks/", &alice, ""), NULL, 404, "user_not_found");
    expect_status(&alice, "PUT", "/me/blocks/999999", NULL, 404, "user_not_found");
    free(stack_sql(stack, "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash) "
                          "SELECT 'x' || i, 'x' || i, 'x' || i, 'x', 'x' FROM generate_series(1, 1000) i"));
    free(stack_sql(stack, "INSERT INTO auth.blocks SELECT a.id, b.id FROM auth.users a, auth.users b "
                          "WHERE a.username = 'alice' AND b.display_name = 'x'"));
    expect_status(&alice, "PUT", path_of("/me/blocks/", &bob, ""), NULL, 409, "too_many_blocks");
}

Test(people, my_other_devices_hear_of_a_block)
{
    struct ws_client *phone = ws_client_login(stack_port(stack, 1), alice.token, "phone");
    cr_assert_gt(told_version(phone, &alice, 0), 0, "its own coming");
    expect_status(&alice, "PUT", path_of("/me/blocks/", &bob, ""), NULL, 204, NULL);
    cr_expect_gt(told_version(phone, &alice, 0), 0);
    ws_client_close(&phone);
}

/* ---- the directory ---- */

Test(people, the_directory_is_read_page_by_page_without_hole_or_double)
{
    free(stack_sql(
        stack, "INSERT INTO auth.users (username, username_key, skeleton, display_name, password_hash, disabled_at) "
               "SELECT 'p' || i, 'p' || i, 'p' || i, 'Same Name', 'x', CASE WHEN i > 50 THEN now() END "
               "FROM generate_series(1, 60) i"));
    char path[96], *after = xstrdup("0"), *last = xstrdup("");
    int met = 0;
    bool complete = false;
    while (!complete) {
        snprintf(path, sizeof path, "/users?query=same&limit=20&after=%s", after);
        if (met == 0)
            snprintf(path, sizeof path, "/users?query=same&limit=20");
        struct http_answer a = ask(&alice, "GET", path, NULL);
        const struct jval *users = jval_get(a.json, "users");
        cr_assert_eq(a.status, 200);
        cr_expect_eq(answer_int(&a, "total"), 50);
        for (size_t i = 0; i < jval_count(users); i++, met++) {
            struct str id;
            cr_assert(jval_get_str(jval_at(users, i), "id", &id));
            cr_assert(id.n > strlen(last) || strncmp(last, id.p, id.n) < 0, "of the same name by id");
            free(last);
            last = xstrndup(id);
        }
        free(after);
        after = xstrdup(last);
        cr_assert(jval_get_bool(a.json, "complete", &complete) && met <= 50);
        http_answer_fini(&a);
    }
    cr_expect_eq(met, 50, "the disabled are not there");
    free(after);
    free(last);
    struct http_answer a = ask(&alice, "GET", "/users?query=nobody-is-called-that", NULL);
    cr_expect_str_eq(buf_c(&a.body), "{\"users\":[],\"total\":0,\"complete\":true}");
    http_answer_fini(&a);
    a = ask(&alice, "GET", "/users?query=BOB&limit=1", NULL);
    cr_expect(contains(&a, "\"username\":\"bob\""), "the name itself comes first");
    http_answer_fini(&a);
}

Test(people, shared_rooms_are_those_of_both_and_no_others)
{
    int port = stack_port(stack, 0);
    char *mine = room_create(port, &alice, "mine", "public"), *ours = room_create(port, &alice, "ours", "public");
    char *secret = room_create(port, &bob, "secret", "private"), expected[64];
    room_join(port, &bob, ours);
    free(room_dm(port, &alice, &bob));
    snprintf(expected, sizeof expected, "{\"rooms\":[\"1\",\"%s\"]}", ours);
    /* Newcomers are in the room of everyone from here on. */
    struct http_answer a = ask(&alice, "GET", "/rooms", NULL), b = ask(&bob, "GET", "/rooms", NULL);
    http_answer_fini(&a);
    http_answer_fini(&b);
    a = ask(&alice, "GET", path_of("/users/", &bob, "/rooms"), NULL);
    cr_expect_str_eq(buf_c(&a.body), expected);
    http_answer_fini(&a);
    free(mine);
    free(ours);
    free(secret);
}
