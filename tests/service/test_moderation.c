/* Reports of messages, what becomes of them, and what is kept of all that is done. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"

static struct stack *stack;
static struct person alice, bob, carol, dave; /* Alice came first: she is admin. */
static int port;
static char *room;

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

TestSuite(moderation, .init = start, .fini = stop, .timeout = 240);

static const char *ask(const struct person *p, const char *method, const char *path, const char *body)
{
    return person_ask(port, p, method, path, body);
}

static const char *in_room(const struct person *p, const char *method, const char *tail, const char *body)
{
    char path[128];
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    return ask(p, method, path, body);
}

static const char *report(const struct person *p, int64_t seq)
{
    char tail[64];
    snprintf(tail, sizeof tail, "/messages/%lld/report", (long long)seq);
    return in_room(p, "POST", tail, "{\"reason\":\"abuse\",\"words\":\" it hurts \"}");
}

static const char *settle(const struct person *p, int64_t seq, const struct person *sender, const char *how)
{
    char tail[64], body[96];
    snprintf(tail, sizeof tail, "/messages/%lld/settle", (long long)seq);
    snprintf(body, sizeof body, "{\"user\":\"%s\",\"settlement\":\"%s\"}", sender->id, how);
    return in_room(p, "POST", tail, body);
}

static void bring(const struct person *by, const struct person *who)
{
    char body[64];
    snprintf(body, sizeof body, "{\"user\":\"%s\"}", who->id);
    cr_assert_str_eq(in_room(by, "POST", "/members", body), "204");
}

/* Bob's room: he owns it, Dave moderates, Carol is a member. Alice, the admin, is outside. */
static void room_of_three(const char *kind)
{
    char tail[64];
    room = room_create(port, &bob, "board", kind);
    bring(&bob, &carol);
    bring(&bob, &dave);
    snprintf(tail, sizeof tail, "/members/%s", dave.id);
    cr_assert_str_eq(in_room(&bob, "PUT", tail, "{\"role\":\"moderator\"}"), "204");
}

/* How many reports somebody sees; the first of them is left in *first (may be NULL), the answer's to free. */
static size_t reports(const struct person *p, const char *query, struct http_answer *first)
{
    char path[128];
    snprintf(path, sizeof path, "/reports%s", query);
    struct http_answer a = api(port, p->token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    size_t count = jval_count(jval_get(a.json, "reports"));
    if (first)
        *first = a;
    else
        http_answer_fini(&a);
    return count;
}

#define SQL_IS(sql, value)                                \
    do {                                                  \
        char *is_ = stack_sql(stack, sql);                \
        cr_expect_str_eq(is_, value, "%s: %s", sql, is_); \
        free(is_);                                        \
    } while (0)

/* ---- reporting ---- */

Test(moderation, a_report_is_one_and_is_seen_by_those_who_look_after_the_room_and_by_admins)
{
    room_of_three("private");
    int64_t seq = room_post(port, &carol, room, "you are a fool");
    cr_expect_str_eq(report(&bob, seq), "204");
    cr_expect_str_eq(report(&bob, seq), "204");
    cr_expect_str_eq(report(&carol, seq), "403 forbidden", "one's own");
    cr_expect_str_eq(report(&bob, 9999), "404 message_not_found");
    cr_expect_str_eq(report(&bob, 1), "404 message_not_found", "no message");
    SQL_IS("SELECT count(*) FROM chat.reports", "1");

    struct http_answer a;
    cr_expect_eq(reports(&alice, "", &a), 1);
    cr_expect(strstr(buf_c(&a.body), "you are a fool") && strstr(buf_c(&a.body), "\"it hurts\""), "%s", buf_c(&a.body));
    cr_expect_null(jval_get(jval_at(jval_get(a.json, "reports"), 0), "inside"));
    http_answer_fini(&a);
    cr_expect_str_eq(in_room(&alice, "GET", "/messages", NULL), "404 room_not_found",
                     "and that is all she reads of it");
    cr_expect_eq(reports(&bob, "", NULL), 1);
    cr_expect_eq(reports(&dave, "", NULL), 1);
    cr_expect_eq(reports(&carol, "", NULL), 0, "whom it is about");
    cr_expect_eq(reports(&dave, "?state=settled", NULL), 0);
    cr_expect_eq(reports(&dave, "?room=999999", NULL), 0);
    char tail[64];
    snprintf(tail, sizeof tail, "/members/%s", carol.id);
    cr_assert_str_eq(in_room(&bob, "PUT", tail, "{\"role\":\"moderator\"}"), "204");
    cr_expect_eq(reports(&carol, "", NULL), 0, "nobody sees what is said of himself");
}

Test(moderation, what_is_reported_stays_as_it_was_and_a_deleted_message_cannot_be)
{
    room_of_three("public");
    char tail[64];
    int64_t seq = room_post(port, &carol, room, "as it was"), gone = room_post(port, &carol, room, "gone");
    cr_expect_str_eq(report(&dave, seq), "204");
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)seq);
    cr_expect_str_eq(in_room(&carol, "PATCH", tail, "{\"body\":\"harmless\"}"), "204");
    struct http_answer a;
    cr_expect_eq(reports(&bob, "", &a), 1);
    cr_expect(strstr(buf_c(&a.body), "as it was"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)gone);
    cr_expect_str_eq(in_room(&carol, "DELETE", tail, NULL), "204");
    cr_expect_str_eq(report(&dave, gone), "404 message_not_found");
    cr_expect_str_eq(report(&alice, seq), "403 not_member", "a public room's messages are for its members");
}

Test(moderation, what_was_settled_is_reported_again_when_it_says_something_else)
{
    room_of_three("private");
    char tail[64];
    int64_t seq = room_post(port, &carol, room, "harmless");
    cr_expect_str_eq(report(&dave, seq), "204");
    cr_expect_str_eq(settle(&bob, seq, &carol, "dismiss"), "204");
    cr_expect_str_eq(report(&dave, seq), "204");
    cr_expect_eq(reports(&bob, "", NULL), 0, "that was looked at");
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)seq);
    cr_expect_str_eq(in_room(&carol, "PATCH", tail, "{\"body\":\"harm\"}"), "204");
    cr_expect_str_eq(report(&dave, seq), "204");
    cr_expect_str_eq(report(&dave, seq), "204");
    struct http_answer a;
    cr_expect_eq(reports(&bob, "", &a), 1);
    cr_expect(strstr(buf_c(&a.body), "\"harm\"") && !strstr(buf_c(&a.body), "settle"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    SQL_IS("SELECT count(*) FROM chat.audit WHERE kind = 'reported'", "2");
    cr_expect_str_eq(settle(&bob, seq, &carol, "delete"), "204");
    cr_expect_eq(reports(&bob, "?state=settled", NULL), 1);
}

Test(moderation, what_is_wrong_with_a_report_is_told_and_open_ones_are_bounded)
{
    room_of_three("private");
    int64_t seq = room_post(port, &carol, room, "a");
    char tail[64];
    snprintf(tail, sizeof tail, "/messages/%lld/report", (long long)seq);
    cr_expect_str_eq(in_room(&bob, "POST", tail, "{\"reason\":\"taste\"}"), "400 bad_request");
    cr_expect_str_eq(in_room(&bob, "POST", tail, "{}"), "400 bad_request");
    cr_expect_str_eq(in_room(&bob, "POST", tail, "{\"reason\":\"spam\",\"words\":\"\\u0007\"}"), "422 text_invalid");
    free(stack_sql(stack,
                   "INSERT INTO chat.reports (room_id, seq, sender, body, reporter, reason) SELECT 1, g, 1, '', 2, "
                   "'spam' FROM generate_series(1, 50) g"));
    cr_expect_str_eq(report(&bob, seq), "409 too_many_reports");
    cr_expect_str_eq(report(&dave, seq), "204");
    free(stack_sql(stack, "UPDATE chat.reports SET settled_at = now(), settlement = 'dismiss' WHERE room_id = 1"));
    cr_expect_str_eq(report(&bob, seq), "204");
    cr_expect_eq(reports(&bob, "?limit=1", NULL), 1);
}

Test(moderation, pages_of_long_reports_are_short_and_miss_none)
{
    room_of_three("private");
    free(stack_sql(stack, "INSERT INTO chat.reports (room_id, seq, sender, body, reporter, reason) "
                          "SELECT 1, g, 1, repeat('x', 16000), 2, 'spam' FROM generate_series(1, 40) g"));
    size_t seen = 0, pages = 0;
    for (char query[64] = "?limit=200"; query[0] && pages < 40; pages++) {
        struct http_answer a;
        size_t count = reports(&alice, query, &a);
        bool complete = false;
        struct str last = {0};
        cr_assert(count > 0 && a.body.n < 300000, "%zu reports in %zu bytes", count, a.body.n);
        cr_assert(jval_get_bool(a.json, "complete", &complete));
        cr_assert(jval_get_str(jval_at(jval_get(a.json, "reports"), count - 1), "id", &last));
        snprintf(query, sizeof query, "?limit=200&before=%.*s", (int)last.n, last.p);
        if (complete)
            query[0] = '\0';
        seen += count;
        http_answer_fini(&a);
    }
    cr_expect_eq(seen, 40);
    cr_expect_gt(pages, 1);
}

/* ---- settling ---- */

Test(moderation, a_moderator_settles_what_he_may_do_without_a_report)
{
    room_of_three("private");
    int64_t seq = room_post(port, &carol, room, "spam"), owners = room_post(port, &bob, room, "mine");
    cr_expect_str_eq(settle(&dave, seq, &carol, "delete"), "404 report_not_found");
    report(&dave, seq);
    report(&carol, owners);
    cr_expect_str_eq(settle(&carol, seq, &carol, "dismiss"), "403 forbidden");
    cr_expect_str_eq(settle(&dave, seq, &bob, "delete"), "404 report_not_found", "it is not his");
    cr_expect_str_eq(settle(&dave, seq, &carol, "disable"), "403 forbidden");
    cr_expect_str_eq(settle(&dave, seq, &carol, "burn"), "400 bad_request");
    cr_expect_str_eq(settle(&dave, owners, &bob, "ban"), "403 forbidden", "of a higher role");
    cr_expect_str_eq(settle(&bob, owners, &bob, "dismiss"), "403 forbidden", "nobody judges himself");
    cr_expect_str_eq(settle(&dave, owners, &bob, "dismiss"), "204");
    cr_expect_str_eq(settle(&dave, seq, &carol, "ban"), "204");
    cr_expect_str_eq(settle(&dave, seq, &carol, "ban"), "204", "the same twice is once");
    cr_expect_str_eq(in_room(&carol, "GET", "/messages", NULL), "404 room_not_found");
    cr_expect_eq(reports(&dave, "", NULL), 0);
    cr_expect_eq(reports(&dave, "?state=settled", NULL), 2);
    SQL_IS("SELECT string_agg(type, ' ' ORDER BY seq) FROM (SELECT * FROM chat.events WHERE room_id > 1 "
           "ORDER BY seq DESC LIMIT 3) e",
           "deleted removed banned");
    SQL_IS("SELECT count(*) FROM chat.audit WHERE kind = 'report_settled'", "2");
}

Test(moderation, an_admin_settles_in_a_room_that_she_is_not_in)
{
    room_of_three("private");
    int64_t seq = room_post(port, &carol, room, "bad"), second = room_post(port, &carol, room, "worse");
    report(&bob, seq);
    report(&dave, seq);
    report(&dave, second);
    cr_expect_str_eq(settle(&alice, 1, &bob, "delete"), "404 report_not_found");
    cr_expect_str_eq(settle(&alice, seq, &carol, "disable"), "403 forbidden", "it was not done");
    cr_expect_str_eq(settle(&alice, seq, &carol, "delete"), "204");
    SQL_IS("SELECT count(*) FROM chat.reports WHERE settled_at IS NULL", "1");
    char path[160], tail[64];
    snprintf(path, sizeof path, "/admin/users/%s", carol.id);
    cr_expect_str_eq(ask(&alice, "PATCH", path, "{\"disabled\":true}"), "204");
    cr_expect_str_eq(settle(&alice, second, &carol, "disable"), "204");
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)second);
    struct http_answer a;
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    a = api(port, bob.token, "GET", path, NULL);
    bool deleted = false;
    cr_expect(jval_get_bool(jval_get(a.json, "state"), "deleted", &deleted) && deleted, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect_eq(reports(&alice, "?state=settled", NULL), 3);
}

Test(moderation, of_a_direct_message_only_admins_hear)
{
    room = room_dm(port, &bob, &carol);
    int64_t seq = room_post(port, &carol, room, "go away");
    cr_expect_str_eq(report(&bob, seq), "204");
    cr_expect_eq(reports(&bob, "", NULL), 0);
    cr_expect_eq(reports(&alice, "", NULL), 1);
    cr_expect_str_eq(settle(&bob, seq, &carol, "delete"), "403 forbidden");
    cr_expect_str_eq(settle(&dave, seq, &carol, "delete"), "404 room_not_found");
    cr_expect_str_eq(settle(&alice, seq, &carol, "remove"), "403 forbidden");
    cr_expect_str_eq(settle(&alice, seq, &carol, "delete"), "204");
    cr_expect_str_eq(in_room(&alice, "POST", "/archive", "{\"on\":true}"), "404 room_not_found");
}

/* ---- rooms and figures ---- */

Test(moderation, an_admin_sees_rooms_by_name_and_size_and_archives_them)
{
    room_of_three("private");
    room_post(port, &bob, room, "secret");
    struct http_answer a = api(port, alice.token, "GET", "/admin/rooms?query=OAR", NULL);
    const struct jval *one = jval_at(jval_get(a.json, "rooms"), 0);
    int64_t members = 0, messages = 0;
    cr_assert_eq(jval_count(jval_get(a.json, "rooms")), 1, "%s", buf_c(&a.body));
    cr_expect(jval_get_int(one, "member_count", &members) && members == 3);
    cr_expect(jval_get_int(one, "messages", &messages) && messages == 1);
    cr_expect(strstr(buf_c(&a.body), "secret") == NULL);
    http_answer_fini(&a);
    cr_expect_str_eq(in_room(&alice, "POST", "/archive", "{\"on\":true}"), "204");
    cr_expect_str_eq(
        in_room(&bob, "POST", "/messages", "{\"cmid\":\"00000000-0000-4000-8000-00000000abcd\",\"body\":\"x\"}"),
        "403 archived");
    cr_expect_str_eq(in_room(&alice, "POST", "/archive", "{\"on\":false}"), "204");
    cr_expect_str_eq(in_room(&alice, "GET", "", NULL), "404 room_not_found");
    cr_expect_str_eq(in_room(&alice, "PATCH", "", "{\"topic\":\"x\"}"), "404 room_not_found");
}

Test(moderation, figures_count_each_message_once_before_and_after_the_tally)
{
    /* The database may have been made hours ago; the tally is a minute behind, as a rule. */
    free(stack_sql(stack, "UPDATE chat.tallied SET at = now()"));
    room_of_three("public");
    for (int i = 0; i < 3; i++)
        room_post(port, &bob, room, "a");
    room_post(port, &carol, room, "b");
    for (int tallied = 0; tallied < 2; tallied++) {
        struct http_answer a = api(port, alice.token, "GET", "/admin/figures", NULL);
        const struct jval *days = jval_get(a.json, "days"), *today = jval_at(days, 29);
        int64_t messages = 0, people = 0;
        cr_assert_eq(jval_count(days), 30, "%s", buf_c(&a.body));
        cr_expect(jval_get_int(today, "messages", &messages) && messages == 4, "%s", buf_c(&a.body));
        cr_expect(jval_get_int(today, "people", &people) && people == 2, "%s", buf_c(&a.body));
        cr_expect_eq(answer_int(&a, "people"), 4);
        cr_expect_eq(answer_int(&a, "messages"), 4);
        cr_expect_gt(answer_int(&a, "database_bytes"), 1000000);
        cr_expect_not_null(jval_get(a.json, "online"), "%s", buf_c(&a.body));
        http_answer_fini(&a);
        /* What the tally would have done by then. */
        free(stack_sql(
            stack, "DELETE FROM chat.day_people; DELETE FROM chat.days; "
                   "INSERT INTO chat.day_people SELECT DISTINCT (at AT TIME ZONE 'UTC')::date, sender FROM chat.events "
                   "WHERE type = 'message' AND sender = 2; INSERT INTO chat.days SELECT (at AT TIME ZONE 'UTC')::date, "
                   "count(*), 1 FROM chat.events WHERE type = 'message' AND sender = 2 GROUP BY 1; "
                   "UPDATE chat.tallied SET at = "
                   "(SELECT min(at) FROM chat.events WHERE type = 'message' AND sender = 3)"));
    }
}

/* ---- the audit ---- */

/* The kinds of a page, the last first, as "a b c". */
static char *kinds(const char *query, char **next_r)
{
    struct buf text = {0};
    char path[256];
    snprintf(path, sizeof path, "/admin/audit%s", query);
    struct http_answer a = api(port, alice.token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    const struct jval *list = jval_get(a.json, "entries");
    for (size_t i = 0; i < jval_count(list); i++) {
        struct str kind = {0};
        jval_get_str(jval_at(list, i), "kind", &kind);
        if (i > 0)
            buf_char(&text, ' ');
        buf_str(&text, kind);
    }
    if (next_r)
        *next_r = answer_text(&a, "next");
    http_answer_fini(&a);
    char *copy = strdup(buf_c(&text));
    buf_fini(&text);
    return copy;
}

#define KINDS(query, wanted)                                       \
    do {                                                           \
        char *kinds_ = kinds(query, NULL);                         \
        cr_expect_str_eq(kinds_, wanted, "%s: %s", query, kinds_); \
        free(kinds_);                                              \
    } while (0)

Test(moderation, the_audit_shows_what_was_done_and_nothing_that_was_said)
{
    room_of_three("private");
    int64_t seq = room_post(port, &carol, room, "secret words");
    char query[96], body[96], tail[64];
    report(&bob, seq);
    settle(&dave, seq, &carol, "remove");
    snprintf(tail, sizeof tail, "/members/%s/mute", dave.id);
    cr_assert_str_eq(in_room(&bob, "PUT", tail, "{\"until\":9000000000000}"), "204");
    char *dm = room_dm(port, &bob, &carol);
    snprintf(body, sizeof body, "{\"name\":\"Ours\"}");
    cr_assert_str_eq(ask(&alice, "PATCH", "/admin/settings", body), "200");

    snprintf(query, sizeof query, "?room=%s", room);
    KINDS(query, "muted report_settled removed deleted reported role added added created");
    snprintf(query, sizeof query, "?room=%s", dm);
    KINDS(query, "");
    KINDS("?actor=4", "report_settled removed deleted registered");
    KINDS("?kind=server_settings", "server_settings");
    KINDS("?until=1000", "");
    cr_expect_str_eq(ask(&alice, "GET", "/admin/audit?after=nonsense", NULL), "400 bad_request");
    cr_expect_str_eq(ask(&alice, "GET", "/admin/audit?after=1-99999999999-1-1", NULL), "400 bad_request");
    struct http_answer a = api(port, alice.token, "GET", "/admin/audit?limit=200", NULL);
    cr_expect(strstr(buf_c(&a.body), "secret words") == NULL);
    http_answer_fini(&a);
    free(dm);
}

Test(moderation, the_audit_shows_invitations_to_rooms_and_the_logins_of_admins)
{
    room_of_three("private");
    char query[64], tail[64];
    snprintf(tail, sizeof tail, "/rooms/%s/invites", room);
    struct http_answer a = api(port, dave.token, "POST", tail, "{\"uses\":3,\"role\":\"guest\"}");
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *invite = answer_text(&a, "id"), *token = answer_text(&a, "token");
    http_answer_fini(&a);
    snprintf(tail, sizeof tail, "/invites/%s", invite);
    cr_assert_str_eq(in_room(&bob, "DELETE", tail, NULL), "204");
    cr_assert_str_eq(in_room(&bob, "DELETE", tail, NULL), "204");
    snprintf(query, sizeof query, "?room=%s", room);
    KINDS(query, "invite_ended invite_made role added added created");
    a = api(port, alice.token, "GET", "/admin/audit?kind=invite_made", NULL);
    cr_expect(strstr(buf_c(&a.body), "guest") != NULL, "%s", buf_c(&a.body));
    cr_expect(strstr(buf_c(&a.body), token) == NULL, "the link is nobody's to read");
    http_answer_fini(&a);

    KINDS("?kind=admin_login", "admin_login");
    struct person again = person_login(port, "alice"), other = person_login(port, "bob");
    KINDS("?kind=admin_login", "admin_login admin_login");
    a = api(port, alice.token, "GET", "/admin/audit?kind=admin_login", NULL);
    cr_expect(strstr(buf_c(&a.body), "127.0.0.1") != NULL, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    person_fini(&again);
    person_fini(&other);
    free(invite);
    free(token);
}

Test(moderation, the_audit_comes_in_pages_that_miss_nothing_and_repeat_nothing)
{
    room_of_three("private");
    for (int i = 0; i < 6; i++) {
        cr_assert_str_eq(in_room(&bob, "POST", "/archive", "{\"on\":true}"), "204");
        cr_assert_str_eq(in_room(&bob, "POST", "/archive", "{\"on\":false}"), "204");
    }
    char *whole = kinds("?limit=200", NULL), query[160] = "?limit=3";
    struct buf pages = {0};
    for (int page = 0; page < 20 && query[0]; page++) {
        char *next, *part = kinds(query, &next);
        buf_printf(&pages, "%s%s", page > 0 && part[0] ? " " : "", part);
        query[0] = '\0';
        if (next[0])
            snprintf(query, sizeof query, "?limit=3&after=%s", next);
        free(part);
        free(next);
    }
    cr_expect_str_eq(buf_c(&pages), whole);
    buf_fini(&pages);
    free(whole);
}
