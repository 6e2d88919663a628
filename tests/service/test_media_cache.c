/* What was given out or uploaded of late is given from the disk beside the process: the same bytes, to the same people,
 * within its bound, never any that the database does not have, and nothing is lost when that disk has no room. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "file_rows.h"
#include "person.h"
#include "postgres_server.h"
#include "stack.h"
#include "uploader.h"

enum { SIZE = 700000, WAIT_MS = 30000 };

static struct stack *stack;
static struct person alice, bob;
static int port;

static void start_with(const char *const *env, int replicas)
{
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = replicas, .env = env});
    port = stack_media_port(stack, 0);
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 0), "bob");
}

static void start(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_CACHE_MAX=1000000", NULL};
    start_with(env, 1);
}

static void start_without_room(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_SPOOL_DIR=/proc", NULL};
    start_with(env, 1);
}

/* What is committed without waiting stays off the disk as long as may be, and is lost by a crash. */
static void start_two(void)
{
    static const char *const env[] = {NULL};
    start_with(env, 2);
    free(stack_sql(stack,
                   "DO $$ BEGIN EXECUTE format('COPY (VALUES (%L), (%L)) TO %L', 'wal_writer_delay = 10s', "
                   "'wal_writer_flush_after = 1GB', current_setting('data_directory') || '/postgresql.auto.conf'); "
                   "END $$; SELECT pg_reload_conf()"));
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(media_cache, .init = start, .fini = stop, .timeout = 120);
TestSuite(media_cache_crash, .init = start_two, .fini = stop, .timeout = 300);
TestSuite(media_no_cache, .init = start_without_room, .fini = stop, .timeout = 120);

static int64_t kept(void)
{
    return stack_metric(stack, "media-svc-0", "parley_media_cache_bytes");
}

static int64_t served(void)
{
    return stack_metric(stack, "media-svc-0", "parley_media_cache_served_bytes_total");
}

static void expect_bytes(const char *path, const char *range, int status, const char *bytes, size_t n)
{
    struct http_answer a =
        http_ask(port, "GET", path, NULL, &(struct http_extra){.token = alice.token, .header = range});
    cr_assert_eq(a.status, status);
    cr_assert_eq(a.body.n, n);
    cr_expect_eq(memcmp(a.body.p, bytes, n), 0, "other bytes come from %s", path);
    http_answer_fini(&a);
}

struct look {
    const char *path, *bytes;
};

/* The whole file, all of it from what is kept. */
static bool comes_from_the_cache(void *arg)
{
    const struct look *l = arg;
    int64_t before = served();
    expect_bytes(l->path, NULL, 200, l->bytes, SIZE);
    return served() - before == SIZE;
}

static void expect_cached(const char *path, const char *bytes)
{
    struct look l = {path, bytes};
    cr_assert(stack_until(comes_from_the_cache, &l, WAIT_MS), "%s is never given from what is kept", path);
}

Test(media_cache, what_was_given_once_comes_from_the_disk_beside_it_the_same_for_who_may)
{
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "one", bytes, SIZE);
    expect_bytes(path, NULL, 200, bytes, SIZE);
    expect_cached(path, bytes);
    int64_t before = served();
    expect_bytes(path, "Range: bytes=300000-300099", 206, bytes + 300000, 100);
    cr_expect_gt(served(), before);
    struct http_answer a = http_ask(port, "GET", path, NULL, &(struct http_extra){.token = bob.token});
    cr_expect_eq(a.status, 404);
    http_answer_fini(&a);
    a = http_ask(port, "DELETE", path, NULL,
                 &(struct http_extra){.token = alice.token, .header = "Tus-Resumable: 1.0.0"});
    cr_expect_eq(a.status, 204);
    http_answer_fini(&a);
    a = http_ask(port, "GET", path, NULL, &(struct http_extra){.token = alice.token});
    cr_expect_eq(a.status, 404);
    http_answer_fini(&a);
    cr_expect_eq(kept(), 0);
    free(path);
    free(bytes);
}

Test(media_cache, what_is_kept_has_a_bound_and_the_oldest_makes_room)
{
    char *bytes = upload_bytes(0, SIZE), *other = upload_bytes(1, SIZE);
    char *first = upload_file(port, alice.token, "first", bytes, SIZE);
    char *second = upload_file(port, alice.token, "second", other, SIZE);
    expect_bytes(first, NULL, 200, bytes, SIZE);
    expect_cached(first, bytes);
    cr_expect_eq(kept(), SIZE);
    expect_bytes(second, NULL, 200, other, SIZE);
    expect_cached(second, other);
    cr_expect_eq(kept(), SIZE);
    expect_bytes(first, NULL, 200, bytes, SIZE);
    expect_cached(first, bytes);
    cr_expect_leq(kept(), 1000000);
    free(first);
    free(second);
    free(bytes);
    free(other);
}

/* ---- uploads ---- */

static bool is_whole(void *arg)
{
    const struct look *l = arg;
    struct http_answer a = http_ask(port, "GET", l->path, NULL, &(struct http_extra){.token = alice.token});
    bool whole = a.status == 200 && a.body.n == SIZE && memcmp(a.body.p, l->bytes, SIZE) == 0;
    http_answer_fini(&a);
    return whole;
}

/* Without its rows it can come from nowhere else. */
static void expect_kept_without_a_look(char *path, const char *bytes)
{
    struct look l = {path, bytes};
    free(file_sql(stack, "DELETE FROM media.chunk WHERE file = '\\x%s'", path));
    cr_assert(stack_until(is_whole, &l, WAIT_MS), "%s was not kept when it came", path);
}

Test(media_cache, what_was_uploaded_comes_from_the_disk_beside_it_at_the_first_look)
{
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "one", bytes, SIZE);
    expect_kept_without_a_look(path, bytes);
    free(path);
    free(bytes);
}

Test(media_cache, an_upload_in_parts_is_kept_as_one_that_comes_at_once)
{
    enum { PART = 300000 };
    char *bytes = upload_bytes(0, SIZE), *path = upload_make(port, alice.token, SIZE, "x");
    for (size_t at = 0, n; at < SIZE; at += n) {
        n = SIZE - at < PART ? SIZE - at : PART;
        cr_assert_eq(upload_patch(port, alice.token, path, (int64_t)at, bytes + at, n, NULL), 204);
    }
    upload_wait_ready(port, alice.token, path);
    expect_kept_without_a_look(path, bytes);
    free(path);
    free(bytes);
}

Test(media_cache, an_upload_takes_no_room_from_what_people_look_at_beyond_its_half)
{
    char *bytes = upload_bytes(0, SIZE), *other = upload_bytes(1, SIZE);
    char *looked = upload_file(port, alice.token, "looked", bytes, SIZE);
    expect_bytes(looked, NULL, 200, bytes, SIZE);
    expect_cached(looked, bytes);
    char *path = upload_file(port, alice.token, "other", other, SIZE);
    cr_expect_leq(kept(), 1000000);
    int64_t before = served();
    expect_bytes(looked, NULL, 200, bytes, SIZE);
    cr_expect_eq(served() - before, SIZE, "what was looked at had to go");
    free(looked);
    free(path);
    free(bytes);
    free(other);
}

Test(media_cache, an_upload_that_was_given_up_leaves_nothing)
{
    char *bytes = upload_bytes(0, SIZE), *path = upload_make(port, alice.token, SIZE, "x");
    cr_assert_eq(upload_patch(port, alice.token, path, 0, bytes, 300000, NULL), 204);
    cr_expect_eq(kept(), 300000);
    struct http_answer a = http_ask(port, "DELETE", path, NULL,
                                    &(struct http_extra){.token = alice.token, .header = "Tus-Resumable: 1.0.0"});
    cr_expect_eq(a.status, 204);
    http_answer_fini(&a);
    cr_expect_eq(kept(), 0);
    free(path);
    free(bytes);
}

/* ---- a database that crashes ---- */

enum { LONG = 2 << 20, SENT = 1200000, CHUNKS = 1 << 20, CRASHES = 8 };

static bool goes_on(void *arg)
{
    return upload_offset(port, alice.token, arg) >= 0;
}

/* An upload whose first chunks are stored, and taken back by the crash; what it has on its way is not closed. */
static int begin_and_crash(char *path, const char *bytes)
{
    int fd = upload_open(port, alice.token, path, 0, LONG);
    for (ssize_t at = 0, n; at < SENT; at += n) {
        n = send(fd, bytes + at, (size_t)(SENT - at), MSG_NOSIGNAL);
        cr_assert(n > 0);
    }
    file_sql_until(stack, "SELECT received >= 1048576 FROM media.file WHERE id = '\\x%s'", path, "t");
    postgres_server_crash(stack_postgres(stack));
    postgres_server_restart(stack_postgres(stack));
    for (const char *const *name = (const char *const[]){"media-svc-0", "media-svc-1", "msg-svc-0", NULL}; *name;
         name++)
        stack_wait_ready(stack, *name);
    cr_assert(stack_until(goes_on, path, WAIT_MS));
    return fd;
}

static void expect_long(int at_port, const char *path, const char *bytes)
{
    struct http_answer a = http_ask(at_port, "GET", path, NULL, &(struct http_extra){.token = alice.token});
    cr_assert_eq(a.status, 200);
    cr_assert_eq(a.body.n, LONG);
    cr_expect_eq(memcmp(a.body.p, bytes, LONG), 0, "bytes come that were not stored");
    http_answer_fini(&a);
}

/* Other bytes than those that were lost are stored in their place, by the replica given. True: the crash took some
 * back; it takes none when anything else was committed between the two. */
static bool crash_and_go_on_at(int other_port)
{
    char *bytes = upload_bytes(0, LONG), *path = upload_make(port, alice.token, LONG, "x");
    int fd = begin_and_crash(path, bytes);
    int64_t at = upload_offset(other_port, alice.token, path);
    cr_assert_leq(at, SENT);
    memset(bytes + at, 'o', (size_t)(LONG - at));
    cr_assert_eq(upload_patch(other_port, alice.token, path, at, bytes + at, (size_t)(LONG - at), NULL), 204);
    upload_wait_ready(other_port, alice.token, path);
    for (int i = 0; i < 2; i++) {
        expect_long(port, path, bytes);
        expect_long(stack_media_port(stack, 1), path, bytes);
    }
    close(fd);
    for (int i = 0; i < 2; i++)
        expect_long(port, path, bytes);
    free(path);
    free(bytes);
    return at < CHUNKS;
}

static void expect_the_stored_after_a_crash(int other_port)
{
    int tries = 0;
    while (!crash_and_go_on_at(other_port))
        cr_assert_lt(++tries, CRASHES, "no crash takes anything back");
}

Test(media_cache_crash, bytes_that_a_crash_took_back_are_not_given_when_another_replica_has_others)
{
    expect_the_stored_after_a_crash(stack_media_port(stack, 1));
}

Test(media_cache_crash, bytes_that_a_crash_took_back_are_not_given_when_the_same_replica_has_others)
{
    expect_the_stored_after_a_crash(port);
}

Test(media_cache_crash, each_replica_gives_all_of_an_upload_that_went_through_both)
{
    char *bytes = upload_bytes(0, LONG), *path = upload_make(port, alice.token, LONG, "x");
    int other = stack_media_port(stack, 1);
    for (int64_t at = 0, n = LONG / 4; at < LONG; at += n)
        cr_assert_eq(upload_patch(at / n % 2 ? other : port, alice.token, path, at, bytes + at, (size_t)n, NULL), 204);
    upload_wait_ready(port, alice.token, path);
    for (int i = 0; i < 2; i++) {
        expect_long(port, path, bytes);
        expect_long(other, path, bytes);
    }
    free(path);
    free(bytes);
}

Test(media_no_cache, a_disk_without_room_costs_nothing_but_speed)
{
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "x", bytes, SIZE);
    for (int i = 0; i < 3; i++)
        expect_bytes(path, NULL, 200, bytes, SIZE);
    cr_expect_eq(served(), 0);
    free(path);
    free(bytes);
}
