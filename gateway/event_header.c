/* Parses the line that msg-svc, presence-svc and other gateways put before each event. */
#include "event_header.h"

#include <string.h>

enum { HEADER_MAX = 512 };

/* The next word of a line whose words are split by single spaces. False: none, or an empty one. */
static bool word(struct str *line, struct str *word_r)
{
    *line = str_cut(*line, ' ', word_r);
    return word_r->n > 0;
}

static bool number(struct str *line, int64_t *value_r)
{
    struct str w;
    return word(line, &w) && str_i64(w, value_r);
}

static bool id(struct str *line, int64_t *value_r)
{
    return number(line, value_r) && *value_r > 0;
}

static bool type(struct str *line, struct str *type_r)
{
    if (!word(line, type_r) || type_r->n > 32)
        return false;
    for (size_t i = 0; i < type_r->n; i++)
        if (type_r->p[i] != '_' && (type_r->p[i] < 'a' || type_r->p[i] > 'z'))
            return false;
    return true;
}

/* "-" or a UUID. */
static bool cmid(struct str *line, struct str *cmid_r)
{
    if (!word(line, cmid_r))
        return false;
    if (str_is(*cmid_r, "-")) {
        *cmid_r = (struct str){0};
        return true;
    }
    for (size_t i = 0; i < cmid_r->n; i++) {
        char c = cmid_r->p[i];
        if (c != '-' && (c < '0' || c > '9') && (c < 'a' || c > 'f'))
            return false;
    }
    return cmid_r->n == 36;
}

static bool parse_room_event(struct str line, struct event_header *h)
{
    return id(&line, &h->room) && id(&line, &h->seq) && number(&line, &h->n) && number(&line, &h->mver) &&
           number(&line, &h->sender) && cmid(&line, &h->cmid) && number(&line, &h->member) && type(&line, &h->type) &&
           line.n == 0;
}

static bool parse_typing(struct str line, struct event_header *h)
{
    struct str on;
    if (!id(&line, &h->room) || !id(&line, &h->user) || !word(&line, &on) || line.n > 0)
        return false;
    h->on = str_is(on, "1");
    return h->on || str_is(on, "0");
}

static bool parse_receipt(struct str line, struct event_header *h)
{
    return id(&line, &h->room) && id(&line, &h->user) && number(&line, &h->delivered) && number(&line, &h->read) &&
           line.n == 0;
}

static bool parse_user_event(struct str line, struct event_header *h)
{
    return number(&line, &h->useq) && type(&line, &h->type) && id(&line, &h->room) && line.n == 0;
}

static bool one_json_line(struct str json)
{
    return json.n > 1 && json.p[0] == '{' && !memchr(json.p, '\n', json.n);
}

bool event_header_parse(struct str payload, struct event_header *h_r)
{
    struct str line, kind;
    *h_r = (struct event_header){0};
    h_r->json = str_cut(payload, '\n', &line);
    if (line.n > HEADER_MAX || !one_json_line(h_r->json) || !word(&line, &kind) || kind.n != 1)
        return false;
    h_r->kind = kind.p[0];
    switch (h_r->kind) {
    case 'E':
        return parse_room_event(line, h_r);
    case 'T':
        return parse_typing(line, h_r);
    case 'K':
        return parse_receipt(line, h_r);
    case 'U':
        return parse_user_event(line, h_r);
    case 'O':
        return line.n == 0;
    default:
        return false;
    }
}

bool event_pair_next(struct str *lines, struct str *payload_r)
{
    struct str line, frame;
    *payload_r = *lines;
    *lines = str_cut(*lines, '\n', &line);
    *lines = str_cut(*lines, '\n', &frame);
    payload_r->n = line.n + 1 + frame.n;
    return frame.n > 0;
}

bool event_author_json(const struct event_header *h, struct buf *out)
{
    const struct str start = STR("{\"t\":\"event\",");
    if (h->cmid.n == 0 || !str_starts(h->json, start))
        return false;
    buf_str(out, start);
    buf_cstr(out, "\"cmid\":\"");
    buf_str(out, h->cmid);
    buf_cstr(out, "\",");
    buf_put(out, h->json.p + start.n, h->json.n - start.n);
    return true;
}

bool presence_parse(struct str *payload, struct presence_change *change_r)
{
    struct str line, kind, state;
    int64_t seen;
    if (payload->n == 0)
        return false;
    *payload = str_cut(*payload, '\n', &line);
    *payload = str_cut(*payload, '\n', &change_r->json);
    if (!word(&line, &kind) || !str_is(kind, "P") || !id(&line, &change_r->user) || !word(&line, &state) ||
        !number(&line, &seen))
        return false;
    if (!str_is(state, "online") && !str_is(state, "away") && !str_is(state, "offline"))
        return false;
    change_r->rooms = line;
    return one_json_line(change_r->json);
}

bool presence_room(struct presence_change *change, int64_t *room_r)
{
    struct str w;
    while (change->rooms.n > 0) {
        change->rooms = str_cut(change->rooms, ',', &w);
        if (str_i64(w, room_r) && *room_r > 0)
            return true;
    }
    return false;
}

bool channel_name_id(struct str name, int64_t *id_r)
{
    struct str before, digits;
    struct str rest = str_cut(name, '{', &before);
    rest = str_cut(rest, '}', &digits);
    return rest.n == 0 && str_i64(digits, id_r);
}
