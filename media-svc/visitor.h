/* What each person asks of this process: how often, and how many bodies of theirs are under way. In memory, bounded: of
 * whoever has nothing under way the one not heard of for longest is forgotten first. Loop thread only. */
#ifndef PARLEY_MEDIA_VISITOR_H
#define PARLEY_MEDIA_VISITOR_H

#include <stddef.h>
#include <stdint.h>

enum { VISITOR_BURST_S = 10 }; /* requests of so many seconds may come at once */

struct visitors;
/* per_s: requests a second, 0: any; at_once: bodies; max: people remembered. */
void visitors_create(struct visitors **visitors_r, int64_t per_s, int64_t at_once, size_t max);
void visitors_destroy(struct visitors **visitors);
/* A request came. ERR_RATE_LIMITED: too many have; *retry_ms_r is when another may. */
int visitor_asks(struct visitors *visitors, int64_t user, int64_t *retry_ms_r);
/* A body is to go either way. ERR_BUSY: as many as may are under way. After 0, visitor_leaves() when it has ended. */
int visitor_enters(struct visitors *visitors, int64_t user);
void visitor_leaves(struct visitors *visitors, int64_t user);

#endif
