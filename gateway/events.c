/* Takes what comes in over the event channels: the bytes as msg-svc made them, one frame for all. */
#include "channels.h"

#include <inttypes.h>
#include <string.h>

#include "clock.h"
#include "event_header.h"
#include "failpoint.h"
#include "fan_out.h"
#include "ops.h"
#include "reconcile.h"
#include "repair.h"
#include "session.h"

/* ---- rooms ---- */

/* Each of a user's connections joins or leaves the room. What is being looked up about the user meanwhile may be older
 * than this. */
static void user_joins(struct gateway *gw, int64_t user, int64_t room)
{
    struct channel *mine = room_index_find(gw->index, CHANNEL_USER, user);
    if (!mine)
        return;
    mine->changes++;
    LIST_EACH (&mine->seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_channel);
        room_index_join(gw->index, CHANNEL_ROOM, room, seat->subscriber);
    }
}

static void session_leaves(struct gateway *gw, struct session *s, int64_t room)
{
    const struct channel *c = room_index_find(gw->index, CHANNEL_ROOM, room);
    struct seat *seat = c ? room_index_seat(c, &s->listens) : NULL;
    if (!seat)
        return;
    fan_out_take_seat(seat);
    if (s->state != SESSION_CLOSING)
        room_index_leave(gw->index, seat);
}

static void user_leaves(struct gateway *gw, int64_t user, int64_t room)
{
    struct channel *mine = room_index_find(gw->index, CHANNEL_USER, user);
    if (!mine)
        return;
    mine->changes++;
    LIST_EACH (&mine->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        session_leaves(gw, s, room);
        /* The answer that is under way may still have the room; and the room may be what was waited for. */
        s->reopen = true;
        op_hello_confirmed(s);
    }
}

/* A change of membership was missed. Who sits here may be in the room no more: nothing further is written to anyone of
 * them before that is known, and nobody comes in by an answer that may be older. */
static void fence(struct gateway *gw, struct channel *c)
{
    log_warn(NULL, "membership change missed, looking up", "room=%" PRId64 " mver=%" PRId64, c->id, c->mver);
    metric_add(gw->m.fences, 1);
    LIST_EACH (&c->seats, it) {
        const struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        reconcile_user(gw->reconcile, s->user);
    }
    LIST_EACH (&gw->sessions, it) {
        struct session *s = LIST_ITEM(it, struct session, of_gateway);
        if (s->state == SESSION_SUBSCRIBING)
            s->reopen = true;
    }
}

void events_apply(struct gateway *gw, struct channel *c, const struct event_header *h)
{
    /* Every event but a message counts into mver, also one that changes no membership. */
    bool moves = !str_is(h->type, "message") && h->mver > c->mver;
    bool missed = c->mver < 0 || h->mver > c->mver + moves;
    metric_add(gw->m.events, 1);
    /* What came before is for those who sit here: that is not in doubt. */
    if (missed)
        fan_out_now(c);
    if (c->count == 0)
        return;
    c->last_seq = h->seq;
    c->forwarded_ms = clock_mono_ms();
    if (missed)
        fence(gw, c);
    if (h->mver > c->mver)
        c->mver = h->mver;
    if (moves && h->member > 0 && (str_is(h->type, "joined") || str_is(h->type, "added")))
        user_joins(gw, h->member, h->room);
    fan_out_event(gw, c, h);
    if (moves && h->member > 0 && (str_is(h->type, "left") || str_is(h->type, "removed")))
        user_leaves(gw, h->member, h->room);
}

static void tell_head(struct channel *c)
{
    struct buf text = {0};
    buf_printf(&text, "{\"t\":\"head\",\"rooms\":{\"%" PRId64 "\":%" PRId64 "}}", c->id, c->last_seq);
    struct frame *f = frame_text(buf_view(&text));
    LIST_EACH (&c->seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_channel);
        struct session *s = session_of(seat->subscriber);
        if (s->state == SESSION_READY)
            session_send_event(s, seat, f);
    }
    frame_unref(&f);
    buf_fini(&text);
}

void events_jump(struct gateway *gw, struct channel *c, int64_t head, int64_t mver)
{
    bool moved = c->mver < 0 || mver > c->mver;
    fan_out_now(c);
    if (c->count == 0)
        return;
    channel_stands(c, head, mver > c->mver ? mver : c->mver);
    if (moved)
        fence(gw, c);
    tell_head(c);
}

void events_own_log_stands(struct channel *user, int64_t useq)
{
    if (useq <= user->last_useq)
        return;
    user->last_useq = useq;
    LIST_EACH (&user->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        s->own_behind = true;
        session_catch_up(s);
    }
}

static void room_event(struct gateway *gw, struct channel *c, const struct event_header *h)
{
    if (!c->known) {
        c->known = true;
        c->last_seq = h->seq - 1;
    }
    /* Published again, for who missed it: nobody here did. */
    if (h->seq <= c->last_seq)
        return;
    if (h->seq > c->last_seq + 1 || repair_under_way(gw->repair, c))
        repair_room(gw->repair, c, h->seq, h->mver);
    else
        events_apply(gw, c, h);
}

/* Left out when it speaks of events that are not forwarded yet: they were lost, and whoever receives it may be in the
 * room no more. */
static void room_receipt(struct gateway *gw, struct channel *c, const struct event_header *h)
{
    if (!c->known || h->delivered > c->last_seq || h->read > c->last_seq)
        return;
    room_marks_take(&c->marks, h->user, h->delivered);
    fan_out_ephemeral(gw, c, h);
}

/* Left out while events are missing: one of them may have removed somebody. */
static void room_typing(struct gateway *gw, struct channel *c, const struct event_header *h)
{
    if (c->known && !repair_under_way(gw->repair, c))
        fan_out_ephemeral(gw, c, h);
}

/* ---- users ---- */

/* Listen first, tell then: what came before Redis has confirmed, the client fetches. */
static void session_added(struct gateway *gw, struct session *s, int64_t room, struct frame *f)
{
    struct seat *seat = room_index_join(gw->index, CHANNEL_ROOM, room, &s->listens);
    if (seat->waiting) {
        frame_unref(&seat->then);
        seat->then = frame_ref(f);
    } else if (s->state == SESSION_READY) {
        session_send(s, f);
    }
}

static void session_removed(struct gateway *gw, struct session *s, int64_t room, struct frame *f)
{
    session_leaves(gw, s, room);
    if (s->state == SESSION_READY)
        session_send(s, f);
    s->reopen = true;
    op_hello_confirmed(s);
}

/* May the user's membership follow from this event alone? Not when it comes late, by a process that stood still
 * meanwhile; nor when the room's own log, which is followed here, has not brought the user in, or out again already. */
static bool is_sure(struct gateway *gw, const struct channel *mine, const struct event_header *h, bool added)
{
    if (h->useq <= mine->last_useq)
        return false;
    const struct channel *c = added ? room_index_find(gw->index, CHANNEL_ROOM, h->room) : NULL;
    const struct subscriber *any = LIST_ITEM(mine->seats.next, struct seat, of_channel)->subscriber;
    return !c || !c->known || room_index_seat(c, any);
}

static void user_event(struct gateway *gw, struct channel *mine, const struct event_header *h)
{
    struct frame *f = frame_text(h->json);
    bool added = str_is(h->type, "room_added"), removed = str_is(h->type, "room_removed");
    bool sure = !(added || removed) || is_sure(gw, mine, h, added);
    bool gap = mine->last_useq > 0 && h->useq > mine->last_useq + 1;
    mine->changes += added || removed;
    if (h->useq > mine->last_useq)
        mine->last_useq = h->useq;
    LIST_EACH (&mine->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        if (added && sure)
            session_added(gw, s, h->room, f);
        else if (removed && sure)
            session_removed(gw, s, h->room, f);
        else if (s->state == SESSION_READY)
            session_send(s, f);
        s->reopen |= !sure;
    }
    frame_unref(&f);
    struct channel *c = added ? room_index_find(gw->index, CHANNEL_ROOM, h->room) : NULL;
    /* What was lost may have been a room added or removed. */
    if (!sure || gap)
        reconcile_user(gw->reconcile, mine->id);
    else if (c && !c->known)
        repair_learn(gw->repair, c, mine->id);
}

/* What may be lost, to all of a person's own connections. */
static void own_ephemeral(const struct channel *mine, const struct event_header *h)
{
    struct frame *f = frame_text(h->json);
    LIST_EACH (&mine->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        if (s->state == SESSION_READY)
            session_send_ephemeral(s, f);
    }
    frame_unref(&f);
}

/* ---- in ---- */

void events_message(void *arg, struct str channel_name, struct str payload)
{
    struct gateway *gw = arg;
    struct event_header h;
    int64_t id;
    bool good = channel_name_id(channel_name, &id) && event_header_parse(payload, &h);
    bool personal = good && (h.kind == 'U' || h.kind == 'O');
    if (!good || (!personal && h.room != id)) {
        metric_add(gw->m.bad_events, 1);
        return;
    }
    struct channel *c = room_index_find(gw->index, personal ? CHANNEL_USER : CHANNEL_ROOM, id);
    if (!c)
        return;
    if (h.kind == 'E')
        room_event(gw, c, &h);
    else if (h.kind == 'T')
        room_typing(gw, c, &h);
    else if (h.kind == 'K')
        room_receipt(gw, c, &h);
    else if (h.kind == 'O')
        own_ephemeral(c, &h);
    else
        user_event(gw, c, &h);
}

static bool hex(struct str s, uint64_t *value_r)
{
    uint64_t v = 0;
    for (size_t i = 0; i < s.n; i++) {
        int digit = str_hex_digit(s.p[i]);
        if (digit < 0)
            return false;
        v = v << 4 | (uint64_t)digit;
    }
    *value_r = v;
    return s.n > 0 && s.n <= 16;
}

/* The cmid of an ack or nack as msg-svc writes it. Empty: none. */
static struct str cmid_of(struct str frame)
{
    static const char member[] = "\"cmid\":\"";
    const char *at = memmem(frame.p, frame.n, member, sizeof(member) - 1);
    struct str cmid = {0};
    if (at) {
        at += sizeof(member) - 1;
        str_cut((struct str){at, frame.n - (size_t)(at - frame.p)}, '"', &cmid);
    }
    return cmid;
}

/* An ack or nack as msg-svc wrote it; an ack also says how long the send was under way here. */
static void send_answer(struct session *s, struct str frame, int64_t took_us)
{
    if (str_starts(frame, STR("{\"t\":\"nack\"")))
        metric_add(s->gw->m.op_errors[OP_SEND], 1);
    if (took_us < 0 || !str_starts(frame, STR("{\"t\":\"ack\"")) || frame.p[frame.n - 1] != '}') {
        session_send_text(s, frame);
        return;
    }
    struct buf text = {0};
    buf_put(&text, frame.p, frame.n - 1);
    buf_cstr(&text, ",\"gateway_us\":");
    buf_i64(&text, took_us);
    buf_char(&text, '}');
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
}

/* For `parley trace`; the id of a message's request is its cmid. */
static void note_sent(struct session *s, struct str cmid, int64_t took_us)
{
    int64_t now_us = clock_wall_us();
    struct hop hop = {.kind = HOP_SENT, .at_us = {now_us - took_us, now_us}};
    str_copy(hop.request, sizeof(hop.request), cmid);
    hops_note(s->gw->process.hops, &hop);
    log_debug(&s->log, "send answered", "request=%s took_us=%" PRId64, hop.request, took_us);
}

void events_push(void *arg, struct str inbox, struct str payload)
{
    struct gateway *gw = arg;
    struct str line, kind;
    uint64_t conn;
    (void)inbox;
    struct str frame = str_cut(payload, '\n', &line);
    line = str_cut(line, ' ', &kind);
    if (!str_is(kind, "S") || !hex(line, &conn) || frame.n == 0) {
        metric_add(gw->m.bad_events, 1);
        return;
    }
    struct session *s = session_find(gw, conn);
    if (!s)
        return;
    FAILPOINT("gateway.before_ack");
    struct str cmid = cmid_of(frame);
    int64_t took_us = session_send_ends(s, cmid);
    if (took_us >= 0)
        note_sent(s, cmid, took_us);
    send_answer(s, frame, took_us);
}
