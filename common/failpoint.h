/* Places where a test makes a process fail at one exact moment. They exist only in builds with PARLEY_FAILPOINTS (the
 * test builds); elsewhere they compile to nothing. A test arms one by writing a file into the directory that the
 * process was started with in PARLEY_FAILPOINT_DIR: its name is the failpoint's, its text what is to happen. The first
 * one to come by removes the file and does it, so a failpoint strikes once. docs/delivery.md lists them. */
#ifndef PARLEY_FAILPOINT_H
#define PARLEY_FAILPOINT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef PARLEY_FAILPOINTS

/* "kill": die as by kill -9. "stop": stand still until SIGCONT. "sleep <ms>": block so long. Anything else, and no
 * file: nothing. */
void failpoint_hit(const char *name);
/* True once when the file says "fail": what follows is to fail as it would by itself. */
bool failpoint_fails(const char *name);
/* The number in the file, which stays: a value that holds as long as the file does. 0 without one. Looked up at most
 * ten times a second. */
int64_t failpoint_clock_offset_ms(void);
/* True once when the file "alloc.fails" says "fail": the allocation asked for finds no memory. Looked for at most ten
 * times a second. Any thread. */
bool failpoint_memory_is_out(void);

#define FAILPOINT(name) failpoint_hit(name)
#define FAILPOINT_FAILS(name) failpoint_fails(name)
#define FAILPOINT_MEMORY_IS_OUT() failpoint_memory_is_out()

#else

#define FAILPOINT(name) ((void)0)
#define FAILPOINT_FAILS(name) false
#define FAILPOINT_MEMORY_IS_OUT() false

#endif

#endif
