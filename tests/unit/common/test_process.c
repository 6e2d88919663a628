/* What process.h promises, as far as it needs no Redis. The exit codes of tests are those of process_start. */
#include <criterion/criterion.h>
#include <criterion/redirect.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"

struct settings {
    struct process_config process;
    int64_t more;
};

static const struct config_row rows[] = {
    PROCESS_CONFIG_ROWS(struct settings),
    {"PARLEY_MORE", CONFIG_INT, offsetof(struct settings, more), "1", 0, 0, 0, "More of it."},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static struct process p;
static struct settings s;
static struct timer *timer;
static int drains;

/* Nothing listens there; the process must live with that. */
static void start(const char *option)
{
    char name[] = "parley-test", text[32] = "";
    char *argv[] = {name, text, NULL};

    if (option != NULL)
        snprintf(text, sizeof(text), "%s", option);
    setenv("PARLEY_REDIS_URL", "unix:///nonexistent/redis.sock", 0);
    setenv("PARLEY_DRAIN_MS", "50", 0);
    process_start(&p, "test", rows, ROWS, &s, option != NULL ? 2 : 1, argv);
}

static void terminate(void *arg)
{
    (void)arg;
    kill(getpid(), SIGTERM);
}

static void terminate_in_1_ms(void)
{
    timer_make(&timer, p.loop, terminate, NULL);
    timer_start(timer, 1, 0);
}

Test(process, help_ends_well, .exit_code = 0, .init = cr_redirect_stdout)
{
    start("--help");
    cr_assert_fail("went on");
}

Test(process, markdown_ends_well_without_any_configuration, .exit_code = 0, .init = cr_redirect_stdout)
{
    setenv("PARLEY_DRAIN_MS", "bad", 1);
    start("--config-markdown");
    cr_assert_fail("went on");
}

Test(process, an_unknown_option_is_refused, .exit_code = 64)
{
    start("--verbose");
    cr_assert_fail("went on");
}

Test(process, a_bad_setting_ends_with_78, .exit_code = 78)
{
    setenv("PARLEY_MORE", "much", 1);
    start(NULL);
    cr_assert_fail("went on");
}

Test(process, a_bad_log_level_ends_with_78, .exit_code = 78)
{
    setenv("PARLEY_LOG_LEVEL", "loud", 1);
    start(NULL);
    cr_assert_fail("went on");
}

Test(process, a_bad_redis_url_ends_with_78, .exit_code = 78)
{
    setenv("PARLEY_REDIS_URL", "http://localhost", 1);
    start(NULL);
    cr_assert_fail("went on");
}

Test(process, a_bad_redis_url_is_named_before_anything_starts, .exit_code = 78, .init = cr_redirect_stdout)
{
    setenv("PARLEY_REDIS_URL", "redis+cluster://h:1,", 1);
    start("--print-config");
    cr_assert_fail("went on");
}

Test(process, an_admin_port_that_cannot_be_bound_ends_with_1, .exit_code = 1)
{
    setenv("PARLEY_ADMIN_LISTEN", "192.0.2.1:1", 1);
    start(NULL);
    cr_assert_fail("went on");
}

Test(process, it_has_an_id_of_16_hex_digits_and_all_the_files_it_may_have)
{
    struct rlimit files = {.rlim_cur = 64};
    struct rlimit now;

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = 128;
    setrlimit(RLIMIT_NOFILE, &files);
    start(NULL);
    cr_assert_eq(strlen(p.id), 16);
    cr_assert_eq(strspn(p.id, "0123456789abcdef"), 16);
    getrlimit(RLIMIT_NOFILE, &now);
    cr_assert_gt(now.rlim_cur, 128);
    cr_assert_eq(s.more, 1);
    cr_assert_eq(process_end(&p), 1, "it never ran");
}

Test(process, without_a_drain_function_the_first_signal_ends_it)
{
    start(NULL);
    terminate_in_1_ms();
    process_run(&p, NULL, NULL, NULL);
    cr_assert(p.draining);
    timer_destroy(&timer);
    cr_assert_eq(process_end(&p), 0);
}

static void end_drain(void *arg)
{
    (void)arg;
    process_drained(&p);
}

static void drain_a_little(void *arg)
{
    cr_assert_eq(arg, &drains);
    cr_assert(p.draining);
    drains++;
    timer_destroy(&timer);
    timer_make(&timer, p.loop, end_drain, NULL);
    timer_start(timer, 5, 0);
}

Test(process, draining_is_asked_for_once_and_waited_for)
{
    setenv("PARLEY_DRAIN_MS", "60000", 1);
    start(NULL);
    terminate_in_1_ms();
    process_run(&p, NULL, drain_a_little, &drains);
    cr_assert_eq(drains, 1);
    timer_destroy(&timer);
    cr_assert_eq(process_end(&p), 0);
}

static void never_drained(void *arg)
{
    (void)arg;
    drains++;
}

Test(process, a_drain_that_does_not_end_is_ended, .timeout = 20)
{
    int64_t begin;

    start(NULL);
    terminate_in_1_ms();
    begin = clock_mono_ms();
    process_run(&p, NULL, never_drained, NULL);
    cr_assert_geq(clock_mono_ms() - begin, 50);
    cr_assert_eq(drains, 1);
    timer_destroy(&timer);
    cr_assert_eq(process_end(&p), 0);
}

static void drain_and_be_hurried(void *arg)
{
    (void)arg;
    drains++;
    kill(getpid(), SIGINT);
}

Test(process, a_second_signal_ends_it_at_once, .timeout = 20)
{
    setenv("PARLEY_DRAIN_MS", "600000", 1);
    start(NULL);
    terminate_in_1_ms();
    process_run(&p, NULL, drain_and_be_hurried, NULL);
    cr_assert_eq(drains, 1);
    timer_destroy(&timer);
    cr_assert_eq(process_end(&p), 0);
}
