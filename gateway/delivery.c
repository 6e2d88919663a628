/* Measures the way of events from their arrival to the sockets. */
#include "delivery.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "gateway.h"

enum { TS_WITHIN = 256 }; /* it stands before anything that a person wrote */

/* The moment that msg-svc gave the event, just before its commit. 0: it has none. */
static int64_t ts_of(struct str json)
{
    static const char member[] = "\"ts\":";
    const char *at = memmem(json.p, json.n < TS_WITHIN ? json.n : TS_WITHIN, member, sizeof(member) - 1);
    return at ? strtoll(at + sizeof(member) - 1, NULL, 10) : 0;
}

/* Each event counts, also of a burst that went out as one; those between the first and the last are taken to have come
 * evenly. */
static void observe(const struct delivery *d, struct metric *m, int64_t to_us)
{
    for (int64_t i = 0; i < d->count; i++) {
        int64_t since_first_us = d->count > 1 ? (d->last_ts_ms - d->ts_ms) * 1000 * i / (d->count - 1) : 0;
        int64_t from_us = d->ts_ms * 1000 + since_first_us;
        metric_observe_us(m, to_us > from_us ? to_us - from_us : 0);
    }
}

static void delivery_done(struct frame_watch *watch)
{
    struct delivery *d = LIST_ITEM(watch, struct delivery, watch);
    if (watch->sockets > 0) {
        int64_t first_us = hops_wall_us(watch->first_us), last_us = clock_wall_us();
        observe(d, d->gw->m.fan_out_first, first_us);
        observe(d, d->gw->m.fan_out_last, last_us);
        hops_note(d->gw->process.hops, &(struct hop){.kind = HOP_FANNED,
                                                     .room = d->room,
                                                     .seq = d->seq,
                                                     .last = d->last,
                                                     .sockets = watch->sockets,
                                                     .at_us = {d->received_us, first_us, last_us}});
    }
    free(d);
}

void delivery_add(struct delivery **delivery_r, struct gateway *gw, const struct event_header *h, struct frame *plain,
                  struct frame *own)
{
    struct delivery *d = *delivery_r;
    int64_t ts_ms = ts_of(h->json);
    if (!d) {
        *delivery_r = d = xcalloc(1, sizeof(*d));
        d->watch.done = delivery_done;
        d->gw = gw;
        d->room = h->room;
        d->seq = h->seq;
        d->received_us = clock_wall_us();
        d->ts_ms = ts_ms > 0 ? ts_ms : d->received_us / 1000;
    }
    d->count++;
    d->last = h->seq;
    d->last_ts_ms = ts_ms > d->ts_ms ? ts_ms : d->ts_ms;
    frame_watch(plain, &d->watch);
    if (own)
        frame_watch(own, &d->watch);
}
