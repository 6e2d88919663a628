/* Opens a connected, non-blocking socket to where Redis is. Numbers are dialled at once; a name is resolved anew
 * for each try, on a worker thread, and its addresses are tried in turn. Loop thread only. */
#ifndef PARLEY_BUS_DIAL_H
#define PARLEY_BUS_DIAL_H

#include "bus_address.h"
#include "loop.h"

struct bus_dial;

/* A descriptor, the receiver's to close; or -1 and the errno-style reason. */
typedef void bus_dial_fn(void *arg, int fd, const char *why);
void bus_dial_create(struct bus_dial **dial_r, struct loop *loop, const struct bus_address *address, bus_dial_fn *fn,
                     void *arg);
/* Begin; none may be under way. 0: fn is called once, later. Otherwise it is not, and *why_r says what is wrong. */
int bus_dial_start(struct bus_dial *dial, const char **why_r);
/* Give up what is under way: fn is not called. Harmless when nothing is. */
void bus_dial_stop(struct bus_dial *dial);
void bus_dial_destroy(struct bus_dial **dial);

#endif
