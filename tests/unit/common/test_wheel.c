/* The timer wheel, turned by hand. */
#include <criterion/criterion.h>

#include "clock.h"
#include "wheel.h"

struct alarm {
    struct wheel_entry entry;
    int rings;
    int64_t rang_at_ms;
    struct alarm *stops;
    int64_t again_ms;
};

static struct loop *loop;
static struct wheel wheel;
static int64_t now_ms;

static void on_alarm(struct wheel_entry *entry)
{
    struct alarm *a = LIST_ITEM(entry, struct alarm, entry);
    a->rings++;
    a->rang_at_ms = now_ms;
    if (a->stops)
        wheel_disarm(&wheel, &a->stops->entry);
    if (a->again_ms > 0)
        wheel_arm(&wheel, &a->entry, now_ms + a->again_ms);
}

static void set_up(void)
{
    now_ms = 1000000;
    clock_fake(1, now_ms);
    cr_assert_eq(loop_create(&loop), 0);
    wheel_init(&wheel, loop);
}

static void tear_down(void)
{
    wheel_fini(&wheel);
    loop_destroy(&loop);
}

static void step(int64_t ms)
{
    now_ms += ms;
    clock_fake(1, now_ms);
    wheel_turn(&wheel, now_ms);
}

TestSuite(wheel, .init = set_up, .fini = tear_down);

Test(wheel, an_alarm_is_never_early_and_at_most_a_tick_late)
{
    for (int64_t after = 0; after < 1000; after += 7) {
        struct alarm a = {0};
        wheel_entry_init(&a.entry, on_alarm);
        int64_t at_ms = now_ms + after;
        wheel_arm(&wheel, &a.entry, at_ms);
        cr_assert_eq(a.rings, 0);
        for (int i = 0; i < 2000 && a.rings == 0; i++)
            step(1);
        cr_assert_eq(a.rings, 1);
        cr_assert(a.rang_at_ms >= at_ms && a.rang_at_ms <= at_ms + WHEEL_TICK_MS, "after %d", (int)after);
        cr_assert(!wheel_armed(&a.entry));
    }
}

Test(wheel, an_alarm_beyond_one_rotation_waits_for_its_own)
{
    struct alarm a = {0};
    wheel_entry_init(&a.entry, on_alarm);
    int64_t at_ms = now_ms + (int64_t)WHEEL_SLOTS * WHEEL_TICK_MS * 2 + 12345;
    wheel_arm(&wheel, &a.entry, at_ms);
    while (now_ms < at_ms - 50) {
        step(50);
        cr_assert_eq(a.rings, 0);
    }
    step(200);
    cr_assert_eq(a.rings, 1);
}

Test(wheel, a_long_pause_rings_everything_that_is_due_once)
{
    struct alarm a[50] = {0};
    for (int i = 0; i < 50; i++) {
        wheel_entry_init(&a[i].entry, on_alarm);
        wheel_arm(&wheel, &a[i].entry, now_ms + (int64_t)i * 3000);
    }
    step((int64_t)WHEEL_SLOTS * WHEEL_TICK_MS * 5);
    step(100);
    for (int i = 0; i < 50; i++)
        cr_assert_eq(a[i].rings, 1, "alarm %d", i);
    cr_assert_eq(wheel.armed, 0);
}

Test(wheel, re_arming_moves_and_disarming_stops)
{
    struct alarm a = {0}, b = {0};
    wheel_entry_init(&a.entry, on_alarm);
    wheel_entry_init(&b.entry, on_alarm);
    wheel_arm(&wheel, &a.entry, now_ms + 500);
    wheel_arm(&wheel, &b.entry, now_ms + 500);
    wheel_arm(&wheel, &a.entry, now_ms + 5000);
    wheel_disarm(&wheel, &b.entry);
    wheel_disarm(&wheel, &b.entry);
    step(1000);
    cr_assert_eq(a.rings + b.rings, 0);
    step(4200);
    cr_assert_eq(a.rings, 1);
    cr_assert_eq(b.rings, 0);
}

Test(wheel, an_alarm_may_stop_the_next_and_ring_again)
{
    struct alarm a = {0}, b = {0};
    wheel_entry_init(&a.entry, on_alarm);
    wheel_entry_init(&b.entry, on_alarm);
    a.stops = &b;
    a.again_ms = 300;
    wheel_arm(&wheel, &a.entry, now_ms + 100);
    wheel_arm(&wheel, &b.entry, now_ms + 100);
    step(1000);
    cr_assert_eq(a.rings, 1);
    cr_assert_eq(b.rings, 0);
    step(1000);
    cr_assert_eq(a.rings, 2);
    wheel_disarm(&wheel, &a.entry);
}

static void stop(void *arg)
{
    loop_stop(arg);
}

Test(wheel, the_loops_timer_turns_it)
{
    struct alarm a = {0};
    struct timer *timer;
    clock_fake(-1, 0);
    now_ms = clock_mono_ms();
    wheel_entry_init(&a.entry, on_alarm);
    wheel_arm(&wheel, &a.entry, now_ms + 50);
    timer_make(&timer, loop, stop, loop);
    timer_start(timer, 500, 0);
    loop_run(loop);
    cr_assert_eq(a.rings, 1);
    timer_destroy(&timer);
}
