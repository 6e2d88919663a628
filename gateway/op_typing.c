/* typing: passed on to the gateways of the room, at most once every 3 s; nothing answers it. */
#include <inttypes.h>
#include <stdio.h>

#include "clock.h"
#include "ops.h"

enum { TYPING_EVERY_MS = 3000 };

void op_typing(struct session *s, const struct jval *frame)
{
    int64_t room = 0;
    bool on = false;
    char channel_name[40], payload[256];
    jval_get_id(frame, "room", &room);
    jval_get_bool(frame, "on", &on);
    /* Who is no member is not told so: the answer to what matters, a send, tells. */
    const struct channel *channel = room_index_find(s->gw->index, CHANNEL_ROOM, room);
    struct seat *seat = channel ? room_index_seat(channel, &s->listens) : NULL;
    if (!seat)
        return;
    int64_t now = clock_mono_ms();
    if (on ? seat->typing_ms && now - seat->typing_ms < TYPING_EVERY_MS : !seat->typing_ms)
        return;
    seat->typing_ms = on ? now : 0;
    snprintf(channel_name, sizeof(channel_name), "room:{%" PRId64 "}", room);
    snprintf(payload, sizeof(payload),
             "T %" PRId64 " %" PRId64 " %d\n{\"t\":\"typing\",\"room\":\"%" PRId64 "\",\"user\":\"%" PRId64
             "\",\"on\":%s}",
             room, s->user, on, room, s->user, on ? "true" : "false");
    /* Lost when Redis is away: the other side forgets typing after 6 s by itself. */
    (void)bus_publish(s->gw->process.bus, str_of(channel_name), str_of(payload));
}
