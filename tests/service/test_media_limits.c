/* What the files of a room may have together, what each person may ask of media-svc, and that what is deleted is gone
 * soon. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file_rows.h"
#include "person.h"
#include "stack.h"
#include "uploader.h"

enum { SIZE = 60000, BURST = 200, WAIT_MS = 30000 };

static struct stack *stack;
static struct person alice, bob;
static char *room, *other, *bytes;
static int gateway, port;

static void start(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_ROOM_MAX=150000", "PARLEY_MEDIA_SWEEP_S=1",
                                      "PARLEY_MEDIA_AT_ONCE=2", "PARLEY_MEDIA_REQUESTS_PER_S=20", NULL};
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    gateway = stack_port(stack, 0);
    port = stack_media_port(stack, 0);
    alice = person_register(gateway, "alice");
    bob = person_register(gateway, "bob");
    room = room_create(gateway, &alice, "den", "private");
    other = room_create(gateway, &alice, "attic", "private");
    bytes = upload_bytes(0, SIZE);
}

static void stop(void)
{
    free(bytes);
    free(room);
    free(other);
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(media_limits, .init = start, .fini = stop, .timeout = 240);

static const char *id_of(const char *path)
{
    return strrchr(path, '/') + 1;
}

/* What attaching it comes to; the message's seq in *seq_r. */
static int attach(const char *to, const char *path, int64_t *seq_r)
{
    char where[80], *cmid = new_cmid();
    snprintf(where, sizeof(where), "/rooms/%s/messages", to);
    struct http_answer a = api(gateway, alice.token, "POST", where,
                               "{\"cmid\":\"%s\",\"body\":\"look\",\"files\":[\"%s\"]}", cmid, id_of(path));
    int status = a.status;
    char *code = answer_text(&a, "code");
    cr_expect(status == 201 || strcmp(code, "quota_exceeded") == 0, "%d %s", status, buf_c(&a.body));
    if (seq_r && status == 201)
        *seq_r = answer_int(&a, "seq");
    http_answer_fini(&a);
    free(code);
    free(cmid);
    return status;
}

static void delete_message(int64_t seq)
{
    char where[120];
    snprintf(where, sizeof(where), "/rooms/%s/messages/%lld", room, (long long)seq);
    struct http_answer a = api(gateway, alice.token, "DELETE", where, NULL);
    cr_assert(a.status >= 200 && a.status < 300, "%d %s", a.status, buf_c(&a.body));
    http_answer_fini(&a);
}

Test(media_limits, a_room_takes_so_many_bytes_of_files_and_more_when_some_are_deleted)
{
    int64_t first = 0;
    char *one = upload_file(port, alice.token, "one", bytes, SIZE);
    char *two = upload_file(port, alice.token, "two", bytes, SIZE);
    char *three = upload_file(port, alice.token, "three", bytes, SIZE);
    cr_expect_eq(attach(room, one, &first), 201);
    cr_expect_eq(attach(room, two, NULL), 201);
    cr_expect_eq(attach(room, three, NULL), 413);
    cr_expect_eq(attach(other, three, NULL), 201, "another room has its own");
    delete_message(first);
    cr_expect_eq(attach(room, three, NULL), 201);
    cr_expect_eq(attach(room, one, NULL), 413);
    char *sum = stack_sql(stack, "SELECT string_agg(bytes::text, ' ' ORDER BY bytes) FROM chat.room_bytes");
    cr_expect_str_eq(sum, "60000 120000");
    free(sum);
    free(one);
    free(two);
    free(three);
}

static bool is_counted(void *arg)
{
    (void)arg;
    return stack_metric(stack, "media-svc-0", "parley_media_freed_bytes_total") == SIZE;
}

Test(media_limits, a_deleted_message_frees_its_files_soon_but_for_those_of_another)
{
    int64_t seq = 0, kept = 0;
    char *gone = upload_file(port, alice.token, "gone", bytes, SIZE);
    char *both = upload_file(port, alice.token, "both", bytes, SIZE);
    cr_assert_eq(attach(room, gone, &seq), 201);
    cr_assert_eq(attach(room, both, &kept), 201);
    cr_assert_eq(attach(other, both, NULL), 201);
    delete_message(seq);
    delete_message(kept);
    file_sql_until(stack, "SELECT doomed_at IS NOT NULL FROM media.file WHERE id = '\\x%s'", gone, "t");
    file_sql_until(stack, "SELECT count(*) FROM media.released", gone, "0");
    free(file_sql(stack, "UPDATE media.file SET doomed_at = now() - interval '11 minutes' WHERE id = '\\x%s'", gone));
    file_sql_until(stack, "SELECT count(*) FROM media.file WHERE id = '\\x%s'", gone, "0");
    file_sql_until(stack, "SELECT count(*) FROM media.chunk WHERE file = '\\x%s'", gone, "0");
    cr_expect(stack_until(is_counted, NULL, WAIT_MS));
    char *doomed = file_sql(stack, "SELECT doomed_at IS NOT NULL FROM media.file WHERE id = '\\x%s'", both);
    cr_expect_str_eq(doomed, "f");
    free(doomed);
    free(gone);
    free(both);
}

Test(media_limits, who_asks_too_often_waits_and_nobody_else_does)
{
    static const char path[] = "/media/files/00000000000000000000000000000000";
    int held = 0;
    for (int i = 0; i < 20 * BURST && held == 0; i++) {
        struct http_answer a = http_ask(port, "GET", path, NULL, &(struct http_extra){.token = bob.token});
        cr_assert(a.status == 404 || a.status == 429, "%d", a.status);
        if (a.status == 429) {
            char *code = answer_text(&a, "code"), *after = answer_header(&a, "retry-after");
            cr_expect_str_eq(code, "rate_limited");
            cr_expect_geq(atoi(after), 1);
            cr_expect_geq(i, BURST);
            free(after);
            free(code);
            held++;
        }
        http_answer_fini(&a);
    }
    cr_expect_eq(held, 1);
    cr_expect_geq(stack_metric(stack, "media-svc-0", "parley_media_held_back_total"), 1);
    struct http_answer a = http_ask(port, "GET", path, NULL, &(struct http_extra){.token = alice.token});
    cr_expect_eq(a.status, 404);
    http_answer_fini(&a);
}

struct count {
    const char *metric;
    int64_t value;
};

static bool metric_is(void *arg)
{
    const struct count *c = arg;
    return stack_metric(stack, "media-svc-0", c->metric) == c->value;
}

Test(media_limits, so_many_bodies_of_a_person_at_once_and_another_when_one_has_ended)
{
    char *paths[3];
    int fds[2];
    for (size_t i = 0; i < 3; i++)
        paths[i] = upload_make(port, alice.token, SIZE, "x");
    for (size_t i = 0; i < 2; i++)
        fds[i] = upload_open(port, alice.token, paths[i], 0, SIZE);
    cr_assert(stack_until(metric_is, &(struct count){"parley_media_uploading", 2}, WAIT_MS));
    cr_expect_eq(upload_patch(port, alice.token, paths[2], 0, bytes, SIZE, NULL), 503);
    char *bobs = upload_file(port, bob.token, "bob's", bytes, SIZE);
    close(fds[0]);
    cr_assert(stack_until(metric_is, &(struct count){"parley_media_uploading", 1}, WAIT_MS));
    cr_expect_eq(upload_patch(port, alice.token, paths[2], 0, bytes, SIZE, NULL), 204);
    close(fds[1]);
    free(bobs);
    for (size_t i = 0; i < 3; i++)
        free(paths[i]);
}
