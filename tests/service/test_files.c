/* Files of messages: whose may be attached, who may see them then, and when nobody uses them any more. What media-svc
 * has is put into its table by hand. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "file_rows.h"
#include "person.h"
#include "redis_server.h"
#include "rpc_asker.h"
#include "stack.h"
#include "ws_client.h"

enum { WAIT_MS = 20000 };

static struct stack *stack;
static struct person alice, bob, carol;
static int port, port2;
static char *room; /* private: Alice and Bob */

static void start(void)
{
    stack = stack_start(NULL);
    port = stack_port(stack, 0);
    port2 = stack_port(stack, 1);
    alice = person_register(port, "alice");
    bob = person_register(port2, "bob");
    carol = person_register(port2, "carol");
    room = room_create(port, &alice, "darkroom", "private");
    struct buf path = {0};
    buf_printf(&path, "/rooms/%s/members", room);
    struct http_answer a = api(port, alice.token, "POST", buf_c(&path), "{\"user\":\"%s\"}", bob.id);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    buf_fini(&path);
}

static void stop(void)
{
    free(room);
    person_fini(&alice);
    person_fini(&bob);
    person_fini(&carol);
    stack_stop(&stack);
}

TestSuite(files, .init = start, .fini = stop, .timeout = 180);

/* ---- files ---- */

static const char *id(unsigned n)
{
    return file_row_id(n);
}

static void put_file(const struct person *owner, unsigned n, enum file_row_state state, const char *name,
                     const char *what)
{
    file_row_put(stack, owner->id, n, state, name, what);
}

#define PHOTO FILE_ROW_PHOTO
#define PLAIN FILE_ROW_PLAIN

static int64_t count(const char *what)
{
    char sql[300];
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", what);
    char *text = stack_sql(stack, sql);
    int64_t n = atoll(text);
    free(text);
    return n;
}

/* ---- sending ---- */

static struct http_answer post(const struct person *p, const char *cmid, const char *more)
{
    char path[64], *own = cmid ? NULL : new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/messages", room);
    struct http_answer a = api(port, p->token, "POST", path, "{\"cmid\":\"%s\"%s}", cmid ? cmid : own, more);
    free(own);
    return a;
}

/* A message with this file alone; its seq. */
static int64_t post_file(const struct person *p, unsigned n)
{
    char more[80];
    snprintf(more, sizeof more, ",\"files\":[\"%s\"]", id(n));
    struct http_answer a = post(p, NULL, more);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t seq = answer_int(&a, "seq");
    http_answer_fini(&a);
    return seq;
}

static void refused(const struct person *p, const char *more, int status, const char *code)
{
    struct http_answer a = post(p, NULL, more);
    char *said = answer_text(&a, "code");
    cr_expect_eq(a.status, status, "%s: %s", more, buf_c(&a.body));
    cr_expect_str_eq(said, code, "%s", more);
    free(said);
    http_answer_fini(&a);
}

static struct http_answer message(const struct person *p, int64_t seq)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    return api(port2, p->token, "GET", path, NULL);
}

static void drop(const struct person *p, int64_t seq)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a = api(port, p->token, "DELETE", path, NULL);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
}

static bool text_is(const struct jval *object, const char *key, const char *text)
{
    struct str s;
    return jval_get_str(object, key, &s) && str_is(s, text);
}

static int64_t number(const struct jval *object, const char *key)
{
    int64_t n = -1;
    jval_get_int(object, key, &n);
    return n;
}

/* ---- what media-svc asks ---- */

/* The answer of msg-svc, the caller's to free. */
static char *ask_msg(const char *call, const char *args)
{
    return rpc_ask(redis_server_url(stack_redis(stack)), "msg", call, args);
}

static void sees(const struct person *p, unsigned n, const char *expected)
{
    char args[120];
    snprintf(args, sizeof args, "{\"user\":\"%s\",\"file\":\"%s\"}", p->id, id(n));
    char *said = ask_msg("file_seen", args);
    cr_expect_str_eq(said, expected, "%s asks for %u: %s", p->name, n, said);
    free(said);
}

#define SEEN "{\"seen\":true,\"used\":true}"
#define HIDDEN "{\"seen\":false,\"used\":true}"
#define UNUSED "{\"seen\":false,\"used\":false}"

/* ---- the promises ---- */

Test(files, a_message_has_its_files_in_the_event_and_in_history)
{
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    put_file(&alice, 2, READY, "plans.zip", PLAIN);
    struct ws_client *ear = ws_client_login(port2, bob.token, "phone");
    char more[200];
    snprintf(more, sizeof more, ",\"body\":\"both\",\"files\":[\"%s\",\"%s\"]", id(2), id(1));
    struct http_answer a = post(&alice, NULL, more);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t seq = answer_int(&a, "seq");
    http_answer_fini(&a);
    struct jval *event = ws_client_wait(ear, "event", WAIT_MS);
    struct http_answer read = message(&bob, seq);
    for (int live = 0; live < 2; live++) {
        const struct jval *files = jval_get(jval_get(live ? event : read.json, "data"), "files");
        cr_assert_eq(jval_count(files), 2, "%s", buf_c(&read.body));
        const struct jval *zip = jval_at(files, 0), *photo = jval_at(files, 1);
        cr_expect(text_is(zip, "name", "plans.zip") && text_is(zip, "kind", "file") && text_is(zip, "id", id(2)));
        cr_expect_null(jval_get(zip, "width"));
        cr_expect_eq(jval_count(jval_get(zip, "previews")), 0);
        cr_expect(text_is(photo, "kind", "image") && text_is(photo, "type", "image/jpeg"));
        cr_expect_eq(number(photo, "width"), 1600);
        cr_expect_eq(number(photo, "size"), 2048);
        cr_expect(text_is(photo, "blurhash", "LEHV6nWB2yk8"));
        cr_expect_eq(jval_count(jval_get(photo, "previews")), 2);
    }
    jval_free(event);
    http_answer_fini(&read);
    ws_client_close(&ear);
}

Test(files, a_message_of_files_goes_without_words_by_either_door)
{
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    put_file(&alice, 2, READY, "harbour.jpg", PHOTO);
    post_file(&alice, 1);
    struct ws_client *mouth = ws_client_login(port, alice.token, "laptop");
    char *cmid = new_cmid();
    ws_client_send(mouth, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\",\"cseq\":1,\"files\":[\"%s\"]}", cmid, room,
                   id(2));
    struct jval *ack = ws_client_wait(mouth, "ack", WAIT_MS);
    cr_assert_not_null(ack);
    cr_expect_eq(count("chat.file_use"), 2);
    jval_free(ack);
    struct http_answer rooms = api(port, bob.token, "GET", "/rooms", NULL);
    cr_expect_not_null(strstr(buf_c(&rooms.body), "\"harbour.jpg\""), "the room shows what came last: %s",
                       buf_c(&rooms.body));
    http_answer_fini(&rooms);
    ws_client_send(mouth, "{\"t\":\"send\",\"cmid\":\"%s\",\"room\":\"%s\"}", cmid, room);
    struct jval *nack = ws_client_wait(mouth, "nack", WAIT_MS);
    cr_expect(text_is(nack, "code", "bad_request"), "neither words nor files");
    jval_free(nack);
    free(cmid);
    ws_client_close(&mouth);
}

Test(files, what_is_not_mine_not_whole_about_to_go_or_unknown_is_one_refusal_and_nothing_is_stored)
{
    put_file(&alice, 1, READY, "mine.zip", PLAIN);
    put_file(&bob, 2, READY, "his.zip", PLAIN);
    put_file(&alice, 3, UPLOADING, "half.zip", PLAIN);
    put_file(&alice, 4, STORED, "unread.zip", PLAIN);
    put_file(&alice, 5, READY, "doomed.zip", PLAIN);
    free(stack_sql(stack, "UPDATE media.file SET doomed_at = now() WHERE name = 'doomed.zip'"));
    int64_t before = count("chat.events");
    for (unsigned bad = 2; bad <= 6; bad++) {
        char more[200];
        snprintf(more, sizeof more, ",\"body\":\"x\",\"files\":[\"%s\"]", id(bad));
        refused(&alice, more, 422, "file_unknown");
        snprintf(more, sizeof more, ",\"body\":\"x\",\"files\":[\"%s\",\"%s\"]", id(1), id(bad));
        refused(&alice, more, 422, "file_unknown");
    }
    cr_expect_eq(count("chat.events"), before);
    cr_expect_eq(count("chat.file_use"), 0);
    post_file(&alice, 1);
}

Test(files, what_is_no_list_of_at_most_ten_files_is_refused)
{
    struct buf eleven = {0};
    buf_cstr(&eleven, ",\"files\":[");
    for (unsigned n = 1; n <= 11; n++) {
        put_file(&alice, n, READY, "one.zip", PLAIN);
        buf_printf(&eleven, "%s\"%s\"", n > 1 ? "," : "", id(n));
    }
    buf_cstr(&eleven, "]");
    refused(&alice, buf_c(&eleven), 400, "bad_request");
    buf_fini(&eleven);
    static const char *const bad[] = {
        ",\"files\":[]",
        ",\"files\":7",
        ",\"files\":[7]",
        ",\"files\":[\"00\"]",
        ",\"files\":[\"0000000000000000000000000000000G\"]",
        ",\"files\":[\"0000000000000000000000000000000A\"]",
        ",\"files\":[\"000000000000000000000000000000,1\"]",
        ",\"files\":[\"00000000000000000000000000000001\",\"00000000000000000000000000000001\"]",
        ",\"files\":[\"00000000000000000000000000000001\"],\"sticker\":{\"pack\":\"a\",\"name\":\"b\"}",
        ",\"files\":[\"00000000000000000000000000000001\"],\"body\":\" \"",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused(&alice, bad[i], 400, "bad_request");
    cr_expect_eq(count("chat.file_use"), 0);
}

Test(files, the_same_send_again_is_one_message_and_other_files_under_its_cmid_a_conflict)
{
    put_file(&alice, 1, READY, "one.zip", PLAIN);
    put_file(&alice, 2, READY, "two.zip", PLAIN);
    char *cmid = new_cmid(), more[80];
    int64_t seqs[2] = {0};
    for (int i = 0; i < 2; i++) {
        snprintf(more, sizeof more, ",\"files\":[\"%s\"]", id(1));
        struct http_answer a = post(&alice, cmid, more);
        cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
        seqs[i] = answer_int(&a, "seq");
        http_answer_fini(&a);
        /* Also when it could not be attached anew. */
        free(stack_sql(stack, "UPDATE media.file SET doomed_at = now() WHERE name = 'one.zip'"));
    }
    cr_expect_eq(seqs[0], seqs[1]);
    cr_expect_eq(count("chat.file_use"), 1);
    snprintf(more, sizeof more, ",\"files\":[\"%s\"]", id(2));
    struct http_answer other = post(&alice, cmid, more);
    cr_expect_eq(other.status, 409, "%s", buf_c(&other.body));
    http_answer_fini(&other);
    free(cmid);
}

Test(files, who_may_read_the_message_sees_the_file_and_nobody_else)
{
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    sees(&alice, 1, UNUSED);
    int64_t seq = post_file(&alice, 1);
    sees(&alice, 1, SEEN);
    sees(&bob, 1, SEEN);
    sees(&carol, 1, HIDDEN);
    sees(&carol, 9, UNUSED);
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/members/%s", room, bob.id);
    struct http_answer a = api(port, alice.token, "DELETE", path, NULL);
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    sees(&bob, 1, HIDDEN);
    drop(&alice, seq);
    sees(&alice, 1, UNUSED);
}

Test(files, a_public_room_shows_its_files_to_who_is_in_it)
{
    free(room);
    room = room_create(port, &alice, "gallery", "public");
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    post_file(&alice, 1);
    sees(&carol, 1, HIDDEN);
    room_join(port, &carol, room);
    sees(&carol, 1, SEEN);
}

Test(files, a_reply_in_a_thread_has_files_like_any_message)
{
    put_file(&bob, 1, READY, "answer.zip", PLAIN);
    int64_t root = room_post(port, &alice, room, "who has it?");
    char more[120];
    snprintf(more, sizeof more, ",\"thread\":%lld,\"files\":[\"%s\"]", (long long)root, id(1));
    struct http_answer a = post(&bob, NULL, more);
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t seq = answer_int(&a, "seq");
    http_answer_fini(&a);
    sees(&alice, 1, SEEN);
    sees(&carol, 1, HIDDEN);
    drop(&bob, seq);
    sees(&alice, 1, UNUSED);
}

static void edit(int64_t seq, const char *text, int status)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a = api(port, alice.token, "PATCH", path, "{\"body\":\"%s\"}", text);
    cr_expect_eq(a.status, status, "%lld \"%s\": %s", (long long)seq, text, buf_c(&a.body));
    http_answer_fini(&a);
}

Test(files, words_come_and_go_beside_files_and_nowhere_else)
{
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    int64_t seq = post_file(&alice, 1), plain = room_post(port, &alice, room, "words alone");
    edit(seq, "the harbour", 204);
    struct http_answer a = message(&bob, seq);
    cr_expect(text_is(a.json, "body", "the harbour"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    edit(seq, "", 204);
    a = message(&bob, seq);
    cr_expect(text_is(a.json, "body", "") && strstr(buf_c(&a.body), "harbour.jpg"), "%s", buf_c(&a.body));
    http_answer_fini(&a);
    edit(seq, " ", 400);
    edit(plain, "", 400);
    sees(&bob, 1, SEEN);
}

Test(files, a_deleted_message_frees_its_files_and_names_none)
{
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    put_file(&alice, 2, READY, "other.zip", PLAIN);
    int64_t seq = post_file(&alice, 1), kept = post_file(&alice, 2);
    char args[120];
    snprintf(args, sizeof args, "{\"files\":[\"%s\",\"%s\",\"%s\"]}", id(1), id(2), id(3));
    char *used = ask_msg("files_used", args);
    cr_expect(strstr(used, id(1)) && strstr(used, id(2)) && !strstr(used, id(3)), "%s", used);
    free(used);
    drop(&alice, seq);
    used = ask_msg("files_used", args);
    char only[80];
    snprintf(only, sizeof only, "{\"used\":[\"%s\"]}", id(2));
    cr_expect_str_eq(used, only);
    free(used);
    struct http_answer gone = message(&bob, seq), there = message(&bob, kept);
    cr_expect_null(strstr(buf_c(&gone.body), "harbour.jpg"), "%s", buf_c(&gone.body));
    cr_expect_not_null(strstr(buf_c(&there.body), "other.zip"), "%s", buf_c(&there.body));
    http_answer_fini(&gone);
    http_answer_fini(&there);
    used = ask_msg("files_used", "{\"files\":[\"nothing\"]}");
    cr_expect_null(strstr(used, "used"), "what is no id could be taken for unused: %s", used);
    free(used);
}

static struct http_answer forward(const struct person *p, const char *to, int64_t seq)
{
    char path[64], *cmid = new_cmid();
    snprintf(path, sizeof path, "/rooms/%s/forwards", to);
    struct http_answer a = api(port, p->token, "POST", path, "{\"cmid\":\"%s\",\"from_room\":\"%s\",\"from_seq\":%lld}",
                               cmid, room, (long long)seq);
    free(cmid);
    return a;
}

Test(files, a_forward_has_the_files_of_its_source_and_keeps_them)
{
    char *harbour = room_create(port, &bob, "harbour", "public");
    room_join(port, &carol, harbour);
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    int64_t seq = post_file(&alice, 1);
    struct http_answer no = forward(&carol, harbour, seq), a = forward(&bob, harbour, seq);
    cr_expect_eq(no.status, 404, "who cannot read it cannot pass it on");
    cr_assert_eq(a.status, 201, "%s", buf_c(&a.body));
    int64_t copy = answer_int(&a, "seq");
    http_answer_fini(&no);
    http_answer_fini(&a);
    sees(&carol, 1, SEEN);
    drop(&alice, seq);
    sees(&carol, 1, SEEN);
    sees(&alice, 1, HIDDEN);

    char *there = room;
    room = harbour;
    struct http_answer read = message(&carol, copy);
    const struct jval *files = jval_get(jval_get(jval_get(read.json, "data"), "forward"), "files");
    cr_expect(text_is(jval_at(files, 0), "name", "harbour.jpg"), "%s", buf_c(&read.body));
    http_answer_fini(&read);
    struct http_answer again = forward(&carol, harbour, copy);
    cr_assert_eq(again.status, 201, "%s", buf_c(&again.body));
    int64_t second = answer_int(&again, "seq");
    http_answer_fini(&again);
    drop(&bob, copy);
    sees(&bob, 1, SEEN);
    drop(&carol, second);
    sees(&bob, 1, UNUSED);
    room = there;
    free(harbour);
}

Test(files, who_may_not_attach_files_may_not_forward_them_either)
{
    char path[96];
    snprintf(path, sizeof path, "/rooms/%s/permissions/attach_files", room);
    struct http_answer a = api(port, alice.token, "PUT", path, "{\"lowest\":\"moderator\"}");
    cr_assert_eq(a.status, 204, "%s", buf_c(&a.body));
    http_answer_fini(&a);
    put_file(&alice, 1, READY, "harbour.jpg", PHOTO);
    put_file(&bob, 2, READY, "his.zip", PLAIN);
    int64_t seq = post_file(&alice, 1);
    char more[80];
    snprintf(more, sizeof more, ",\"files\":[\"%s\"]", id(2));
    refused(&bob, more, 403, "forbidden");
    struct http_answer copy = forward(&bob, room, seq);
    cr_expect_eq(copy.status, 403, "%s", buf_c(&copy.body));
    http_answer_fini(&copy);
    room_post(port, &bob, room, "words I may");
    cr_expect_eq(count("chat.file_use"), 1);
}

Test(files, strangers_get_the_answer_of_a_room_that_does_not_exist)
{
    put_file(&carol, 1, READY, "hers.zip", PLAIN);
    char *there = room;
    for (int round = 0; round < 2; round++) {
        room = round == 0 ? there : strdup("999999");
        for (unsigned n = 1; n <= 2; n++) {
            char more[80];
            snprintf(more, sizeof more, ",\"files\":[\"%s\"]", id(n));
            refused(&carol, more, 404, "room_not_found");
        }
        if (round == 1)
            free(room);
    }
    room = there;
    cr_expect_eq(count("chat.file_use"), 0);
}

/* ---- search ---- */

struct hunt {
    const char *query;
    size_t hits;
};

static bool finds(void *arg)
{
    const struct hunt *hunt = arg;
    char path[128];
    snprintf(path, sizeof path, "/search?q=%s", hunt->query);
    struct http_answer a = api(port, bob.token, "GET", path, NULL);
    bool good = a.status == 200 && jval_count(jval_get(a.json, "hits")) == hunt->hits;
    http_answer_fini(&a);
    return good;
}

Test(files, search_finds_them_by_name_and_as_files)
{
    put_file(&alice, 1, READY, "Lighthouse plan.pdf", "4, 'application/pdf', NULL, NULL, NULL, 3");
    room_post(port, &alice, room, "a lighthouse");
    int64_t seq = post_file(&alice, 1);
    struct hunt both = {"lighthouse", 2}, one = {"has:file", 1}, part = {"plan", 1}, none = {"has:file", 0};
    cr_expect(stack_until(finds, &both, WAIT_MS));
    cr_expect(stack_until(finds, &one, WAIT_MS));
    cr_expect(stack_until(finds, &part, WAIT_MS));
    drop(&alice, seq);
    cr_expect(stack_until(finds, &none, WAIT_MS));
}
