/* A program that is started for one job and ended with it: reads what it is given on descriptor 0, what it writes to
 * descriptor 1 is collected up to a bound, and it is killed at a deadline with its whole session. What it complains of
 * goes nowhere. Loop thread only. */
#ifndef PARLEY_CHILD_H
#define PARLEY_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include "str.h"

struct child;
struct loop;

struct child_job {
    const char *program;            /* path */
    const char *const *argv;        /* NULL-ended, the name first */
    const char *const *environment; /* all of it, NULL-ended */
    int input_fd;                   /* the caller's; may be closed when child_start() has returned */
    size_t max_output;
    uint64_t deadline_ms;
};

enum child_end {
    CHILD_EXITED, /* by itself; code is its status */
    CHILD_KILLED, /* by a signal that was not ours; code is its number */
    CHILD_LATE,   /* by us, at the deadline */
    CHILD_FLOOD   /* by us, as it wrote more than max_output */
};

struct child_result {
    enum child_end end;
    int code;
    struct str output; /* until the function returns */
    uint64_t took_ms;
};

/* Called once, when the process is gone and its output is at its end; the child is freed when it returns. */
typedef void child_fn(void *arg, const struct child_result *result);

/* ERR_INTERNAL: it could not be started (logged); then fn is not called. */
int child_start(struct child **child_r, struct loop *loop, const struct child_job *job, child_fn *fn, void *arg);
/* Kills it and waits for its death; fn is not called. NULL is no child. Not inside fn. */
void child_cancel(struct child **child);

/* "exited", for logs. */
const char *child_end_name(enum child_end end);

#endif
