/* Token buckets with a clock that stands still. */
#include <criterion/criterion.h>

#include "clock.h"
#include "rate_limit.h"

static size_t take_all(struct rate_limit *l, const char *key, size_t bucket, enum rate rate)
{
    int64_t retry_ms;
    size_t n = 0;
    while (n < 100000 && rate_limit_take(l, key, bucket, rate, &retry_ms))
        n++;
    return n;
}

Test(rate_limit, gives_the_burst_of_the_contract_and_then_its_rate)
{
    struct rate_limit *l;
    int64_t retry_ms = 0;
    clock_fake(1000, 1000);
    rate_limit_create(&l, 10, 100);
    cr_assert_eq(take_all(l, "u1", rate_bucket_op(OP_TYPING), RATE_EPHEMERAL), 20);
    cr_assert_not(rate_limit_take(l, "u1", rate_bucket_op(OP_TYPING), RATE_EPHEMERAL, &retry_ms));
    cr_assert_eq(retry_ms, 200);
    clock_fake(1000, 1200);
    cr_assert_eq(take_all(l, "u1", rate_bucket_op(OP_TYPING), RATE_EPHEMERAL), 1);
    clock_fake(1000, 1000000);
    cr_assert_eq(take_all(l, "u1", rate_bucket_op(OP_TYPING), RATE_EPHEMERAL), 20);
    rate_limit_destroy(&l);
}

Test(rate_limit, of_one_frame_does_not_starve_another)
{
    struct rate_limit *l;
    int64_t retry_ms;
    clock_fake(1000, 1000);
    rate_limit_create(&l, 10, 100);
    take_all(l, "u1", rate_bucket_op(OP_TYPING), RATE_EPHEMERAL);
    cr_assert(rate_limit_take(l, "u1", rate_bucket_op(OP_PING), RATE_EPHEMERAL, &retry_ms));
    cr_assert(rate_limit_take(l, "u2", rate_bucket_op(OP_TYPING), RATE_EPHEMERAL, &retry_ms));
    rate_limit_destroy(&l);
}

Test(rate_limit, is_scaled_by_percent)
{
    struct rate_limit *l;
    clock_fake(1000, 1000);
    rate_limit_create(&l, 10, 50);
    cr_assert_eq(take_all(l, "u1", rate_bucket_rest(RATE_AUTH), RATE_AUTH), 10);
    rate_limit_destroy(&l);
    rate_limit_create(&l, 10, 1);
    cr_assert_eq(take_all(l, "u1", rate_bucket_rest(RATE_AUTH), RATE_AUTH), 1);
    rate_limit_destroy(&l);
}

Test(rate_limit, of_an_address_leaves_room_for_the_people_behind_it)
{
    struct rate_limit *l;
    char key[RATE_KEY_MAX];
    clock_fake(1000, 1000);
    rate_limit_create(&l, 10, 100);
    rate_key_address(STR("192.0.2.1"), key);
    cr_assert_eq(take_all(l, key, rate_bucket_rest(RATE_AUTH), RATE_AUTH), 200);
    rate_limit_destroy(&l);
}

Test(rate_limit, is_looked_at_without_taking)
{
    struct rate_limit *l;
    int64_t retry_ms = 0;
    clock_fake(1000, 1000);
    rate_limit_create(&l, 10, 100);
    for (int i = 0; i < 1000; i++)
        cr_assert(rate_limit_has(l, "u1", rate_bucket_nobody(), RATE_AUTH, &retry_ms));
    cr_assert_eq(rate_limit_keys(l), 0, "a look is no reason to remember");
    cr_assert_eq(take_all(l, "u1", rate_bucket_nobody(), RATE_AUTH), 20);
    cr_assert_not(rate_limit_has(l, "u1", rate_bucket_nobody(), RATE_AUTH, &retry_ms));
    cr_assert_eq(retry_ms, 200);
    cr_assert(rate_limit_has(l, "u1", rate_bucket_rest(RATE_AUTH), RATE_AUTH, &retry_ms));
    clock_fake(1000, 1200);
    cr_assert(rate_limit_has(l, "u1", rate_bucket_nobody(), RATE_AUTH, &retry_ms));
    rate_limit_destroy(&l);
}

Test(rate_limit, forgets_the_key_not_used_for_longest)
{
    struct rate_limit *l;
    clock_fake(1000, 1000);
    rate_limit_create(&l, 2, 100);
    take_all(l, "old", 0, RATE_AUTH);
    take_all(l, "used", 0, RATE_AUTH);
    take_all(l, "old", 0, RATE_AUTH);
    take_all(l, "new", 0, RATE_AUTH);
    cr_assert_eq(rate_limit_keys(l), 2);
    cr_assert_eq(take_all(l, "old", 0, RATE_AUTH), 0);
    cr_assert_eq(take_all(l, "used", 0, RATE_AUTH), 20);
    rate_limit_destroy(&l);
}

Test(rate_limit, forgets_who_has_all_tokens_again)
{
    struct rate_limit *l;
    int64_t retry_ms;
    clock_fake(1000, 1000);
    rate_limit_create(&l, 10, 100);
    cr_assert(rate_limit_take(l, "once", rate_bucket_rest(RATE_AUTH), RATE_AUTH, &retry_ms)); /* full in 200 ms */
    take_all(l, "often", rate_bucket_rest(RATE_AUTH), RATE_AUTH);                             /* in 4 s */
    take_all(l, "often", rate_bucket_op(OP_TYPING), RATE_EPHEMERAL);
    rate_limit_forget_full(l);
    cr_assert_eq(rate_limit_keys(l), 2);
    clock_fake(1000, 1300);
    rate_limit_forget_full(l);
    cr_assert_eq(rate_limit_keys(l), 1);
    clock_fake(1000, 4900);
    rate_limit_forget_full(l);
    cr_assert_eq(rate_limit_keys(l), 1, "one bucket is not full yet");
    cr_assert_eq(take_all(l, "often", rate_bucket_rest(RATE_AUTH), RATE_AUTH), 19);
    clock_fake(1000, 1000000);
    rate_limit_forget_full(l);
    cr_assert_eq(rate_limit_keys(l), 0);
    rate_limit_forget_full(l);
    rate_limit_destroy(&l);
}

Test(rate_limit, takes_an_ipv6_network_as_one_address)
{
    char a[RATE_KEY_MAX], b[RATE_KEY_MAX], c[RATE_KEY_MAX];
    rate_key_address(STR("2001:db8:1:2::5"), a);
    rate_key_address(STR("2001:db8:1:2:ffff::9"), b);
    rate_key_address(STR("2001:db8:1:3::5"), c);
    cr_assert_str_eq(a, b);
    cr_assert_str_neq(a, c);
    rate_key_address(STR("192.0.2.1"), a);
    cr_assert_str_eq(a, "a192.0.2.1");
    rate_key_user(7, b);
    cr_assert_str_eq(b, "u7");
}
