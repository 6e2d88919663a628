/* What loop.h promises. */
#include <criterion/criterion.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>
#include <uv.h>

#include "clock.h"
#include "err.h"
#include "loop.h"

/* What the callbacks of one test share. */
struct world {
    struct loop *loop;
    struct timer *timer, *other;
    struct loop_hook *hook, *second;
    int ticks, hooks, done, signals, wanted;
    bool dirty;
    atomic_int worked;
    pthread_t loop_thread;
};

static struct world w;

static void open_world(void)
{
    w = (struct world){.loop_thread = pthread_self()};
    cr_assert_eq(loop_create(&w.loop), 0);
}

static void close_world(void)
{
    timer_destroy(&w.timer);
    timer_destroy(&w.other);
    loop_unhook(&w.hook);
    loop_unhook(&w.second);
    loop_destroy(&w.loop);
    cr_assert_null(w.loop);
}

TestSuite(loop, .init = open_world, .fini = close_world, .timeout = 30);

static void stop(void *arg)
{
    (void)arg;
    loop_stop(w.loop);
}

static void tick(void *arg)
{
    (void)arg;
    if (++w.ticks == w.wanted)
        loop_stop(w.loop);
}

Test(loop, a_timer_fires_once_and_not_early)
{
    int64_t start = clock_mono_ms();

    w.wanted = 1;
    timer_make(&w.timer, w.loop, tick, NULL);
    timer_start(w.timer, 30, 0);
    loop_run(w.loop);
    cr_assert_eq(w.ticks, 1);
    cr_assert_geq(clock_mono_ms() - start, 29);
}

Test(loop, a_repeating_timer_repeats_and_a_stopped_one_does_not)
{
    w.wanted = 5;
    timer_make(&w.timer, w.loop, tick, NULL);
    timer_make(&w.other, w.loop, stop, NULL);
    timer_start(w.other, 1, 0);
    timer_stop(w.other);
    timer_start(w.timer, 1, 1);
    loop_run(w.loop);
    cr_assert_eq(w.ticks, 5);
}

Test(loop, starting_an_armed_timer_arms_it_anew)
{
    w.wanted = 1;
    timer_make(&w.timer, w.loop, stop, NULL);
    timer_make(&w.other, w.loop, tick, NULL);
    timer_start(w.timer, 1, 0);
    timer_start(w.timer, 60000, 0);
    timer_start(w.other, 20, 0);
    loop_run(w.loop);
    cr_assert_eq(w.ticks, 1);
}

static void destroy_itself(void *arg)
{
    (void)arg;
    w.ticks++;
    timer_destroy(&w.timer);
    timer_start(w.other, 5, 0);
}

Test(loop, a_timer_may_destroy_itself_in_its_own_callback)
{
    timer_make(&w.timer, w.loop, destroy_itself, NULL);
    timer_make(&w.other, w.loop, stop, NULL);
    timer_start(w.timer, 1, 1);
    loop_run(w.loop);
    cr_assert_eq(w.ticks, 1);
    cr_assert_null(w.timer);
    timer_destroy(&w.timer);
}

static void count_hook(void *arg)
{
    (void)arg;
    w.hooks++;
}

static void check_hook_ran(void *arg)
{
    (void)arg;
    cr_assert_gt(w.hooks, 0);
    loop_stop(w.loop);
}

static void make_dirty(void *arg)
{
    (void)arg;
    w.dirty = true;
    w.hooks = 0;
    timer_start(w.other, 20, 0);
}

Test(loop, hooks_run_behind_a_timer_before_the_loop_sleeps)
{
    w.hook = loop_after_io(w.loop, count_hook, NULL);
    timer_make(&w.timer, w.loop, make_dirty, NULL);
    timer_make(&w.other, w.loop, check_hook_ran, NULL);
    timer_start(w.timer, 1, 0);
    loop_run(w.loop);
    cr_assert(w.dirty);
}

static int pipe_ends[2];
static uv_poll_t poll_handle;

static void on_readable(uv_poll_t *handle, int status, int events)
{
    char byte;

    (void)status;
    (void)events;
    cr_assert_eq(read(pipe_ends[0], &byte, 1), 1);
    uv_close((uv_handle_t *)handle, NULL);
    w.hooks = 0;
    timer_start(w.other, 20, 0);
}

static void write_byte(void *arg)
{
    (void)arg;
    cr_assert_eq(write(pipe_ends[1], "x", 1), 1);
}

Test(loop, hooks_run_behind_io_before_the_loop_sleeps)
{
    cr_assert_eq(pipe(pipe_ends), 0);
    uv_poll_init(loop_uv(w.loop), &poll_handle, pipe_ends[0]);
    uv_poll_start(&poll_handle, UV_READABLE, on_readable);
    w.hook = loop_after_io(w.loop, count_hook, NULL);
    timer_make(&w.timer, w.loop, write_byte, NULL);
    timer_make(&w.other, w.loop, check_hook_ran, NULL);
    timer_start(w.timer, 1, 0);
    loop_run(w.loop);
    close(pipe_ends[0]);
    close(pipe_ends[1]);
}

/* The first hook flushes; the second produces when the timer asked it to. */
static void flush_hook(void *arg)
{
    (void)arg;
    if (w.dirty) {
        w.dirty = false;
        w.done++;
    }
}

static void produce_hook(void *arg)
{
    (void)arg;
    if (w.wanted > 0) {
        w.wanted--;
        w.dirty = true;
        loop_again(w.loop);
    }
}

static void ask_for_work(void *arg)
{
    w.wanted = *(const int *)arg;
    timer_start(w.other, 20, 0);
}

static void check_flushed(void *arg)
{
    (void)arg;
    cr_assert_not(w.dirty);
    loop_stop(w.loop);
}

static void expect_flushed(int items)
{
    w.hook = loop_after_io(w.loop, flush_hook, NULL);
    w.second = loop_after_io(w.loop, produce_hook, NULL);
    timer_make(&w.timer, w.loop, ask_for_work, &items);
    timer_make(&w.other, w.loop, check_flushed, NULL);
    timer_start(w.timer, 1, 0);
    loop_run(w.loop);
    cr_assert_eq(w.done, items);
}

Test(loop, what_a_later_hook_produces_an_earlier_one_flushes_before_the_loop_sleeps)
{
    expect_flushed(1);
}

Test(loop, hooks_that_ask_again_go_on_past_any_number_of_rounds_without_a_sleep)
{
    expect_flushed(1000);
}

static void unhook_both(void *arg)
{
    (void)arg;
    w.hooks++;
    loop_unhook(&w.hook);
    loop_unhook(&w.second);
}

Test(loop, a_hook_may_take_itself_and_its_neighbour_out)
{
    w.hook = loop_after_io(w.loop, unhook_both, NULL);
    w.second = loop_after_io(w.loop, unhook_both, NULL);
    timer_make(&w.timer, w.loop, stop, NULL);
    timer_start(w.timer, 5, 0);
    loop_run(w.loop);
    cr_assert_eq(w.hooks, 1);
    loop_unhook(&w.hook);
}

static void stop_and_make_dirty(void *arg)
{
    (void)arg;
    w.dirty = true;
    loop_stop(w.loop);
}

Test(loop, what_the_last_turn_produced_is_flushed_before_the_run_ends)
{
    w.hook = loop_after_io(w.loop, flush_hook, NULL);
    timer_make(&w.timer, w.loop, stop_and_make_dirty, NULL);
    timer_start(w.timer, 1, 0);
    loop_run(w.loop);
    cr_assert_eq(w.done, 1);
}

Test(loop, it_can_run_again_after_it_was_stopped)
{
    w.wanted = 1;
    timer_make(&w.timer, w.loop, tick, NULL);
    timer_start(w.timer, 1, 0);
    loop_run(w.loop);
    w.wanted = 2;
    timer_start(w.timer, 1, 0);
    loop_run(w.loop);
    cr_assert_eq(w.ticks, 2);
}

/* ---- worker threads ---- */

static atomic_bool gate;

static void work(void *arg)
{
    (void)arg;
    cr_assert_not(pthread_equal(pthread_self(), w.loop_thread));
    while (!atomic_load(&gate))
        usleep(500);
    atomic_fetch_add(&w.worked, 1);
}

static void work_done(void *arg)
{
    (void)arg;
    cr_assert(pthread_equal(pthread_self(), w.loop_thread));
    if (++w.done == w.wanted)
        loop_stop(w.loop);
}

Test(loop, work_runs_on_another_thread_and_reports_on_the_loop)
{
    atomic_store(&gate, true);
    w.wanted = 3;
    for (int i = 0; i < 3; i++)
        cr_assert_eq(loop_work(w.loop, work, work_done, NULL), 0);
    cr_assert_eq(w.done, 0, "never inside loop_work");
    loop_run(w.loop);
    cr_assert_eq(w.done, 3);
    cr_assert_eq(atomic_load(&w.worked), 3);
}

Test(loop, work_beyond_the_limit_is_refused_and_accepted_again_later)
{
    atomic_store(&gate, false);
    loop_work_limit(w.loop, 2);
    w.wanted = 2;
    cr_assert_eq(loop_work(w.loop, work, work_done, NULL), 0);
    cr_assert_eq(loop_work(w.loop, work, work_done, NULL), 0);
    cr_assert_eq(loop_work(w.loop, work, work_done, NULL), ERR_BUSY);
    atomic_store(&gate, true);
    loop_run(w.loop);
    cr_assert_eq(w.done, 2);
    w.wanted = 3;
    cr_assert_eq(loop_work(w.loop, work, work_done, NULL), 0);
    loop_run(w.loop);
    cr_assert_eq(w.done, 3);
    cr_assert_eq(atomic_load(&w.worked), 3);
}

static void open_gate(void *arg)
{
    (void)arg;
    usleep(20000);
    atomic_store(&gate, true);
}

Test(loop, stopping_waits_for_work_that_is_open_so_that_it_is_reported)
{
    atomic_store(&gate, false);
    w.wanted = -1;
    cr_assert_eq(loop_work(w.loop, work, work_done, NULL), 0);
    cr_assert_eq(loop_work(w.loop, open_gate, work_done, NULL), 0);
    loop_stop(w.loop);
    loop_run(w.loop);
    cr_assert_eq(w.done, 2);
}

/* ---- signals ---- */

static void on_signal(void *arg, int signum)
{
    cr_assert_eq(arg, &w);
    cr_assert(signum == (w.signals == 0 ? SIGTERM : SIGINT));
    if (++w.signals == 2)
        loop_stop(w.loop);
    else
        kill(getpid(), SIGINT);
}

static void send_term(void *arg)
{
    (void)arg;
    kill(getpid(), SIGTERM);
}

Test(loop, both_signals_to_end_arrive_each_time)
{
    cr_assert_eq(loop_on_terminate(w.loop, on_signal, &w), 0);
    timer_make(&w.timer, w.loop, send_term, NULL);
    timer_start(w.timer, 1, 0);
    loop_run(w.loop);
    cr_assert_eq(w.signals, 2);
}
