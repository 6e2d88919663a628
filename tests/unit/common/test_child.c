/* What child.h promises, on real programs. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "err.h"
#include "loop.h"

enum { LONG_MS = 20000 };

static struct {
    struct loop *loop;
    struct child *child;
    int calls, code, input;
    enum child_end end;
    char output[4096];
    size_t n;
} w;

static void open_world(void)
{
    cr_assert_eq(loop_create(&w.loop), 0);
    w.input = memfd_create("input", MFD_CLOEXEC);
    cr_assert_geq(w.input, 0);
    cr_assert_eq(write(w.input, "hello", 5), 5);
    cr_assert_eq(lseek(w.input, 0, SEEK_SET), 0);
}
static void close_world(void)
{
    close(w.input);
    loop_destroy(&w.loop);
}

TestSuite(child, .init = open_world, .fini = close_world, .timeout = 60);

static void on_end(void *arg, const struct child_result *result)
{
    (void)arg;
    w.calls++;
    w.end = result->end;
    w.code = result->code;
    w.n = result->output.n;
    if (w.n > 0)
        memcpy(w.output, result->output.p, w.n < sizeof w.output ? w.n : sizeof w.output);
    loop_stop(w.loop);
}

static int start(const char *script, size_t max_output, uint64_t deadline_ms)
{
    const char *const argv[] = {"sh", "-c", script, NULL}, *const environment[] = {"ONE=1", "PATH=/usr/bin:/bin", NULL};
    const struct child_job job = {.program = "/bin/sh",
                                  .argv = argv,
                                  .environment = environment,
                                  .input_fd = w.input,
                                  .max_output = max_output,
                                  .deadline_ms = deadline_ms};

    return child_start(&w.child, w.loop, &job, on_end, NULL);
}
static void run(const char *script, size_t max_output, uint64_t deadline_ms)
{
    cr_assert_eq(start(script, max_output, deadline_ms), 0);
    cr_assert_eq(w.calls, 0, "it called back before it returned");
    loop_run(w.loop);
    cr_assert_eq(w.calls, 1);
}
static void says(const char *text)
{
    cr_assert(w.n == strlen(text) && memcmp(w.output, text, w.n) == 0, "it said %.*s", (int)w.n, w.output);
}

Test(child, its_output_and_its_status_come_back)
{
    run("cat; exit 3", 4096, LONG_MS);
    cr_assert(w.end == CHILD_EXITED && w.code == 3, "%s %d", child_end_name(w.end), w.code);
    says("hello");
}

Test(child, it_has_the_environment_it_was_given_and_none_of_ours)
{
    cr_assert_eq(setenv("SECRET", "of the parent", 1), 0);
    run("echo \"$ONE$SECRET\"; echo lost >&2", 4096, LONG_MS);
    says("1\n");
}

Test(child, output_up_to_the_bound_is_taken_and_a_byte_more_is_not)
{
    run("printf 12345678", 8, LONG_MS);
    cr_assert_eq(w.end, CHILD_EXITED);
    says("12345678");
    w.calls = 0;
    run("printf 123456789; exec sleep 1000", 8, LONG_MS);
    cr_assert_eq(w.end, CHILD_FLOOD);
    w.calls = 0;
    run("yes", 4096, LONG_MS);
    cr_assert_eq(w.end, CHILD_FLOOD);
}

Test(child, its_death_by_a_signal_is_told)
{
    run("kill -9 $$", 8, LONG_MS);
    cr_assert(w.end == CHILD_KILLED && w.code == SIGKILL);
}

/* A pipe that the child inherits is at its end when the last that holds it is gone. */
static int inherited_pipe(int *ours_to_close)
{
    int ends[2];

    cr_assert_eq(pipe(ends), 0);
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    *ours_to_close = ends[1];
    return ends[0];
}
static void all_die(int held, int ours_to_close)
{
    char byte;

    close(ours_to_close);
    cr_assert_eq(read(held, &byte, 1), 0, "%s", strerror(errno));
    close(held);
}

Test(child, at_the_deadline_it_dies_with_all_that_it_started)
{
    int ours, held = inherited_pipe(&ours);

    run("sleep 1000 & sleep 1000 & wait", 8, 200);
    cr_assert_eq(w.end, CHILD_LATE);
    all_die(held, ours);
}

Test(child, what_outlives_it_and_holds_its_output_dies_at_the_deadline)
{
    int ours, held = inherited_pipe(&ours);

    run("sleep 1000 & exit 0", 8, 500);
    cr_assert_eq(w.end, CHILD_LATE);
    all_die(held, ours);
}

Test(child, a_cancelled_one_is_dead_and_never_calls)
{
    int ours, held = inherited_pipe(&ours);

    cr_assert_eq(start("sleep 1000 & wait", 8, LONG_MS), 0);
    child_cancel(&w.child);
    cr_assert_null(w.child);
    all_die(held, ours);
    cr_assert_eq(w.calls, 0);
}

Test(child, what_cannot_be_started_is_an_error_at_once)
{
    const char *const argv[] = {"none", NULL}, *const environment[] = {NULL};
    const struct child_job job = {.program = "/nonexistent/program",
                                  .argv = argv,
                                  .environment = environment,
                                  .input_fd = w.input,
                                  .max_output = 8,
                                  .deadline_ms = LONG_MS};

    cr_assert_eq(child_start(&w.child, w.loop, &job, on_end, NULL), ERR_INTERNAL);
    cr_assert_eq(w.calls, 0);
}
