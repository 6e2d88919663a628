/* Parley's protocol (docs/protocol.md), as far as a subscriber and an author need it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dialect.h"

enum { STEP_HELLO, STEP_RESUME };

static void send_scratch(struct client *c)
{
    client_send(c, WS_TEXT, buf_view(&c->crowd->scratch));
}

/* Another device each run, as none of them keeps its counters. */
static void hello(struct client *c)
{
    struct buf *text = &c->crowd->scratch;
    buf_reset(text);
    buf_printf(text, "{\"t\":\"hello\",\"v\":1,\"token\":\"%s\",\"device\":\"bench-%08" PRIx32 "-%" PRIu32 "\"}",
               client_token(c), c->crowd->plan->run, c->number);
    c->step = STEP_HELLO;
    send_scratch(c);
}

/* Where nothing was read so far, the room is asked for from its beginning, which is answered with its head. */
static void resume(struct client *c)
{
    struct crowd *crowd = c->crowd;
    struct buf *text = &crowd->scratch;
    buf_reset(text);
    buf_cstr(text, "{\"t\":\"resume\",\"useq\":0,\"pending\":[],");
    if (*crowd->epoch)
        buf_printf(text, "\"epoch\":\"%s\",", crowd->epoch);
    buf_cstr(text, "\"cursors\":{");
    if (crowd->put_cursors)
        crowd->put_cursors(c, text);
    else
        buf_printf(text, "\"%s\":0", client_room(c));
    buf_cstr(text, "}}");
    c->step = STEP_RESUME;
    send_scratch(c);
}

static bool says(struct str frame, const char *what)
{
    return memmem(frame.p, frame.n, what, strlen(what)) != NULL;
}

static void note_epoch(struct crowd *crowd, struct str frame)
{
    static const char field[] = "\"epoch\":\"";
    const char *at = memmem(frame.p, frame.n, field, sizeof(field) - 1), *from = at ? at + sizeof(field) - 1 : NULL;
    const char *end = at ? memchr(from, '"', (size_t)(frame.p + frame.n - from)) : NULL;
    if (end && (size_t)(end - from) < sizeof(crowd->epoch))
        snprintf(crowd->epoch, sizeof(crowd->epoch), "%.*s", (int)(end - from), from);
}

/* -1: there is none. */
static int64_t count_of(struct str line, const char *field)
{
    const char *end = line.p + line.n, *at = memmem(line.p, line.n, field, strlen(field));
    int64_t value = 0;
    if (!at)
        return -1;
    for (at += strlen(field); at < end && *at >= '0' && *at <= '9' && value < INT32_MAX; at++)
        value = value * 10 + (*at - '0');
    return value;
}

static void ask(struct client *c)
{
    client_send(c, WS_TEXT, STR("{\"t\":\"ping\",\"n\":1}"));
}

static void note(struct client *c, struct str frame)
{
    int64_t ms = count_of(frame, "\"return_ms\":");
    if (ms >= 0)
        c->return_ms = ms;
}

static void login(struct client *c, struct str frame)
{
    note(c, frame);
    if (c->step == STEP_HELLO && says(frame, "{\"t\":\"welcome\"")) {
        note_epoch(c->crowd, frame);
        if (c->crowd->plan->resumes || c->crowd->put_cursors)
            resume(c);
        else
            client_ready(c);
    } else if (c->step == STEP_RESUME && says(frame, "{\"t\":\"resumed\"")) {
        client_ready(c);
    } else if (says(frame, "{\"t\":\"error\"")) {
        client_fail(c, "refused:", frame);
    }
}

/* The number of a message is the end of its cmid, where its answer brings it back. */
static void publish(struct client *c, const struct message *message)
{
    struct buf *text = &c->crowd->scratch;
    buf_reset(text);
    buf_printf(text,
               "{\"t\":\"send\",\"cmid\":\"%08" PRIx32 "-%04x-4000-8000-%04x%08" PRIx32 "\",\"cseq\":%" PRIu64
               ",\"room\":\"%s\",\"body\":\"",
               c->crowd->plan->run, (unsigned)(c->number >> 16), (unsigned)(c->number & 0xffff), message->number,
               (uint64_t)message->in_room + 1, message->room);
    buf_str(text, message->body);
    buf_cstr(text, "\"}");
    send_scratch(c);
}

static bool number_of(struct str line, uint32_t *number_r)
{
    static const char field[] = "\"cmid\":\"";
    enum { CMID = 36, DIGITS = 8 };
    const char *at = memmem(line.p, line.n, field, sizeof(field) - 1);
    if (!at || line.p + line.n - at < (ptrdiff_t)sizeof(field) - 1 + CMID)
        return false;
    uint32_t number = 0;
    for (const char *p = at + sizeof(field) - 1 + CMID - DIGITS, *end = p + DIGITS; p < end; p++) {
        int digit = str_hex_digit(*p);
        if (digit < 0)
            return false;
        number = number << 4 | (uint32_t)digit;
    }
    *number_r = number;
    return true;
}

/* A frame may hold several objects, one a line. */
static bool next_answer(struct str *frame, struct answer *answer_r)
{
    while (frame->n > 0) {
        struct str line;
        *frame = str_cut(*frame, '\n', &line);
        answer_r->stored = str_starts(line, STR("{\"t\":\"ack\""));
        if (!answer_r->stored && !str_starts(line, STR("{\"t\":\"nack\"")))
            continue;
        answer_r->queue_us = count_of(line, "\"queue_us\":");
        answer_r->commit_us = count_of(line, "\"commit_us\":");
        answer_r->server_us = count_of(line, "\"gateway_us\":");
        if (number_of(line, &answer_r->number))
            return true;
    }
    return false;
}

const struct dialect dialect_parley = {
    .name = "parley",
    .path = "/ws",
    .subprotocol = "parley.v1",
    .opened = hello,
    .login = login,
    .publish = publish,
    .ask = ask,
    .note = note,
    .next_answer = next_answer,
};
