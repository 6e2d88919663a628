/* What a room's connections are to be written next: frames that wait for the next round of writes, so that in a burst
 * each connection is touched once for many of them. All see the same, but for what an author sees otherwise. Belongs to
 * its channel; loop thread only. */
#ifndef PARLEY_GATEWAY_BUNDLE_H
#define PARLEY_GATEWAY_BUNDLE_H

#include <stdbool.h>
#include <stdint.h>

#include "frame.h"
#include "list.h"

struct channel;
struct delivery;
struct bundle_item;
struct bundle_view;

struct bundle {
    struct list link; /* in the list of bundles that wait */
    struct channel *channel;
    size_t count, bytes; /* of frames as all see them */
    size_t ephemeral;    /* how many of them may be left out */

    struct delivery *delivery; /* of its events; held by their frames. NULL: there are none */

    struct bundle_item *items;
    size_t cap;
    struct frame *plain;       /* all of them as most see them; NULL: not joined yet */
    struct bundle_view *views; /* as users see them who see some otherwise */
    size_t view_count;
    uint64_t others; /* those users: a bit for each rest by 64 */
};

/* An empty one, at the end of the list. */
void bundle_create(struct bundle **bundle_r, struct channel *channel, struct list *all);
/* Takes references. `user` gets `own` instead of `plain`, or, when that is NULL, nothing; user 0: nobody. `ephemeral`:
 * it may be left out. */
void bundle_add(struct bundle *bundle, struct frame *plain, int64_t user, struct frame *own, bool ephemeral);
/* What the user gets of it, without the first `after` frames, and without what may be left out unless `all`. One
 * reference, the caller's; NULL: nothing. */
struct frame *bundle_frame(struct bundle *bundle, int64_t user, size_t after, bool all);
/* Out of the list, too. Harmless without one. */
void bundle_destroy(struct bundle **bundle);

#endif
