/* One frame for all connections that are through with their hello. */
#include "everybody.h"

#include <string.h>

#include "session.h"

#define EVERYBODY_CHANNEL STR("everybody:{all}")

static void on_message(void *arg, struct str channel, struct str payload)
{
    struct gateway *gw = arg;
    (void)channel;
    if (payload.n == 0 || payload.p[0] != '{' || memchr(payload.p, '\n', payload.n)) {
        metric_add(gw->m.bad_events, 1);
        return;
    }
    struct frame *f = frame_text(payload);
    LIST_EACH (&gw->sessions, it) {
        struct session *s = LIST_ITEM(it, struct session, of_gateway);
        if (s->state == SESSION_READY)
            session_send_ephemeral(s, f);
    }
    frame_unref(&f);
}

void everybody_listen(struct gateway *gw)
{
    bus_subscribe(gw->process.bus, EVERYBODY_CHANNEL, on_message, gw, NULL, NULL);
}

void everybody_leave(struct gateway *gw)
{
    bus_unsubscribe(gw->process.bus, EVERYBODY_CHANNEL);
}
