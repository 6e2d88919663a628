/* Messages are kept as long as the server and the room say, and no longer: texts, files and what was indexed go, the
 * places in the log stay. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_rows.h"
#include "person.h"
#include "stack.h"

enum { WAIT_MS = 20000, MANY = 1200 };

static struct stack *stack;
static struct person alice, bob; /* Alice came first: she is admin */
static char *room;               /* Alice's, and Bob is in it */
static int port;

static const char *in_room(const char *tail)
{
    static char path[96];
    snprintf(path, sizeof path, "/rooms/%s%s", room, tail);
    return path;
}

#define ASK(who, method, path, body, answer) \
    cr_expect_str_eq(person_ask(port, who, method, path, body), answer, "%s %s", method, path)

static void start(void)
{
    static const char *const env[] = {"PARLEY_RATE_PERCENT=10000", "PARLEY_MSG_CLEAN_EVERY_S=1", NULL};
    stack = stack_start(&(struct stack_options){.env = env});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    room = room_create(port, &alice, "kept", "public");
    room_join(port, &bob, room);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(retention, .init = start, .fini = stop, .timeout = 180);

#define SQL(text, ...)                                  \
    do {                                                \
        char sql_[1024];                                \
        snprintf(sql_, sizeof sql_, text, __VA_ARGS__); \
        free(stack_sql(stack, sql_));                   \
    } while (0)

static int64_t number(const char *sql)
{
    char *text = stack_sql(stack, sql);
    int64_t n = atoll(text);
    free(text);
    return n;
}
#define NUMBER_IS(sql, n) cr_expect_eq(number(sql), n, "%s: %lld", sql, (long long)number(sql))

/* What was said up to there was said so many days ago. */
static void age(const char *which, int64_t upto, int days)
{
    SQL("UPDATE chat.events SET ts = ts - interval '%d days' WHERE room_id = %s AND seq <= %lld", days, which,
        (long long)upto);
}

struct until {
    const char *sql;
    int64_t value;
};
static bool is_so(void *arg)
{
    const struct until *u = arg;
    return number(u->sql) == u->value;
}
static void wait_until(const char *sql, int64_t value)
{
    struct until u = {sql, value};
    cr_assert(stack_until(is_so, &u, WAIT_MS), "%s is %lld, not %lld", sql, (long long)number(sql), (long long)value);
}

static int64_t send_with(const char *cmid, const char *more, int *status_r)
{
    struct http_answer a = api(port, alice.token, "POST", in_room("/messages"), "{\"cmid\":\"%s\"%s}", cmid, more);
    int64_t seq = answer_int(&a, "seq");
    *status_r = a.status;
    http_answer_fini(&a);
    return seq;
}

static bool is_deleted(int64_t seq)
{
    char tail[48];
    bool deleted = false;
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)seq);
    struct http_answer a = api(port, bob.token, "GET", in_room(tail), NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    jval_get_bool(jval_get(a.json, "state"), "deleted", &deleted);
    http_answer_fini(&a);
    return deleted;
}

static int64_t found(const char *word)
{
    char path[96];
    snprintf(path, sizeof path, "/search?q=%s", word);
    struct http_answer a = api(port, bob.token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s", buf_c(&a.body));
    int64_t hits = (int64_t)jval_count(jval_get(a.json, "hits"));
    http_answer_fini(&a);
    return hits;
}
static bool is_indexed(void *arg)
{
    (void)arg;
    return found("ancient") == 1;
}

Test(retention, what_is_too_old_goes_with_all_that_hangs_on_it_and_its_place_stays)
{
    char *cmid = new_cmid(), more[160], tail[64];
    int status;
    file_row_put(stack, alice.id, 1, READY, "photo.jpg", FILE_ROW_PHOTO);
    snprintf(more, sizeof more, ",\"body\":\"ancient words\",\"files\":[\"%s\"]", file_row_id(1));
    int64_t old = send_with(cmid, more, &status);
    cr_assert_eq(status, 201);
    snprintf(tail, sizeof tail, "/messages/%lld/reactions", (long long)old);
    ASK(&bob, "POST", in_room(tail), "{\"emoji\":\"👍\",\"on\":true}", "204");
    snprintf(tail, sizeof tail, "/messages/%lld/pin", (long long)old);
    ASK(&alice, "POST", in_room(tail), "{\"on\":true}", "204");
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)old);
    ASK(&alice, "PATCH", in_room(tail), "{\"body\":\"ancient words, edited\"}", "204");
    int64_t last = room_post(port, &bob, room, "@alice was named");
    int64_t young = room_post(port, &bob, room, "recent words");
    age(room, last, 40);
    cr_assert(stack_until(is_indexed, NULL, WAIT_MS));

    /* Who may: those who may open and close the room. */
    ASK(&bob, "PATCH", in_room(""), "{\"retention_days\":30}", "403 forbidden");
    ASK(&alice, "PATCH", in_room(""), "{\"retention_days\":99999}", "400 bad_request");
    ASK(&alice, "PATCH", in_room(""), "{\"retention_days\":30}", "204");
    struct http_answer a = api(port, bob.token, "GET", in_room(""), NULL);
    cr_expect(strstr(buf_c(&a.body), "\"retention_days\":30") != NULL, "%s", buf_c(&a.body));
    http_answer_fini(&a);

    char sql[200];
    snprintf(sql, sizeof sql, "SELECT seq FROM chat.retained WHERE room_id = %s", room);
    wait_until(sql, last);
    cr_expect(is_deleted(old));
    cr_expect(is_deleted(last));
    cr_expect_not(is_deleted(young));
    NUMBER_IS("SELECT count(*) FROM chat.events WHERE body LIKE '%ancient%' OR body LIKE '%named%'", 0);
    NUMBER_IS("SELECT count(*) FROM chat.changes WHERE body LIKE '%ancient%' OR pinned_at IS NOT NULL", 0);
    NUMBER_IS("SELECT count(*) FROM chat.search WHERE body LIKE '%ancient%'", 0);
    NUMBER_IS("SELECT (SELECT count(*) FROM chat.reactions) + (SELECT count(*) FROM chat.mentions) + "
              "(SELECT count(*) FROM chat.file_use)",
              0);
    NUMBER_IS("SELECT count(*) FROM media.released", 1);
    cr_expect_eq(found("ancient"), 0);
    cr_expect_eq(found("recent"), 1);
    /* Numbers hold: the log has no hole. */
    NUMBER_IS(
        "SELECT count(*) FROM chat.rooms r WHERE last_seq <> (SELECT count(*) FROM chat.events e WHERE e.room_id = r.id)",
        0);
    /* It cannot be brought back, and what is sent again is known. */
    snprintf(tail, sizeof tail, "/messages/%lld", (long long)old);
    cr_expect_neq(person_ask(port, &alice, "PATCH", in_room(tail), "{\"body\":\"back\"}")[0], '2');
    cr_expect_eq(send_with(cmid, more, &status), old);
    cr_expect_eq(status, 201);
    NUMBER_IS("SELECT count(*) FROM chat.events WHERE body LIKE '%ancient%'", 0);
    cr_expect(room_post(port, &alice, room, "goes on") > young);
    a = api(port, alice.token, "GET", "/admin/figures", NULL);
    cr_expect_eq(answer_int(&a, "expired"), 2, "%s", buf_c(&a.body));
    cr_expect_gt(answer_int(&a, "expired_bytes"), 20);
    http_answer_fini(&a);
    free(cmid);
}

Test(retention, of_server_and_room_the_shorter_one_holds_and_many_rooms_are_gone_through)
{
    char *other = room_create(port, &alice, "other", "private"), *third = room_create(port, &alice, "third", "private");
    int64_t a = room_post(port, &alice, room, "in one"), b = room_post(port, &alice, other, "in another");
    age(room, a, 20);
    age(other, b, 20);
    SQL("INSERT INTO chat.events (room_id, seq, n, type, sender, ts, body) SELECT %s, s, s, 'message', %s, "
        "now() - interval '50 days', 'one of many' FROM generate_series(2, %d) s; "
        "UPDATE chat.events SET ts = ts - interval '60 days' WHERE room_id = %s AND seq = 1; "
        "UPDATE chat.rooms SET last_seq = %d, last_n = %d WHERE id = %s",
        third, alice.id, MANY, third, MANY, MANY, third);
    ASK(&alice, "PATCH", in_room(""), "{\"retention_days\":7}", "204");
    ASK(&bob, "PATCH", "/admin/settings", "{\"retention_days\":30}", "403 forbidden");
    ASK(&alice, "PATCH", "/admin/settings", "{\"retention_days\":-1}", "400 bad_request");
    ASK(&alice, "PATCH", "/admin/settings", "{\"retention_days\":30}", "200");
    wait_until("SELECT count(*) FROM chat.events WHERE body = 'one of many'", 0);
    wait_until("SELECT count(*) FROM chat.events WHERE body = 'in one'", 0);
    NUMBER_IS("SELECT count(*) FROM chat.events WHERE body = 'in another'", 1);
    NUMBER_IS("SELECT count(*) FROM auth.audit WHERE kind = 'server_settings' AND data ? 'retention_days'", 1);
    /* 0: none any more. */
    ASK(&alice, "PATCH", "/admin/settings", "{\"retention_days\":0}", "200");
    NUMBER_IS("SELECT count(*) FROM auth.settings WHERE retention_days IS NULL", 1);
    ASK(&alice, "PATCH", in_room(""), "{\"retention_days\":0}", "204");
    NUMBER_IS("SELECT count(*) FROM chat.rooms WHERE retention_days IS NOT NULL", 0);
    free(other);
    free(third);
}
