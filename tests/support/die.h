/* What cannot be started is said on stderr and ends the process: no test can go on without it. */
#ifndef PARLEY_TEST_DIE_H
#define PARLEY_TEST_DIE_H

#include <stdio.h>
#include <stdlib.h>

/* DIE("no free port: %s", …): a line, with the file that says it before it. */
#define DIE(...)                                \
    do {                                        \
        fprintf(stderr, "%s: ", __FILE_NAME__); \
        fprintf(stderr, __VA_ARGS__);           \
        fputc('\n', stderr);                    \
        exit(1);                                \
    } while (0)

#endif
