/* Children by libuv: a process handle, a pipe for what it writes, a timer for its deadline. */
#include "child.h"

#include <assert.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <uv.h>

#include "alloc.h"
#include "buf.h"
#include "err.h"
#include "log.h"
#include "loop.h"

enum { READ_BYTES = 64 << 10 };

struct child {
    uv_process_t process;
    uv_pipe_t output;
    uv_timer_t deadline;
    struct buf collected;
    char block[READ_BYTES];
    size_t max_output;
    uint64_t started_ms;
    child_fn *fn;
    void *arg;
    int handles; /* that are not closed yet */
    enum child_end end;
    int code;
    bool exited, drained, closing;
};

const char *child_end_name(enum child_end end)
{
    static const char *const names[] = {
        [CHILD_EXITED] = "exited", [CHILD_KILLED] = "killed", [CHILD_LATE] = "late", [CHILD_FLOOD] = "flood"};

    return names[end];
}

static void on_closed(uv_handle_t *handle)
{
    struct child *child = handle->data;

    if (--child->handles > 0)
        return;
    buf_fini(&child->collected);
    free(child);
}

static void close_all(struct child *child)
{
    child->closing = true;
    uv_close((uv_handle_t *)&child->process, on_closed);
    uv_close((uv_handle_t *)&child->output, on_closed);
    uv_close((uv_handle_t *)&child->deadline, on_closed);
}

/* Its session has its number: whatever it may have started is in it. That is also so when the process itself is gone
 * and something holds its output open; numbers of processes come round far later than at a deadline. */
static void kill_session(struct child *child)
{
    kill(-child->process.pid, SIGKILL);
    if (!child->exited)
        kill(child->process.pid, SIGKILL);
}

static void finish_when_done(struct child *child)
{
    struct child_result result;

    if (!child->exited || !child->drained || child->closing)
        return;
    result = (struct child_result){.end = child->end,
                                   .code = child->code,
                                   .output = buf_view(&child->collected),
                                   .took_ms = uv_now(child->process.loop) - child->started_ms};
    /* Closed first: handles live until the next turn, and so does the child. */
    close_all(child);
    child->fn(child->arg, &result);
}

/* Nothing more of its output is wanted. */
static void stop_reading(struct child *child)
{
    uv_read_stop((uv_stream_t *)&child->output);
    child->drained = true;
}

static void end_early(struct child *child, enum child_end why)
{
    child->end = why;
    kill_session(child);
    stop_reading(child);
    finish_when_done(child);
}

static void on_exit_status(uv_process_t *process, int64_t status, int signum)
{
    struct child *child = process->data;

    child->exited = true;
    if (child->end == CHILD_EXITED && signum != 0)
        child->end = CHILD_KILLED;
    child->code = signum != 0 ? signum : (int)status;
    finish_when_done(child);
}

static void on_deadline(uv_timer_t *timer)
{
    end_early(timer->data, CHILD_LATE);
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
    struct child *child = handle->data;

    (void)suggested;
    *buf = uv_buf_init(child->block, sizeof(child->block));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
    struct child *child = stream->data;

    if (n < 0) {
        stop_reading(child);
        finish_when_done(child);
        return;
    }
    if ((size_t)n > child->max_output - child->collected.n) {
        end_early(child, CHILD_FLOOD);
        return;
    }
    buf_put(&child->collected, buf->base, (size_t)n);
}

static int spawn(struct child *child, uv_loop_t *uv, const struct child_job *job)
{
    uv_stdio_container_t stdio[] = {
        {.flags = UV_INHERIT_FD, .data.fd = job->input_fd},
        {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE, .data.stream = (uv_stream_t *)&child->output},
        {.flags = UV_IGNORE},
    };
    /* libuv reads both lists only, and has no const for it. */
    union {
        const char *const *ours;
        char **theirs;
    } args = {job->argv}, env = {job->environment};
    const uv_process_options_t options = {.exit_cb = on_exit_status,
                                          .file = job->program,
                                          .args = args.theirs,
                                          .env = env.theirs,
                                          .flags = UV_PROCESS_DETACHED,
                                          .stdio_count = 3,
                                          .stdio = stdio};

    return uv_spawn(uv, &child->process, &options);
}

int child_start(struct child **child_r, struct loop *loop, const struct child_job *job, child_fn *fn, void *arg)
{
    struct child *child = xcalloc(1, sizeof(*child));
    uv_loop_t *uv = loop_uv(loop);
    int rc;

    child->max_output = job->max_output;
    child->fn = fn;
    child->arg = arg;
    child->handles = 3;
    uv_pipe_init(uv, &child->output, 0);
    uv_timer_init(uv, &child->deadline);
    child->process.data = child->output.data = child->deadline.data = child;
    rc = spawn(child, uv, job);
    /* Then there is no process whose number could be meant. */
    child->exited = rc != 0;
    if (rc == 0)
        rc = uv_read_start((uv_stream_t *)&child->output, on_alloc, on_read);
    if (rc != 0) {
        log_error(NULL, "program not started", "program=%s why=\"%s\"", job->program, uv_strerror(rc));
        child_cancel(&child);
        return ERR_INTERNAL;
    }
    uv_update_time(uv);
    child->started_ms = uv_now(uv);
    uv_timer_start(&child->deadline, on_deadline, job->deadline_ms, 0);
    *child_r = child;
    return 0;
}

void child_cancel(struct child **child_p)
{
    struct child *child = *child_p;

    if (child == NULL)
        return;
    *child_p = NULL;
    assert(!child->closing);
    /* libuv forgets a process whose handle is closed, so it is waited for here; a killed one is gone at once. */
    if (!child->exited && child->process.pid > 0) {
        kill_session(child);
        waitpid(child->process.pid, NULL, 0);
    }
    close_all(child);
}
