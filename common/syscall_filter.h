/* The system calls that are left in the sandbox. */
#ifndef PARLEY_SYSCALL_FILTER_H
#define PARLEY_SYSCALL_FILTER_H

#include <stdbool.h>

/* For the whole process, for good. Every call that is not listed fails with EPERM. `reading`: files may be opened to be
 * read, which the caller has to have bounded otherwise. -1: it could not be set. */
int syscall_filter_install(bool reading);

#endif
