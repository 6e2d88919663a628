/* A person at one WebSocket who sends numbered messages to a room and keeps a view of its log. */
#include "talker.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"

enum { RETRY_MS = 5000, AFTER_ERROR_MS = 500, CONNECT_DEADLINE_MS = 30000 };

static void cmid_of(const struct talker *t, int i, char out[40])
{
    snprintf(out, 40, "%08x-0000-4000-8000-%012x", (unsigned)t->number, (unsigned)i);
}

static void body_of(const struct talker *t, int i, char out[64])
{
    snprintf(out, 64, "message %d of talker %d", i, t->number);
}

/* What is behind the view, unless it is being asked for. */
static void ask_gap(struct talker *t)
{
    if (t->ask_again_ms > clock_mono_ms())
        return;
    ws_client_send(t->ws, "{\"t\":\"fetch\",\"room\":\"%s\",\"after\":%lld,\"limit\":200}", t->room,
                   (long long)t->head);
    t->ask_again_ms = clock_mono_ms() + RETRY_MS;
}

static void send_one(struct talker *t, int i)
{
    char cmid[40], body[64];
    cmid_of(t, i, cmid);
    body_of(t, i, body);
    ws_client_send(t->ws, "{\"t\":\"send\",\"cmid\":\"%s\",\"cseq\":%d,\"room\":\"%s\",\"body\":\"%s\"}", cmid, i + 1,
                   t->room, body);
}

/* Everything sent and not acked, again, in order. */
static void resend(struct talker *t)
{
    for (int i = 0; i < t->sent; i++)
        if (!t->ack_seq[i])
            send_one(t, i);
    t->sent_ms = clock_mono_ms();
}

/* One try at each gateway in turn, until one lets us in. */
static void connect_anywhere(struct talker *t)
{
    char device[32];
    snprintf(device, sizeof device, "talker-%d", t->number);
    int64_t deadline = clock_mono_ms() + CONNECT_DEADLINE_MS;
    while (!t->ws && clock_mono_ms() < deadline) {
        t->ws = ws_client_login(t->ports[t->port_at % t->port_count], t->who->token, device);
        if (!t->ws)
            t->port_at++;
    }
    cr_assert_not_null(t->ws, "talker %d: no gateway lets it in", t->number);
    t->live = t->ask_again_ms = 0;
    ask_gap(t);
    resend(t);
}

void talker_init(struct talker *t, const struct person *who, int number, const int *ports, int port_count, int port_at,
                 const char *room, int to_send)
{
    *t = (struct talker){.who = who, .number = number, .ports = ports, .port_count = port_count, .port_at = port_at};
    t->room = xstrdup(room);
    t->to_send = to_send;
    connect_anywhere(t);
}

void talker_fini(struct talker *t)
{
    for (int64_t i = 0; i <= t->head; i++)
        free(t->view[i]);
    free(t->room);
    ws_client_close(&t->ws);
}

/* The event at head+1 goes into the view; an older one is known. False: it leaves a gap. */
static bool place(struct talker *t, const struct jval *e)
{
    int64_t seq = 0;
    struct str type = {0}, sender = {0}, body = {0};
    jval_get_int(e, "seq", &seq);
    jval_get_str(e, "type", &type);
    jval_get_str(e, "sender", &sender);
    jval_get_str(e, "body", &body);
    cr_assert_lt(seq, TALKER_MAX * 3);
    if (seq <= t->head)
        return true;
    if (seq > t->head + 1)
        return false;
    struct buf b = {0};
    if (str_is(type, "message"))
        buf_printf(&b, "%.*s:%.*s", (int)sender.n, sender.p, (int)body.n, body.p);
    else
        buf_cstr(&b, "-");
    t->view[++t->head] = xstrdup(buf_c(&b));
    buf_fini(&b);
    return true;
}

static void hear_of(struct talker *t, int64_t seq)
{
    if (seq > t->heard)
        t->heard = seq;
}

static void on_event(struct talker *t, const struct jval *e)
{
    struct str room = {0};
    int64_t seq = 0;
    if (!jval_get_str(e, "room", &room) || !str_is(room, t->room))
        return;
    jval_get_int(e, "seq", &seq);
    if (seq <= t->live)
        t->repeats++;
    t->live = seq;
    hear_of(t, seq);
    if (!place(t, e))
        ask_gap(t);
}

static void on_batch(struct talker *t, const struct jval *batch)
{
    const struct jval *events = jval_get(batch, "events");
    int64_t head = 0;
    jval_get_int(batch, "head", &head);
    t->ask_again_ms = 0;
    hear_of(t, head);
    for (size_t i = 0; i < jval_count(events); i++)
        cr_assert(place(t, jval_at(events, i)), "a batch has a hole");
    if (t->head < t->heard)
        ask_gap(t);
}

/* Where the room stands, from a gateway that could not bring all the events. */
static void on_head(struct talker *t, const struct jval *v)
{
    int64_t head = 0;
    if (!jval_get_int(jval_get(v, "rooms"), t->room, &head))
        return;
    hear_of(t, head);
    if (t->head < t->heard)
        ask_gap(t);
}

static void on_ack(struct talker *t, const struct jval *ack)
{
    struct str cmid = {0};
    unsigned number = 0, i = 0;
    int64_t seq = 0;
    cr_assert(jval_get_str(ack, "cmid", &cmid) && jval_get_int(ack, "seq", &seq));
    cr_assert_eq(sscanf(cmid.p, "%8x-0000-4000-8000-%12x", &number, &i), 2);
    cr_assert(number == (unsigned)t->number && i < (unsigned)t->to_send);
    if (t->ack_seq[i]) {
        cr_assert_eq(t->ack_seq[i], seq, "one cmid was acked with two seqs");
        return;
    }
    t->ack_seq[i] = seq;
    t->acked++;
    t->sent_ms = clock_mono_ms();
}

static void on_frame(struct talker *t, const struct jval *v)
{
    struct str type = {0};
    jval_get_str(v, "t", &type);
    if (str_is(type, "event"))
        on_event(t, v);
    else if (str_is(type, "batch"))
        on_batch(t, v);
    else if (str_is(type, "ack"))
        on_ack(t, v);
    else if (str_is(type, "nack"))
        t->sent_ms = 0; /* every nack of these tests may be tried again */
    else if (str_is(type, "head"))
        on_head(t, v);
    else if (str_is(type, "error"))
        t->ask_again_ms = clock_mono_ms() + AFTER_ERROR_MS;
}

void talker_step(struct talker *t, int wait_ms)
{
    while (t->sent < t->to_send && t->sent - t->acked < TALKER_WINDOW) {
        if (t->sent == t->acked)
            t->sent_ms = clock_mono_ms();
        send_one(t, t->sent++);
    }
    struct jval *v = ws_client_next(t->ws, wait_ms);
    for (; v; v = ws_client_next(t->ws, 0)) {
        on_frame(t, v);
        jval_free(v);
    }
    if (ws_client_wait_close(t->ws, 0) >= 0) {
        ws_client_close(&t->ws);
        t->reconnects++;
        t->port_at++;
        connect_anywhere(t);
        return;
    }
    if (t->ask_again_ms > 0)
        ask_gap(t);
    if (t->acked < t->sent && clock_mono_ms() - t->sent_ms > RETRY_MS) {
        ask_gap(t);
        resend(t);
    }
}

bool talker_done(const struct talker *t, int64_t head)
{
    return t->acked == t->to_send && t->head >= head;
}

int64_t talker_last_ack(const struct talker *t)
{
    int64_t last = 0;
    for (int i = 0; i < t->to_send; i++)
        if (t->ack_seq[i] > last)
            last = t->ack_seq[i];
    return last;
}

void talker_check_own(const struct talker *t)
{
    for (int i = 0; i < t->to_send; i++) {
        char body[64], want[128];
        body_of(t, i, body);
        snprintf(want, sizeof want, "%s:%s", t->who->id, body);
        cr_assert(t->ack_seq[i] > 0 && t->ack_seq[i] <= t->head, "message %d of talker %d is lost", i, t->number);
        cr_assert_str_eq(t->view[t->ack_seq[i]], want);
        cr_assert(i == 0 || t->ack_seq[i] > t->ack_seq[i - 1], "message %d of talker %d overtook", i, t->number);
        for (int64_t s = 1; s <= t->head; s++)
            cr_assert(s == t->ack_seq[i] || strcmp(t->view[s], want) != 0, "message %d is doubled", i);
    }
}

void talker_check_same(const struct talker *a, const struct talker *b)
{
    cr_assert_eq(a->head, b->head);
    for (int64_t s = 1; s <= a->head; s++)
        cr_assert_str_eq(a->view[s], b->view[s], "seq %lld differs", (long long)s);
}

int64_t talker_step_both(struct talker *a, struct talker *b)
{
    talker_step(a, 1);
    talker_step(b, 1);
    int64_t of_a = talker_last_ack(a), of_b = talker_last_ack(b);
    return of_a > of_b ? of_a : of_b;
}
