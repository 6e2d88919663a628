/* Subscribes to the channels of rooms and users that have connections here. */
#include "channels.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "ops.h"
#include "session.h"

static void name_of(const struct channel *c, char name[40])
{
    snprintf(name, 40, "%s:{%" PRId64 "}", c->kind == CHANNEL_ROOM ? "room" : "user", c->id);
}

static void seat_confirmed(void *arg, struct seat *seat)
{
    struct session *s = session_of(seat->subscriber);
    struct frame *then = seat->then;
    (void)arg;
    seat->then = NULL;
    if (then && s->state == SESSION_READY)
        session_send(s, then);
    frame_unref(&then);
    op_hello_confirmed(s);
}

/* Not called any more once the channel is unsubscribed, and so not for one that is gone. */
static void confirmed(void *arg, int err)
{
    struct channel *c = arg;
    /* On an error the bus asks again by itself; channels_restored() confirms then. */
    if (!err && !c->confirmed)
        room_index_confirm(c, seat_confirmed, NULL);
}

void channels_first(void *arg, struct channel *channel)
{
    struct gateway *gw = arg;
    char name[40];
    name_of(channel, name);
    bus_subscribe(gw->process.bus, str_of(name), events_message, gw, confirmed, channel);
}

void channels_last(void *arg, struct channel *channel)
{
    struct gateway *gw = arg;
    char name[40];
    name_of(channel, name);
    bus_unsubscribe(gw->process.bus, str_of(name));
}

void channel_stands(struct channel *channel, int64_t head, int64_t mver)
{
    channel->known = true;
    channel->last_seq = head;
    channel->mver = mver;
    channel->forwarded_ms = clock_mono_ms();
}

/* Confirming may make sessions join further channels, so that the index must not be walked meanwhile. */
struct waiting_channels {
    struct gateway *gw;
    int64_t *ids;
    size_t n;
};

static bool collect_waiting(void *arg, struct channel *channel)
{
    struct waiting_channels *w = arg;
    if (!channel->confirmed)
        w->ids[w->n++] = channel->id;
    return true;
}

/* One that was asked for a moment ago is not, and will be confirmed by itself. */
static bool is_in_force(const struct gateway *gw, const struct channel *c)
{
    char name[40];
    name_of(c, name);
    return bus_subscribed(gw->process.bus, str_of(name));
}

bool channel_lost_since(const struct gateway *gw, const struct channel *channel, uint64_t epoch)
{
    char name[40];
    name_of(channel, name);
    return bus_lost_epoch(gw->process.bus, str_of(name)) > epoch;
}

void channels_restored(struct gateway *gw)
{
    for (int kind = 0; kind < CHANNEL_KINDS; kind++) {
        struct waiting_channels w = {.gw = gw};
        w.ids = xcalloc(room_index_count(gw->index, (enum channel_kind)kind) + 1, sizeof(*w.ids));
        room_index_each(gw->index, (enum channel_kind)kind, collect_waiting, &w);
        for (size_t i = 0; i < w.n; i++) {
            struct channel *c = room_index_find(gw->index, (enum channel_kind)kind, w.ids[i]);
            if (c && !c->confirmed && is_in_force(gw, c))
                room_index_confirm(c, seat_confirmed, gw);
        }
        free(w.ids);
    }
}
