/* The files of a room as a list: by kind, by person, by name, a page at a time, and without what is gone. And files of
 * messages that wait for their time. What media-svc has is put into its table by hand. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "file_rows.h"
#include "person.h"
#include "redis_server.h"
#include "rpc_asker.h"
#include "stack.h"

enum { WAIT_MS = 30000, HOUR_MS = 3600000 };

static struct stack *stack;
static struct person alice, bob;
static int port;
static char *room;

static void start(void)
{
    stack = stack_start(&(struct stack_options){.gateways = 1});
    port = stack_port(stack, 0);
    alice = person_register(port, "alice");
    bob = person_register(port, "bob");
    room = room_create(port, &alice, "darkroom", "public");
    room_join(port, &bob, room);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(room_files, .init = start, .fini = stop, .timeout = 180);

static void put(const struct person *owner, unsigned n, const char *name, const char *what)
{
    file_row_put(stack, owner->id, n, READY, name, what);
}

/* A message with the files from `first` to `last`; its seq. */
static int64_t post(const struct person *p, unsigned first, unsigned last, int64_t thread)
{
    struct buf body = {0};
    char path[64], *cmid = new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    buf_printf(&body, "{\"cmid\":\"%s\"", cmid);
    if (thread > 0)
        buf_printf(&body, ",\"thread\":%lld", (long long)thread);
    for (unsigned n = first; n <= last; n++)
        buf_printf(&body, "%s\"%s\"", n == first ? ",\"files\":[" : ",", file_row_id(n));
    struct http_answer a = api(port, p->token, "POST", path, "%s]}", buf_c(&body));
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t seq = answer_int(&a, "seq");
    http_answer_fini(&a);
    buf_fini(&body);
    free(cmid);
    return seq;
}

static void drop(const struct person *p, int64_t seq)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a = api(port, p->token, "DELETE", path, NULL);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

static struct http_answer list(const char *query)
{
    char path[160];
    snprintf(path, sizeof path, "/rooms/%s/files%s", room, query);
    struct http_answer a = api(port, bob.token, "GET", path, NULL);
    cr_assert_eq(a.status, 200, "%s: %s", query, buf_c(&a.body));
    return a;
}

/* What is listed: names with a space between. */
static void lists(const char *query, const char *expected)
{
    struct http_answer a = list(query);
    const struct jval *files = jval_get(a.json, "files");
    struct buf names = {0};
    for (size_t i = 0; i < jval_count(files); i++) {
        struct str name = {"?", 1};
        jval_get_str(jval_get(jval_at(files, i), "file"), "name", &name);
        buf_printf(&names, "%s%.*s", i > 0 ? " " : "", (int)name.n, name.p);
    }
    cr_expect_str_eq(buf_c(&names), expected, "%s: %s", query, buf_c(&a.body));
    buf_fini(&names);
    http_answer_fini(&a);
}

Test(room_files, are_listed_by_kind_person_and_name_the_newest_first_and_gone_when_they_are)
{
    put(&alice, 1, "Harbour.jpg", FILE_ROW_PHOTO);
    put(&alice, 2, "film.mp4", FILE_ROW_VIDEO);
    put(&alice, 3, "voice.m4a", FILE_ROW_SOUND);
    put(&bob, 4, "plans_v1.zip", FILE_ROW_PLAIN);
    put(&bob, 5, "100%.zip", FILE_ROW_PLAIN);
    int64_t first = post(&alice, 1, 2, 0), root = room_post(port, &alice, room, "who has the plans?");
    int64_t reply = post(&bob, 4, 4, root);
    post(&alice, 3, 3, 0);
    post(&bob, 5, 5, 0);
    lists("", "100%.zip voice.m4a plans_v1.zip Harbour.jpg film.mp4");
    lists("?kind=media", "Harbour.jpg film.mp4");
    lists("?kind=audio", "voice.m4a");
    lists("?kind=document", "100%.zip plans_v1.zip");
    lists("?q=hARBour", "Harbour.jpg");
    lists("?q=%25", "100%.zip");
    lists("?q=s_v", "plans_v1.zip");
    lists("?q=nothing", "");
    char query[96];
    snprintf(query, sizeof query, "?from=%s", alice.id);
    lists(query, "voice.m4a Harbour.jpg film.mp4");
    snprintf(query, sizeof query, "?from=%s&kind=document&q=100", bob.id);
    lists(query, "100%.zip");

    /* The answer says where each is. */
    struct http_answer a = list("?q=plans");
    const struct jval *found = jval_at(jval_get(a.json, "files"), 0);
    int64_t seq = 0, about = 0;
    struct str sender = {"", 0};
    cr_expect(jval_get_int(found, "seq", &seq) && seq == reply);
    cr_expect(jval_get_int(found, "about", &about) && about == root);
    cr_expect(jval_get_str(found, "sender", &sender) && str_is(sender, bob.id));
    http_answer_fini(&a);

    /* A forward has them too, and keeps them. */
    char path[64], *cmid = new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/forwards", room);
    a = api(port, bob.token, "POST", path, "{\"cmid\":\"%s\",\"from_room\":\"%s\",\"from_seq\":%lld}", cmid, room,
            (long long)first);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    free(cmid);
    lists("?kind=media", "Harbour.jpg film.mp4 Harbour.jpg film.mp4");
    drop(&alice, first);
    lists("?kind=media", "Harbour.jpg film.mp4");
    drop(&bob, reply);
    lists("?kind=document", "100%.zip");
}

Test(room_files, come_in_pages_of_whole_messages)
{
    int64_t cursor = 0;
    size_t seen = 0, pages = 0;
    for (unsigned n = 1; n <= 10; n++)
        put(&alice, n, "one.jpg", FILE_ROW_PHOTO);
    for (unsigned n = 1; n <= 9; n += 2)
        post(&alice, n, n + 1, 0);
    for (bool complete = false; !complete; pages++) {
        char query[64];
        int64_t next = 0;
        if (cursor > 0)
            snprintf(query, sizeof query, "?limit=2&before=%lld", (long long)cursor);
        struct http_answer a = list(cursor > 0 ? query : "?limit=2");
        size_t count = jval_count(jval_get(a.json, "files"));
        seen += count;
        cr_assert(jval_get_bool(a.json, "complete", &complete));
        cr_expect_eq(count, complete ? 2 : 4, "%s", buf_c(&a.body));
        cr_expect_eq(jval_get_int(a.json, "next", &next), !complete);
        cr_assert(complete || cursor == 0 || next < cursor);
        cursor = next;
        http_answer_fini(&a);
    }
    cr_expect_eq(seen, 10);
    cr_expect_eq(pages, 3);
}

/* ---- at their time ---- */

static struct http_answer schedule(const char *cmid, const char *body, unsigned first, unsigned last)
{
    char path[64], files[100];
    snprintf(path, sizeof path, "/rooms/%s/scheduled", room);
    snprintf(files, sizeof files, "\"%s\",\"%s\"", file_row_id(first), file_row_id(last));
    if (first == last)
        files[34] = '\0';
    return api(port, bob.token, "POST", path, "{\"cmid\":\"%s\"%s,\"files\":[%s],\"send_at\":%lld}", cmid, body, files,
               (long long)(clock_wall_ms() + HOUR_MS));
}

static bool is_used(unsigned n)
{
    char args[80];
    snprintf(args, sizeof args, "{\"files\":[\"%s\"]}", file_row_id(n));
    char *said = rpc_ask(redis_server_url(stack_redis(stack)), "msg", "files_used", args);
    bool used = strstr(said, file_row_id(n)) != NULL;
    cr_assert_not_null(strstr(said, "used"), "%s", said);
    free(said);
    return used;
}

static bool is_free(void *n)
{
    return !is_used(*(unsigned *)n);
}

static void refused(unsigned first, unsigned last, const char *body, int status, const char *code)
{
    char *cmid = new_cmid();
    struct http_answer a = schedule(cmid, body, first, last);
    char *said = answer_text(&a, "code");
    cr_expect_eq(a.status, status, "%u %u: %s", first, last, buf_c(&a.body));
    cr_expect_str_eq(said, code);
    free(said);
    http_answer_fini(&a);
    free(cmid);
}

static bool is_listed(void *name)
{
    char query[64];
    snprintf(query, sizeof query, "?q=%s", (const char *)name);
    struct http_answer a = list(query);
    bool listed = jval_count(jval_get(a.json, "files")) > 0;
    http_answer_fini(&a);
    return listed;
}

Test(room_files, wait_with_their_message_for_its_time_and_are_free_when_it_is_cancelled)
{
    put(&bob, 1, "dawn.jpg", FILE_ROW_PHOTO);
    put(&bob, 2, "plans.zip", FILE_ROW_PLAIN);
    put(&alice, 3, "hers.zip", FILE_ROW_PLAIN);
    refused(1, 3, "", 422, "file_unknown");
    refused(9, 9, "", 422, "file_unknown");
    refused(1, 1, ",\"body\":\" \"", 422, "text_invalid");
    cr_expect_not(is_used(1));

    char *cmid = new_cmid(), *gone = new_cmid();
    for (int i = 0; i < 2; i++) {
        struct http_answer a = schedule(cmid, "", 1, 2);
        cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
        cr_expect_eq(jval_count(jval_get(a.json, "files")), 2, "%s", buf_c(&a.body));
        http_answer_fini(&a);
    }
    struct http_answer other = schedule(cmid, "", 2, 1), a = schedule(gone, ",\"body\":\"never\"", 2, 2);
    cr_expect_eq(other.status, 409, "other files are another message: %s", buf_c(&other.body));
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    char *item = answer_text(&a, "id"), path[64];
    http_answer_fini(&a);
    http_answer_fini(&other);
    cr_expect(is_used(1) && is_used(2));
    lists("", "");

    free(stack_sql(stack, "UPDATE chat.scheduled SET send_at = now() WHERE body = ''"));
    cr_assert(stack_until(is_listed, (char[]){"dawn"}, WAIT_MS));
    lists("", "dawn.jpg plans.zip");
    snprintf(path, sizeof path, "/scheduled/%s", item);
    /* The one of the message that was sent is freed with it, the other by the cancelling. */
    struct http_answer sent = list("");
    int64_t seq = 0;
    jval_get_int(jval_at(jval_get(sent.json, "files"), 0), "seq", &seq);
    http_answer_fini(&sent);
    drop(&bob, seq);
    cr_expect(stack_until(is_free, &(unsigned){1}, WAIT_MS));
    cr_expect(is_used(2));
    a = api(port, bob.token, "DELETE", path, NULL);
    cr_expect_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    cr_expect(stack_until(is_free, &(unsigned){2}, WAIT_MS));
    free(item);
    free(gone);
    free(cmid);
}
