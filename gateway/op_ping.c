/* ping: answered at once by pong, so that clients that cannot see WebSocket pings know the link is alive. It tells the
 * heads that moved, and how far the user's own log goes, so that what was lost on the way is noticed by the client; and
 * over how long to come back if this gateway is lost, which grows with those it has. */
#include <inttypes.h>
#include <stdio.h>

#include "drain.h"
#include "jsonw.h"
#include "ops.h"

/* Events up to the head told are queued before it. Of a room whose events are left out just now, catching up tells. */
static void put_heads(struct session *s, struct jsonw *w)
{
    bool any = false;
    LIST_EACH (&s->listens.seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_subscriber);
        const struct channel *c = seat->channel;
        char room[24];
        if (!c->known || c->last_seq <= seat->told_seq || seat->behind)
            continue;
        if (!any)
            jsonw_obj(w, "heads");
        any = true;
        seat->told_seq = c->last_seq;
        snprintf(room, sizeof(room), "%" PRId64, c->id);
        jsonw_int(w, room, c->last_seq);
    }
    if (any)
        jsonw_obj_end(w);
}

static void put_useq(struct session *s, struct jsonw *w)
{
    const struct channel *mine = room_index_find(s->gw->index, CHANNEL_USER, s->user);
    if (!mine || mine->last_useq <= s->told_useq)
        return;
    s->told_useq = mine->last_useq;
    jsonw_int(w, "useq", mine->last_useq);
}

void op_ping(struct session *s, const struct jval *frame)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    int64_t n = 0;
    jval_get_int(frame, "n", &n);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "pong");
    jsonw_int(&w, "n", n);
    if (s->state == SESSION_READY)
        jsonw_int(&w, "return_ms", drain_return_ms(idmap_count(s->gw->by_conn)));
    if (s->state == SESSION_READY && !s->fenced && !s->lagging) {
        put_heads(s, &w);
        put_useq(s, &w);
    }
    jsonw_obj_end(&w);
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
}
