/* Publishes events and answers. */
#include "publish.h"

#include <inttypes.h>
#include <stdio.h>

#include "err.h"
#include "rpc.h"

/* Long enough for the rest of a burst to be refused, too, before its client sends it again. */
enum { ORDER_RETRY_MS = 100 };

static const char *const user_event_names[] = {
    [USER_ROOM_ADDED] = "room_added",
    [USER_ROOM_REMOVED] = "room_removed",
    [USER_READ] = "read",
    [USER_ROOM_CHANGED] = "room_changed",
    [USER_LATER] = "later",
    [USER_THREAD_READ] = "thread_read",
    [USER_ACTIVITY_SEEN] = "activity_seen",
};

const char *user_event_name(enum user_event_type type)
{
    return user_event_names[type];
}

bool user_event_parse(struct str name, enum user_event_type *type_r)
{
    for (size_t i = 0; i < sizeof user_event_names / sizeof user_event_names[0]; i++)
        if (str_is(name, user_event_names[i])) {
            *type_r = (enum user_event_type)i;
            return true;
        }
    return false;
}

static int publish_to(struct bus *bus, const char *what, int64_t id, const struct buf *payload)
{
    struct buf channel = {0};
    buf_cstr(&channel, what);
    buf_cstr(&channel, ":{");
    buf_i64(&channel, id);
    buf_char(&channel, '}');
    int err = bus_publish(bus, buf_view(&channel), buf_view(payload));
    buf_fini(&channel);
    return err;
}

int publish_event(struct bus *bus, const struct event *e)
{
    struct buf payload = {0};
    event_payload(&payload, e);
    int err = publish_to(bus, "room", e->room, &payload);
    buf_fini(&payload);
    return err;
}

void user_event_payload(struct buf *out, const struct user_event *e)
{
    buf_cstr(out, "U ");
    buf_i64(out, e->useq);
    buf_char(out, ' ');
    buf_cstr(out, user_event_names[e->type]);
    buf_char(out, ' ');
    buf_i64(out, e->room);
    buf_char(out, '\n');
    user_event_write(out, e);
}

void user_event_write(struct buf *out, const struct user_event *e)
{
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "user");
    jsonw_int(&w, "useq", e->useq);
    jsonw_cstr(&w, "type", user_event_names[e->type]);
    jsonw_id(&w, "room", e->room);
    if (e->type == USER_READ || e->type == USER_THREAD_READ)
        jsonw_int(&w, "seq", e->seq);
    if (e->type == USER_READ)
        jsonw_int(&w, "n", e->n);
    if (e->type == USER_READ && e->gen > 0)
        jsonw_int(&w, "gen", e->gen);
    if (e->type == USER_THREAD_READ && e->root > 0) {
        jsonw_int(&w, "root", e->root);
        jsonw_bool(&w, "following", e->following);
    }
    if (e->type == USER_ACTIVITY_SEEN)
        jsonw_int(&w, "seen", e->seen);
    if ((e->type == USER_ROOM_ADDED || e->type == USER_ROOM_CHANGED) && e->room_info.n > 0)
        jsonw_raw(&w, "room_info", e->room_info);
    jsonw_obj_end(&w);
}

int publish_user_event(struct bus *bus, const struct user_event *e)
{
    struct buf payload = {0};
    user_event_payload(&payload, e);
    int err = publish_to(bus, "user", e->user, &payload);
    buf_fini(&payload);
    return err;
}

int publish_own(struct bus *bus, int64_t user, struct str frame)
{
    struct buf payload = {0};
    buf_cstr(&payload, "O\n");
    buf_str(&payload, frame);
    int err = publish_to(bus, "user", user, &payload);
    buf_fini(&payload);
    return err;
}

void receipt_payload(struct buf *out, const struct receipt *r)
{
    const int64_t numbers[] = {r->room, r->user, r->delivered, r->read};
    buf_char(out, 'K');
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        buf_char(out, ' ');
        buf_i64(out, numbers[i]);
    }
    buf_char(out, '\n');
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "receipt");
    jsonw_id(&w, "room", r->room);
    jsonw_id(&w, "user", r->user);
    jsonw_int(&w, "delivered", r->delivered);
    jsonw_int(&w, "read", r->read);
    jsonw_obj_end(&w);
}

int publish_receipt(struct bus *bus, const struct receipt *r)
{
    struct buf payload = {0};
    receipt_payload(&payload, r);
    int err = publish_to(bus, "room", r->room, &payload);
    buf_fini(&payload);
    return err;
}

void stored_write(struct buf *out, const struct stored *s, bool as_frame)
{
    char id[48];
    int n = snprintf(id, sizeof id, "%" PRId64 ".%" PRId64, s->room, s->seq);
    struct jsonw w = jsonw_on(out);
    jsonw_obj(&w, NULL);
    if (as_frame)
        jsonw_cstr(&w, "t", "ack");
    jsonw_str(&w, "cmid", s->cmid);
    jsonw_id(&w, "room", s->room);
    jsonw_int(&w, "seq", s->seq);
    jsonw_int(&w, "n", s->n);
    jsonw_str(&w, "id", (struct str){id, (size_t)n});
    jsonw_int(&w, "ts", s->ts);
    if (s->dup)
        jsonw_bool(&w, "dup", true);
    if (as_frame) {
        jsonw_int(&w, "queue_us", s->queue_us);
        jsonw_int(&w, "commit_us", s->commit_us);
    }
    jsonw_obj_end(&w);
}

static bool is_rest(const struct answer_to *to)
{
    return to->ref.n > 0 && to->ref.p[0] == 'R';
}

static bool is_socket(const struct answer_to *to)
{
    return to->ref.n > 1 && to->ref.p[0] == 'S';
}

/* The line that tells the gateway which of its connections the frame behind it is for. */
static void socket_line(struct buf *out, const struct answer_to *to)
{
    buf_cstr(out, "S ");
    buf_put(out, to->ref.p + 1, to->ref.n - 1);
    buf_char(out, '\n');
}

int answer_stored(struct bus *bus, const struct answer_to *to, const struct stored *s)
{
    struct buf text = {0};
    int err = 0;
    if (is_socket(to)) {
        socket_line(&text, to);
        stored_write(&text, s, true);
        err = bus_publish(bus, to->inbox, buf_view(&text));
    } else if (is_rest(to)) {
        stored_write(&text, s, false);
        err = rpc_answer(bus, to->inbox, to->ref, 0, buf_view(&text));
    }
    buf_fini(&text);
    return err;
}

static int answer_nack(struct bus *bus, const struct answer_to *to, struct buf *text)
{
    int err = bus_publish(bus, to->inbox, buf_view(text));
    buf_fini(text);
    return err;
}

/* The line for the gateway and the nack up to its code: its end is the caller's. */
static struct jsonw begin_nack(struct buf *text, const struct answer_to *to, struct str cmid, int code)
{
    socket_line(text, to);
    struct jsonw w = jsonw_on(text);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "t", "nack");
    jsonw_str(&w, "cmid", cmid);
    jsonw_cstr(&w, "code", err_code(code));
    return w;
}

int answer_error(struct bus *bus, const struct answer_to *to, struct str cmid, int code)
{
    if (is_rest(to))
        return rpc_answer(bus, to->inbox, to->ref, code, STR(""));
    if (!is_socket(to))
        return 0;
    struct buf text = {0};
    struct jsonw w = begin_nack(&text, to, cmid, code);
    jsonw_obj_end(&w);
    return answer_nack(bus, to, &text);
}

int answer_refused(struct bus *bus, const struct answer_to *to, struct str cmid, int code, int64_t cgen)
{
    if (!is_socket(to))
        return answer_error(bus, to, cmid, code);
    struct buf text = {0};
    struct jsonw w = begin_nack(&text, to, cmid, code);
    jsonw_int(&w, "cgen", cgen);
    jsonw_obj_end(&w);
    return answer_nack(bus, to, &text);
}

int answer_out_of_order(struct bus *bus, const struct answer_to *to, struct str cmid, int64_t cgen, int64_t expected)
{
    if (!is_socket(to))
        return answer_error(bus, to, cmid, ERR_OUT_OF_ORDER);
    struct buf text = {0};
    struct jsonw w = begin_nack(&text, to, cmid, ERR_OUT_OF_ORDER);
    jsonw_int(&w, "retry_ms", ORDER_RETRY_MS);
    jsonw_int(&w, "cgen", cgen);
    jsonw_int(&w, "expected", expected);
    jsonw_obj_end(&w);
    return answer_nack(bus, to, &text);
}

int answer_json(struct bus *bus, const struct answer_to *to, struct str json)
{
    if (!is_rest(to))
        return 0;
    return rpc_answer(bus, to->inbox, to->ref, 0, json);
}
