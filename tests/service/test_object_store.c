/* Files in an object store: moved there whole once they are ready, served from there, deleted there, whoever is killed
 * and whatever is away. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "failpoints.h"
#include "file_rows.h"
#include "media_files.h"
#include "object_store.h"
#include "person.h"
#include "stack.h"
#include "uploader.h"

enum { MIB = 1 << 20, WAIT_MS = 30000, LARGE = 12 * MIB + 345, PROBES = 1, LINES = 5 };

static struct stack *stack;
static struct object_store *store;
static struct failpoints failpoints;
static struct person alice;
static const char *env[LINES + OBJECT_STORE_LINES + 1];
static int port;

static void start_with(bool moves)
{
    const char *lines[LINES] = {"PARLEY_MEDIA_SWEEP_S=1", "PARLEY_MEDIA_STORE_WAITING_MAX=1000000",
                                "PARLEY_MEDIA_USER_MAX=1000000000",
                                /* What is asked for is to come from the store. */
                                "PARLEY_MEDIA_CACHE_MAX=0", failpoints.env};
    failpoints_init(&failpoints);
    store = object_store_start();
    memcpy(env, lines, sizeof lines);
    if (moves)
        object_store_env(store, env + LINES);
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    port = stack_media_port(stack, 0);
    alice = person_register(stack_port(stack, 0), "alice");
}

static void start(void)
{
    start_with(true);
}

static void start_without(void)
{
    start_with(false);
}

static void stop(void)
{
    person_fini(&alice);
    stack_stop(&stack);
    object_store_stop(&store);
    failpoints_fini(&failpoints);
}

TestSuite(object_store, .init = start, .fini = stop, .timeout = 240);

static void wait_sql(const char *format, const char *path, const char *value)
{
    file_sql_until(stack, format, path, value);
}

#define STORE "SELECT store FROM media.file WHERE id = '\\x%s'"
#define ROWS "SELECT count(*) FROM media.chunk WHERE file = '\\x%s'"

static char *upload(size_t n)
{
    char *bytes = upload_bytes(0, n), *path = upload_file(port, alice.token, "x.bin", bytes, n);
    free(bytes);
    return path;
}

static struct http_answer get(const char *path, const char *header)
{
    return http_ask(port, "GET", path, NULL, &(struct http_extra){.token = alice.token, .header = header});
}

/* The answer has these bytes of the file. */
static void expect_bytes(const char *path, const char *header, int status, size_t from, size_t n)
{
    struct http_answer a = get(path, header);
    char *bytes = upload_bytes(from, n);
    cr_expect_eq(a.status, status, "%d", a.status);
    cr_expect_eq(a.body.n, n, "%zu bytes", a.body.n);
    cr_expect(a.body.n == n && (n == 0 || memcmp(a.body.p, bytes, n) == 0));
    free(bytes);
    http_answer_fini(&a);
}

static void expect_error(struct http_answer a, int status, const char *code)
{
    char *said = answer_text(&a, "code");
    cr_expect_eq(a.status, status, "%d", a.status);
    cr_expect_str_eq(said, code);
    free(said);
    http_answer_fini(&a);
}

static void delete (const char *path)
{
    struct http_answer a = upload_ask(port, alice.token, "DELETE", path, NULL, 0, NULL);
    cr_expect_eq(a.status, 204);
    http_answer_fini(&a);
}

static bool has_nothing(void *arg)
{
    (void)arg;
    return object_store_count(store) == PROBES;
}

/* Of what was deleted, an hour later. */
static void expect_nothing(void)
{
    free(stack_sql(stack, "UPDATE media.file SET doomed_at = now() - interval '2 hours' WHERE doomed_at IS NOT NULL"));
    wait_sql("SELECT count(*) FROM media.file", "", "0");
    cr_expect(stack_until(has_nothing, NULL, WAIT_MS), "%d things are in the store", object_store_count(store));
}

struct said {
    int status;
    const char *text;
};

/* /readyz of the public port says that. */
static bool says(void *arg)
{
    const struct said *s = arg;
    struct http_answer a = http_ask(port, "GET", "/readyz", NULL, NULL);
    bool yes = a.status == s->status && strstr(buf_c(&a.body), s->text);
    http_answer_fini(&a);
    return yes;
}

static void restart(void)
{
    stack_kill(stack, "media-svc-0", SIGKILL);
    stack_restart(stack, "media-svc-0");
}

/* Nobody else's claim holds any more, as five minutes later. */
static void free_claims(void)
{
    free(stack_sql(stack, "UPDATE media.file SET store_at = now() - interval '1 hour' WHERE store_at IS NOT NULL"));
}

Test(object_store, a_file_that_is_ready_lies_there_is_served_from_there_and_leaves_nothing)
{
    struct buf photo = {0}, small = {0};
    char *path = upload(LARGE);
    wait_sql(STORE, path, "2");
    wait_sql(ROWS, path, "0");
    expect_bytes(path, NULL, 200, 0, LARGE);
    expect_bytes(path, "Range: bytes=8388600-8388620", 206, 8388600, 21);
    expect_bytes(path, "Range: bytes=-5", 206, LARGE - 5, 5);
    struct http_answer a = get(path, NULL);
    char *tag = answer_header(&a, "etag");
    buf_printf(&small, "If-None-Match: %s", tag);
    expect_bytes(path, buf_c(&small), 304, 0, 0);
    free(tag);
    http_answer_fini(&a);
    media_read("picture.jpg", &photo);
    char *picture = upload_file(port, alice.token, "p.jpg", photo.p, photo.n);
    wait_sql(STORE, picture, "2");
    wait_sql(ROWS, picture, "0");
    wait_sql("SELECT string_agg(variant::text, ',' ORDER BY variant) FROM media.object WHERE file = '\\x%s'", picture,
             "0,1,2");
    buf_reset(&small);
    buf_printf(&small, "%s/small", picture);
    a = get(buf_c(&small), NULL);
    cr_expect_eq(a.status, 200);
    cr_expect(a.body.n > 12 && memcmp(a.body.p + 8, "WEBP", 4) == 0);
    http_answer_fini(&a);
    char *empty = upload_make(port, alice.token, 0, "empty");
    wait_sql(STORE, empty, "2");
    cr_expect_geq(stack_metric(stack, "media-svc-0", "parley_media_store_requests_total{method=\"put\"}"), 6);
    cr_expect_gt(object_store_count(store), PROBES + 4);
    delete (path);
    delete (picture);
    delete (empty);
    expect_nothing();
    buf_fini(&photo);
    buf_fini(&small);
    free(path);
    free(picture);
    free(empty);
}

static bool has_died(void *arg)
{
    (void)arg;
    return !failpoints_armed(&failpoints, "media.part") && !failpoints_armed(&failpoints, "media.moved");
}

Test(object_store, killed_while_it_moves_a_file_is_whole_and_nothing_is_left_over)
{
    static const char *const points[] = {"media.part", "media.moved"};
    for (size_t i = 0; i < 2; i++) {
        failpoints_arm(&failpoints, points[i], "kill");
        char *bytes = upload_bytes(0, LARGE), *path = upload_make(port, alice.token, LARGE, "x");
        cr_expect_eq(upload_patch(port, alice.token, path, 0, bytes, LARGE, NULL), 204);
        free(bytes);
        cr_assert(stack_until(has_died, NULL, WAIT_MS), "%s is never reached", points[i]);
        stack_kill(stack, "media-svc-0", SIGKILL);
        stack_restart(stack, "media-svc-0");
        stack_wait_ready(stack, "media-svc-0");
        expect_bytes(path, NULL, 200, 0, LARGE);
        free_claims();
        wait_sql(STORE, path, "2");
        wait_sql(ROWS, path, "0");
        expect_bytes(path, NULL, 200, 0, LARGE);
        delete (path);
        expect_nothing();
        free(path);
    }
}

/* No upload can be begun. */
static bool is_full(void *arg)
{
    static const char *const length[] = {"Upload-Length: 0", NULL};
    struct http_answer a = upload_ask(port, alice.token, "POST", "/media/files", NULL, 0, length);
    char *code = answer_text(&a, "code");
    bool full = a.status == 503 && strcmp(code, "busy") == 0;
    (void)arg;
    free(code);
    http_answer_fini(&a);
    return full;
}

Test(object_store, while_it_is_away_uploads_go_on_and_what_lies_there_is_answered_by_503)
{
    char *there = upload(MIB);
    wait_sql(STORE, there, "2");
    object_store_kill(store);
    expect_error(get(there, NULL), 503, "unavailable");
    cr_expect(stack_until(says, &(struct said){200, "(GET)"}, WAIT_MS), "/readyz tells of it");
    cr_expect_eq(stack_metric(stack, "media-svc-0", "parley_media_store_up"), 0);
    cr_expect_gt(stack_metric(stack, "media-svc-0", "parley_media_store_errors_total"), 0);
    char *here = upload(LARGE);
    expect_bytes(here, NULL, 200, 0, LARGE);
    wait_sql(STORE, here, "0");
    /* So much waits now that no more is taken in. */
    cr_expect(stack_until(is_full, NULL, WAIT_MS));
    object_store_restart(store);
    wait_sql(STORE, here, "2");
    expect_bytes(here, NULL, 200, 0, LARGE);
    expect_bytes(there, NULL, 200, 0, MIB);
    cr_expect(stack_until(says, &(struct said){200, "ok"}, WAIT_MS));
    free(there);
    free(here);
}

Test(object_store, a_file_that_it_never_takes_does_not_stand_in_the_way_of_others)
{
    char *bytes = upload_bytes(0, MIB), *path = upload_make(port, alice.token, MIB, "x");
    object_store_refuse(store, path + strlen("/media/files/"));
    cr_assert_eq(upload_patch(port, alice.token, path, 0, bytes, MIB, NULL), 204);
    char *next = upload(MIB);
    wait_sql(STORE, next, "2");
    wait_sql(STORE, path, "0");
    expect_bytes(path, NULL, 200, 0, MIB);
    cr_expect(stack_until(says, &(struct said){200, "ok"}, WAIT_MS), "it is not away");
    free(bytes);
    free(path);
    free(next);
}

TestSuite(object_store_later, .init = start_without, .fini = stop, .timeout = 240);

Test(object_store_later, a_server_that_changes_to_it_moves_what_it_has_and_may_go_back)
{
    char *first = upload(LARGE);
    wait_sql(STORE, first, "0");
    object_store_env(store, env + LINES);
    const char *secret = env[LINES + 4];
    env[LINES + 4] = "PARLEY_S3_SECRET_KEY=wrong";
    restart();
    cr_expect(stack_until(says, &(struct said){503, "SignatureDoesNotMatch"}, WAIT_MS), "a wrong key is told of");
    env[LINES + 4] = secret;
    restart();
    wait_sql(STORE, first, "2");
    wait_sql(ROWS, first, "0");
    stack_wait_ready(stack, "media-svc-0");
    expect_bytes(first, NULL, 200, 0, LARGE);
    env[LINES] = "PARLEY_MEDIA_STORE=pg";
    restart();
    stack_wait_ready(stack, "media-svc-0");
    expect_bytes(first, NULL, 200, 0, LARGE);
    char *second = upload(1000);
    wait_sql(STORE, second, "0");
    expect_bytes(second, NULL, 200, 0, 1000);
    /* And one that knows nothing of the store any more: what lies there is neither served nor forgotten. */
    env[LINES] = NULL;
    restart();
    stack_wait_ready(stack, "media-svc-0");
    expect_error(get(first, NULL), 503, "unavailable");
    delete (first);
    delete (second);
    free(stack_sql(stack, "UPDATE media.file SET doomed_at = now() - interval '2 hours'"));
    wait_sql("SELECT count(*) FROM media.file", "", "1");
    env[LINES] = "PARLEY_MEDIA_STORE=pg";
    restart();
    expect_nothing();
    free(first);
    free(second);
}
