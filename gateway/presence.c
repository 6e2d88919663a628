/* Tells presence-svc of this gateway's connections, and its connections of the others. */
#include "presence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "event_header.h"
#include "jsonw.h"
#include "log.h"
#include "room_index.h"
#include "session.h"

#define PRESENCE_CHANNEL STR("presence:{all}")

enum { BEAT_MS = 5000, RETRY_MS = 1000, CALL_MS = 5000, MAX_CALLS = 256, MAX_PENDING = 200000, MAX_FLUSH = 128 * 1024 };

/* A connection whose state is to be told. */
struct telling {
    struct list link; /* waiting: in presence.waiting; asked: alone */
    uint64_t conn;
    int64_t user;
    bool again; /* it changed while it was being told */
    struct presence *presence;
};

struct presence {
    struct gateway *gw;
    struct idmap *telling; /* by connection */
    struct list waiting, due;
    size_t calls;
    uint64_t mark;
    struct timer *beat, *retry;
    bool dying;
};

static void pump(struct presence *p);

/* New to Redis: this gateway was given up, because it stood still for too long, and its users were taken offline. At
 * the very first beat there is hardly anybody to tell of. An error may come after `p` has ended. */
static void on_beat(void *arg, int err, const struct bus_reply *reply)
{
    if (!err && bus_int(reply) == 1)
        presence_touch_all(arg);
}

static void beat(void *arg)
{
    struct presence *p = arg;
    const struct process *process = &p->gw->process;
    /* When Redis is away the beat is missed; at most three in a row are forgiven. */
    (void)bus_commandf(process->bus, on_beat, p, "ZADD gateways:{presence} %lld %s",
                       (long long)bus_time_ms(process->bus), process->id);
}

static void retry(void *arg)
{
    pump(arg);
}

static void told(void *arg, int err, struct str body)
{
    struct telling *t = arg;
    struct presence *p = t->presence;
    (void)body;
    p->calls--;
    if (p->dying) {
        free(t);
        if (p->calls == 0)
            free(p);
        return;
    }
    /* What will not be better the next time is not tried again; the next change is. */
    if (t->again || (err && err_retryable(err))) {
        t->again = false;
        list_push(&p->waiting, &t->link);
    } else {
        idmap_del(p->telling, t->conn);
        free(t);
    }
    if (err)
        timer_start(p->retry, RETRY_MS, 0);
    else
        pump(p);
}

static int tell(struct presence *p, struct telling *t)
{
    const struct session *s = session_find(p->gw, t->conn);
    char conn[24], args[160];
    struct caller caller = {.user = t->user, .trace = STR("presence")};
    snprintf(conn, sizeof(conn), "%" PRIx64, t->conn);
    snprintf(args, sizeof(args), "{\"gateway\":\"%s\",\"conn\":\"%s\",\"state\":\"%s\"}", p->gw->process.id, conn,
             !s || s->state != SESSION_READY ? "offline"
             : s->away                       ? "away"
                                             : "online");
    int err = rpc_call(p->gw->process.rpc, "presence", "set", &caller, str_of(args), CALL_MS, told, t);
    if (!err)
        p->calls++;
    return err;
}

/* Tell what waits, as far as calls are free. */
static void pump(struct presence *p)
{
    while (p->calls < MAX_CALLS && !list_empty(&p->waiting)) {
        struct telling *t = LIST_ITEM(p->waiting.next, struct telling, link);
        if (tell(p, t)) {
            timer_start(p->retry, RETRY_MS, 0);
            return;
        }
        list_remove(&t->link);
    }
}

void presence_touch(struct presence *presence, uint64_t conn, int64_t user)
{
    struct telling *t = idmap_get(presence->telling, conn);
    if (t) {
        /* Waiting: it will be told as it is then. */
        t->again = list_empty(&t->link);
        return;
    }
    if (idmap_count(presence->telling) >= MAX_PENDING)
        return;
    t = xcalloc(1, sizeof(*t));
    t->conn = conn;
    t->user = user;
    t->presence = presence;
    list_init(&t->link);
    idmap_put(presence->telling, conn, t);
    list_push(&presence->waiting, &t->link);
    pump(presence);
}

void presence_touch_all(struct presence *presence)
{
    beat(presence);
    LIST_EACH (&presence->gw->sessions, it) {
        const struct session *s = LIST_ITEM(it, struct session, of_gateway);
        if (s->state == SESSION_READY)
            presence_touch(presence, s->conn, s->user);
    }
}

size_t presence_pending(const struct presence *presence)
{
    return idmap_count(presence->telling);
}

/* ---- the others' ---- */

static void add_change(struct presence *p, struct session *s, const struct presence_change *change)
{
    if (s->state != SESSION_READY || s->presence_mark == p->mark || s->presence.n > MAX_FLUSH)
        return;
    s->presence_mark = p->mark;
    if (s->presence.n > 0)
        buf_char(&s->presence, ',');
    buf_str(&s->presence, change->json);
    if (list_empty(&s->presence_due))
        list_push(&p->due, &s->presence_due);
}

static void presence_message(void *arg, struct str channel, struct str payload)
{
    struct presence *p = arg;
    struct presence_change change;
    (void)channel;
    while (presence_parse(&payload, &change)) {
        int64_t room;
        /* One mark a change: who shares several rooms with the person gets it once. */
        p->mark++;
        while (presence_room(&change, &room)) {
            const struct channel *c = room_index_find(p->gw->index, CHANNEL_ROOM, room);
            if (!c)
                continue;
            LIST_EACH (&c->seats, it)
                add_change(p, session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber), &change);
        }
    }
    if (payload.n > 0)
        metric_add(p->gw->m.bad_events, 1);
}

void presence_flush(struct presence *presence)
{
    while (!list_empty(&presence->due)) {
        struct session *s = LIST_ITEM(presence->due.next, struct session, presence_due);
        struct buf text = {0};
        list_remove(&s->presence_due);
        buf_cstr(&text, "{\"t\":\"presence\",\"users\":[");
        buf_str(&text, buf_view(&s->presence));
        buf_cstr(&text, "]}");
        buf_fini(&s->presence);
        struct frame *f = frame_text(buf_view(&text));
        session_send_ephemeral(s, f);
        frame_unref(&f);
        buf_fini(&text);
    }
}

/* ---- life ---- */

void presence_create(struct presence **presence_r, struct gateway *gw)
{
    struct presence *p = xcalloc(1, sizeof(*p));
    p->gw = gw;
    idmap_create(&p->telling);
    list_init(&p->waiting);
    list_init(&p->due);
    timer_make(&p->beat, gw->process.loop, beat, p);
    timer_make(&p->retry, gw->process.loop, retry, p);
    timer_start(p->beat, 1, BEAT_MS);
    bus_subscribe(gw->process.bus, PRESENCE_CHANNEL, presence_message, p, NULL, NULL);
    *presence_r = p;
}

void presence_destroy(struct presence **presence)
{
    struct presence *p = *presence;
    if (!p)
        return;
    bus_unsubscribe(p->gw->process.bus, PRESENCE_CHANNEL);
    timer_destroy(&p->beat);
    timer_destroy(&p->retry);
    while (!list_empty(&p->waiting)) {
        struct telling *t = LIST_ITEM(p->waiting.next, struct telling, link);
        list_remove(&t->link);
        free(t);
    }
    idmap_destroy(&p->telling);
    *presence = NULL;
    /* What is being told is answered yet; the last answer frees. */
    p->dying = true;
    if (p->calls == 0)
        free(p);
}
