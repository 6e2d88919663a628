/* The one event loop of a process (libuv): timers, signals, worker threads and hooks. Made in main, handed
 * down. Everything runs on the loop thread but the work function of loop_work(). */
#ifndef PARLEY_LOOP_H
#define PARLEY_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct loop;
struct timer;

int loop_create(struct loop **loop_r);
/* Runs what is left of closing handles, then frees. Everything made on the loop must be destroyed before;
 * asserts that nothing is left open. */
void loop_destroy(struct loop **loop);
/* Runs until loop_stop(), and then on until no loop_work() is open. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop);

/* Calls fn on SIGTERM and SIGINT, each time. One per loop. */
typedef void loop_signal_fn(void *arg, int signum);
int loop_on_terminate(struct loop *loop, loop_signal_fn *fn, void *arg);

/* A timer; armed by timer_start, repeats when repeat_ms > 0. Starting an armed one re-arms it. May be destroyed
 * inside its own function. (timer_create would clash with POSIX's.) */
typedef void timer_fn(void *arg);
void timer_make(struct timer **timer_r, struct loop *loop, timer_fn *fn, void *arg);
void timer_start(struct timer *timer, uint64_t after_ms, uint64_t repeat_ms);
void timer_stop(struct timer *timer);
void timer_destroy(struct timer **timer);

/* Called each turn, after its I/O and timers were handled and before the loop sleeps, at least twice: for flushing
 * what the turn produced and freeing what it closed. Hooks run in the order they were made; the later call lets an
 * earlier one flush what a later one produced. Returns a handle for loop_unhook. */
struct loop_hook;
typedef void loop_hook_fn(void *arg);
struct loop_hook *loop_after_io(struct loop *loop, loop_hook_fn *fn, void *arg);
void loop_unhook(struct loop_hook **hook);
/* In a hook: call the hooks once more before the loop sleeps. */
void loop_again(struct loop *loop);

/* Runs `work` on a worker thread, then `done` on the loop. At most `loop_work_limit` are queued or running
 * in all; beyond that ERR_BUSY, and neither is called. `arg` must outlive done. */
typedef void loop_work_fn(void *arg);
int loop_work(struct loop *loop, loop_work_fn *work, loop_work_fn *done, void *arg);
void loop_work_limit(struct loop *loop, size_t limit);

/* For the modules that adapt a library to the loop (bus, db, httpd) and no other: the uv_loop_t. */
void *loop_uv(struct loop *loop);

#endif
