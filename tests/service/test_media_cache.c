/* What was given out of late is given again from the disk beside the process: the same bytes, to the same people,
 * within its bound, and nothing is lost when that disk has no room. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "person.h"
#include "stack.h"
#include "uploader.h"

enum { SIZE = 700000, WAIT_MS = 30000 };

static struct stack *stack;
static struct person alice, bob;
static int port;

static void start_with(const char *const *env)
{
    stack = stack_start(&(struct stack_options){.gateways = 1, .media_svcs = 1, .env = env});
    port = stack_media_port(stack, 0);
    alice = person_register(stack_port(stack, 0), "alice");
    bob = person_register(stack_port(stack, 0), "bob");
}

static void start(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_CACHE_MAX=1000000", NULL};
    start_with(env);
}

static void start_without_room(void)
{
    static const char *const env[] = {"PARLEY_MEDIA_SPOOL_DIR=/proc", NULL};
    start_with(env);
}

static void stop(void)
{
    person_fini(&alice);
    person_fini(&bob);
    stack_stop(&stack);
}

TestSuite(media_cache, .init = start, .fini = stop, .timeout = 120);
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

Test(media_no_cache, a_disk_without_room_costs_nothing_but_speed)
{
    char *bytes = upload_bytes(0, SIZE), *path = upload_file(port, alice.token, "x", bytes, SIZE);
    for (int i = 0; i < 3; i++)
        expect_bytes(path, NULL, 200, bytes, SIZE);
    cr_expect_eq(served(), 0);
    free(path);
    free(bytes);
}
