/* Processes that a process has started, as /proc tells. */
#ifndef PARLEY_TEST_CHILDREN_H
#define PARLEY_TEST_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Writes at most max of them to pids; how many. */
size_t children_of(pid_t parent, pid_t *pids, size_t max);
/* One of them; 0: there is none. */
pid_t child_of(pid_t parent);
/* It has not ended, whether or not anybody was told of its end. */
bool child_is_alive(pid_t pid);

#endif
