/* Fans out what comes for rooms: one frame for all, and many events in one where they come in a burst. */
#include "fan_out.h"

#include "bundle.h"
#include "delivery.h"
#include "failpoint.h"
#include "session.h"

/* A bundle of so much goes out without waiting for more: half of what one write takes. */
enum { BUNDLE_BYTES = 32 << 10 };

/* The same event as its author sees it. NULL: it has no cmid, or is not as it should be. */
static struct frame *author_frame(const struct event_header *h)
{
    struct buf text = {0};
    struct frame *f = event_author_json(h, &text) ? frame_text(buf_view(&text)) : NULL;
    buf_fini(&text);
    return f;
}

/* `event` NULL: it may be left out. */
static void add(struct gateway *gw, struct channel *c, struct frame *plain, int64_t user, struct frame *own,
                const struct event_header *event)
{
    if (c->waiting && c->waiting->bytes + frame_bytes(plain).n > BUNDLE_BYTES)
        fan_out_now(c);
    if (c->count == 0)
        return;
    if (!c->waiting)
        bundle_create(&c->waiting, c, &gw->bundles);
    if (event)
        delivery_add(&c->waiting->delivery, gw, event, plain, own);
    bundle_add(c->waiting, plain, user, own, event == NULL);
    httpd_want_round(gw->httpd);
}

void fan_out_event(struct gateway *gw, struct channel *channel, const struct event_header *h)
{
    struct frame *plain = frame_text(h->json);
    struct frame *own = room_index_find(gw->index, CHANNEL_USER, h->sender) ? author_frame(h) : NULL;
    add(gw, channel, plain, own ? h->sender : 0, own, h);
    frame_unref(&plain);
    frame_unref(&own);
}

void fan_out_ephemeral(struct gateway *gw, struct channel *channel, const struct event_header *h)
{
    struct frame *f = frame_text(h->json);
    add(gw, channel, f, h->user, NULL, NULL);
    frame_unref(&f);
}

/* All of it but the first `after` frames. */
static void give(struct session *s, struct seat *seat, struct bundle *b, size_t after)
{
    bool all = b->ephemeral == 0 || session_has_room(s);
    struct frame *f = bundle_frame(b, s->user, after, all);
    if (!all)
        metric_add(s->gw->m.left_out, (int64_t)b->ephemeral);
    if (f && b->ephemeral < b->count)
        session_send_event(s, seat, f);
    else if (f)
        session_send_ephemeral(s, f);
    frame_unref(&f);
}

void fan_out_now(struct channel *channel)
{
    struct bundle *b = channel->waiting;
    size_t before_middle = channel->count / 2;
    if (!b)
        return;
    /* The channel's last seat may go meanwhile, and what waits at it with that. */
    channel->waiting = NULL;
    list_remove(&b->link);
    LIST_EACH (&channel->seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_channel);
        struct session *s = session_of(seat->subscriber);
        size_t taken = seat->taken;
        if (before_middle-- == 0)
            FAILPOINT("gateway.mid_fanout");
        seat->taken = 0;
        if (s->state == SESSION_READY && taken < b->count)
            give(s, seat, b, taken);
    }
    bundle_destroy(&b);
}

void fan_out_all(struct gateway *gw)
{
    while (!list_empty(&gw->bundles))
        fan_out_now(LIST_ITEM(gw->bundles.next, struct bundle, link)->channel);
}

void fan_out_take_seat(struct seat *seat)
{
    struct bundle *b = seat->channel->waiting;
    struct session *s = session_of(seat->subscriber);
    size_t taken = seat->taken;
    if (!b || taken >= b->count || s->state != SESSION_READY)
        return;
    seat->taken = b->count;
    give(s, seat, b, taken);
}

/* The seats in all rooms where something waits are fewer than those of the connection: of somebody in thousands of
 * rooms, or where little is said. */
static bool less_waits_than_sits(const struct session *s)
{
    size_t seats = 0;
    LIST_EACH (&s->gw->bundles, it) {
        seats += LIST_ITEM(it, struct bundle, link)->channel->count;
        if (seats >= s->listens.count)
            return false;
    }
    return true;
}

static void take_where_it_waits(struct session *s)
{
    LIST_EACH (&s->gw->bundles, it) {
        struct seat *seat = room_index_seat(LIST_ITEM(it, struct bundle, link)->channel, &s->listens);
        if (seat)
            fan_out_take_seat(seat);
        if (s->state == SESSION_CLOSING)
            return;
    }
}

static void take_where_it_sits(struct session *s)
{
    LIST_EACH (&s->listens.seats, it) {
        fan_out_take_seat(LIST_ITEM(it, struct seat, of_subscriber));
        if (s->state == SESSION_CLOSING)
            return;
    }
}

void fan_out_take(struct session *s)
{
    if (list_empty(&s->gw->bundles) || s->state != SESSION_READY)
        return;
    if (less_waits_than_sits(s))
        take_where_it_waits(s);
    else
        take_where_it_sits(s);
}

void fan_out_skip(struct session *s)
{
    LIST_EACH (&s->listens.seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_subscriber);
        seat->taken = seat->channel->waiting ? seat->channel->waiting->count : 0;
    }
}
