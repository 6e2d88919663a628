/* The event loop: libuv with hooks that run before it sleeps, timers that free themselves, bounded work. */
#include "loop.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <uv.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "list.h"
#include "log.h"

enum {
    DEFAULT_WORK_LIMIT = 64,
    ROUNDS = 2,      /* of the hooks in one turn, see run_hooks() */
    MAX_ROUNDS = 8,  /* when hooks ask for more by loop_again() */
    CLOSE_TURNS = 64 /* a close callback may close more; so deep is a bug */
};

struct loop {
    uv_loop_t uv;
    uv_prepare_t before_sleep;
    uv_idle_t awake; /* active: the next turn does not sleep */
    uv_signal_t on_term, on_int;
    bool signals, again, running_hooks;
    loop_signal_fn *signal_fn;
    void *signal_arg;
    struct list hooks;
    size_t work_open, work_limit;
};

struct loop_hook {
    struct list in_loop;
    struct loop *loop;
    loop_hook_fn *fn; /* NULL: unhooked, freed when the round is over */
    void *arg;
};

struct timer {
    uv_timer_t uv;
    timer_fn *fn;
    void *arg;
};

struct work {
    uv_work_t uv;
    struct loop *loop;
    loop_work_fn *work, *done;
    void *arg;
};

/* ---- hooks ---- */

static void run_round(struct loop *loop)
{
    LIST_EACH (&loop->hooks, it) {
        struct loop_hook *hook = LIST_ITEM(it, struct loop_hook, in_loop);

        if (hook->fn != NULL)
            hook->fn(hook->arg);
    }
}

/* What one hook produces another may have to flush, in whatever order they were made: so a second round always
 * follows, and more as long as loop_again() is called. A hook that has nothing to do costs a look at its list.
 * After MAX_ROUNDS I/O goes first, but the loop does not sleep on it. */
static void run_hooks(struct loop *loop)
{
    loop->running_hooks = true;
    for (int round = 0; round < ROUNDS || (loop->again && round < MAX_ROUNDS); round++) {
        loop->again = false;
        run_round(loop);
    }
    loop->running_hooks = false;
    LIST_EACH (&loop->hooks, it) {
        struct loop_hook *hook = LIST_ITEM(it, struct loop_hook, in_loop);

        if (hook->fn == NULL) {
            list_remove(&hook->in_loop);
            free(hook);
        }
    }
}

static void on_awake(uv_idle_t *idle)
{
    uv_idle_stop(idle);
}

/* libuv turns through timers, prepare, sleep and I/O, check, closing. Prepare is the one place that comes after
 * all of what a turn can produce (its I/O, its close callbacks, the timers due since) and before the sleep; a
 * check hook would miss what timers queue. */
static void on_prepare(uv_prepare_t *prepare)
{
    struct loop *loop = prepare->data;

    run_hooks(loop);
    if (loop->again)
        uv_idle_start(&loop->awake, on_awake);
}

struct loop_hook *loop_after_io(struct loop *loop, loop_hook_fn *fn, void *arg)
{
    struct loop_hook *hook = xcalloc(1, sizeof(*hook));

    hook->loop = loop;
    hook->fn = fn;
    hook->arg = arg;
    list_init(&hook->in_loop);
    list_push(&loop->hooks, &hook->in_loop);
    return hook;
}

void loop_unhook(struct loop_hook **hook)
{
    struct loop_hook *h = *hook;

    *hook = NULL;
    if (h == NULL)
        return;
    h->fn = NULL;
    /* During a round the walk may stand on it or on its neighbour. */
    if (h->loop->running_hooks)
        return;
    list_remove(&h->in_loop);
    free(h);
}

void loop_again(struct loop *loop)
{
    loop->again = true;
}

/* ---- the loop ---- */

int loop_create(struct loop **loop_r)
{
    struct loop *loop = xcalloc(1, sizeof(*loop));
    int rc = uv_loop_init(&loop->uv);

    if (rc != 0) {
        log_error(NULL, "event loop not made", "why=\"%s\"", uv_strerror(rc));
        free(loop);
        return ERR_INTERNAL;
    }
    list_init(&loop->hooks);
    loop->work_limit = DEFAULT_WORK_LIMIT;
    uv_prepare_init(&loop->uv, &loop->before_sleep);
    uv_idle_init(&loop->uv, &loop->awake);
    loop->before_sleep.data = loop;
    uv_prepare_start(&loop->before_sleep, on_prepare);
    *loop_r = loop;
    return 0;
}

static void say_open(uv_handle_t *handle, void *arg)
{
    const char *name = uv_handle_type_name(handle->type);

    (void)arg;
    log_error(NULL, "handle left open", "type=%s active=%d", name != NULL ? name : "?", uv_is_active(handle));
}

void loop_destroy(struct loop **loop_p)
{
    struct loop *loop = *loop_p;
    int rc = UV_EBUSY;

    if (loop == NULL)
        return;
    *loop_p = NULL;
    assert(loop->work_open == 0 && list_empty(&loop->hooks));
    uv_close((uv_handle_t *)&loop->before_sleep, NULL);
    uv_close((uv_handle_t *)&loop->awake, NULL);
    if (loop->signals) {
        uv_close((uv_handle_t *)&loop->on_term, NULL);
        uv_close((uv_handle_t *)&loop->on_int, NULL);
    }
    /* Never a turn that could sleep: what is still open would hold it for ever. */
    for (int i = 0; i < CLOSE_TURNS && rc == UV_EBUSY; i++) {
        uv_run(&loop->uv, UV_RUN_NOWAIT);
        rc = uv_loop_close(&loop->uv);
    }
    if (rc != 0)
        uv_walk(&loop->uv, say_open, NULL);
    assert(rc == 0);
    free(loop);
}

void loop_run(struct loop *loop)
{
    uv_run(&loop->uv, UV_RUN_DEFAULT);
    /* What the last turn produced. */
    run_hooks(loop);
    /* Worker threads cannot be called back, and whoever waits for them is still there to be told. */
    while (loop->work_open > 0)
        uv_run(&loop->uv, UV_RUN_ONCE);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

static void on_signal(uv_signal_t *handle, int signum)
{
    struct loop *loop = handle->data;

    loop->signal_fn(loop->signal_arg, signum);
}

int loop_on_terminate(struct loop *loop, loop_signal_fn *fn, void *arg)
{
    assert(!loop->signals);
    if (uv_signal_init(&loop->uv, &loop->on_term) != 0)
        return ERR_INTERNAL;
    if (uv_signal_init(&loop->uv, &loop->on_int) != 0) {
        uv_close((uv_handle_t *)&loop->on_term, NULL);
        return ERR_INTERNAL;
    }
    loop->signals = true;
    loop->signal_fn = fn;
    loop->signal_arg = arg;
    loop->on_term.data = loop->on_int.data = loop;
    if (uv_signal_start(&loop->on_term, on_signal, SIGTERM) != 0 ||
        uv_signal_start(&loop->on_int, on_signal, SIGINT) != 0)
        return ERR_INTERNAL;
    return 0;
}

void *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

/* ---- timers ---- */

static void on_timer(uv_timer_t *uv)
{
    struct timer *timer = uv->data;

    timer->fn(timer->arg);
}

static void on_timer_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void timer_make(struct timer **timer_r, struct loop *loop, timer_fn *fn, void *arg)
{
    struct timer *timer = xcalloc(1, sizeof(*timer));

    uv_timer_init(&loop->uv, &timer->uv);
    timer->uv.data = timer;
    timer->fn = fn;
    timer->arg = arg;
    *timer_r = timer;
}

void timer_start(struct timer *timer, uint64_t after_ms, uint64_t repeat_ms)
{
    /* libuv counts from the begin of the turn, or from before the loop ran: the timer would be early. */
    uv_update_time(timer->uv.loop);
    uv_timer_start(&timer->uv, on_timer, after_ms, repeat_ms);
}

void timer_stop(struct timer *timer)
{
    uv_timer_stop(&timer->uv);
}

/* libuv calls a closed handle back only to free it, and never inside uv_close(): so this is safe in the timer's
 * own callback too. */
void timer_destroy(struct timer **timer)
{
    if (*timer == NULL)
        return;
    uv_close((uv_handle_t *)&(*timer)->uv, on_timer_closed);
    *timer = NULL;
}

/* ---- worker threads ---- */

static void on_work(uv_work_t *uv)
{
    struct work *w = uv->data;

    w->work(w->arg);
}

static void on_work_done(uv_work_t *uv, int status)
{
    struct work *w = uv->data;

    (void)status; /* Not zero only after uv_cancel, which nobody calls. */
    w->loop->work_open--;
    w->done(w->arg);
    free(w);
}

int loop_work(struct loop *loop, loop_work_fn *work, loop_work_fn *done, void *arg)
{
    struct work *w;

    if (loop->work_open >= loop->work_limit)
        return ERR_BUSY;
    w = xcalloc(1, sizeof(*w));
    w->loop = loop;
    w->work = work;
    w->done = done;
    w->arg = arg;
    w->uv.data = w;
    if (uv_queue_work(&loop->uv, &w->uv, on_work, on_work_done) != 0) {
        free(w);
        return ERR_INTERNAL;
    }
    loop->work_open++;
    return 0;
}

void loop_work_limit(struct loop *loop, size_t limit)
{
    loop->work_limit = limit;
}
