/* People at work: each writes, types, changes rooms and reads their history, searches, goes idle and comes back, loses
 * the connection now and then; every device tells what it received and what was read. Rooms are of all sizes. What is
 * measured is how late a message is on the screens of others, from the moment at which it was to be sent; and at the
 * end each device must have every event of each of its rooms. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "clock.h"
#include "day.h"
#include "rest.h"

enum {
    WAIT_US = 5000,
    DRAIN_US = 15000000,
    TYPES_US = 3000000,    /* before it is sent */
    PATIENCE_US = 2000000, /* with what is missing, before it is asked for */
    MOST_MARKS = 12,       /* of what was received, at a time */
    REST_LINES = 32,
    WINDOW = 3 /* messages of a person without an answer */
};

/* Between two of a kind, of one person, in the mean. */
static const double every_s[ACTS] = {
    [ACT_TYPE] = 120, [ACT_SWITCH] = 30, [ACT_SEARCH] = 600, [ACT_IDLE] = 900, [ACT_LEAVE] = 3600};

/* Beside the number of a device, in what a request is called by. */
#define SEARCHES (1U << 31)

/* ---- chance ---- */

/* xorshift64*, of Vigna, "An experimental exploration of Marsaglia's xorshift generators, scrambled" (2016). */
static uint64_t draw(struct day *d)
{
    d->chance ^= d->chance >> 12;
    d->chance ^= d->chance << 25;
    d->chance ^= d->chance >> 27;
    return d->chance * UINT64_C(2685821657736338717);
}

static uint32_t draw_below(struct day *d, uint32_t n)
{
    return (uint32_t)((draw(d) >> 33) % n);
}

/* Independent events have exponential gaps. */
static int64_t draw_gap_us(struct day *d, double mean_s)
{
    double u = ((double)(draw(d) >> 11) + 1) / 9007199254740993.0;
    return (int64_t)(-log(u) * mean_s * 1e6);
}

/* ---- rooms ---- */

struct client *day_client(const struct day *d, const struct device *v)
{
    return &d->worker->crowd.clients[v - d->devices];
}

const char *day_room(const struct day *d, const struct place *p)
{
    return d->worker->options->plan.rooms[p->room];
}

static void send_text(struct client *c, struct buf *text)
{
    client_send(c, WS_TEXT, buf_view(text));
    buf_fini(text);
}

static void send_mark(struct client *c, const char *kind, const char *room, uint64_t seq)
{
    struct buf text = {0};
    buf_printf(&text, "{\"t\":\"%s\",\"room\":\"%s\",\"seq\":%" PRIu64 "}", kind, room, seq);
    send_text(c, &text);
}

static void put_cursors(const struct client *c, struct buf *out)
{
    const struct day *d = c->crowd->arg;
    const struct device *v = &d->devices[c - c->crowd->clients];
    for (uint32_t i = 0; i < v->count; i++)
        buf_printf(out, "%s\"%s\":%" PRIu64, i ? "," : "", day_room(d, &v->places[i]), v->places[i].seen);
}

/* ---- the agenda ---- */

void day_plan(struct day *d, const struct device *v, enum act act, int64_t at_us)
{
    agenda_put(&d->agenda, (struct entry){.at_us = at_us, .who = (uint32_t)(v - d->devices), .what = act});
}

static void plan_next(struct day *d, const struct device *v, enum act act, int64_t now_us)
{
    day_plan(d, v, act, now_us + draw_gap_us(d, every_s[act]));
}

/* ---- what they do ---- */

static void tell_typing(const struct day *d, const struct device *v, bool on)
{
    struct buf text = {0};
    buf_printf(&text, "{\"t\":\"typing\",\"room\":\"%s\",\"on\":%s}", day_room(d, &v->places[v->writes_to]),
               on ? "true" : "false");
    send_text(day_client(d, v), &text);
}

/* By its weight. */
static uint32_t draw_room(struct day *d, const struct device *v)
{
    double all = 0;
    for (uint32_t i = 0; i < v->count; i++)
        all += d->weights[v->places[i].room];
    double left = all * (double)(draw(d) >> 11) / 9007199254740992.0;
    uint32_t i = 0;
    while (i + 1 < v->count && (left -= d->weights[v->places[i].room]) >= 0)
        i++;
    return i;
}

static void begin_to_type(struct day *d, struct device *v, int64_t at_us)
{
    v->writes_to = draw_room(d, v);
    tell_typing(d, v, true);
    day_plan(d, v, ACT_WRITE, at_us + TYPES_US);
}

/* The moment at which it was to be sent stands in it, however much later it can be. */
static void write_message(struct day *d, struct device *v, int64_t due_us)
{
    struct place *p = &v->places[v->writes_to];
    tell_typing(d, v, false);
    sender_send_to(&v->sender, day_room(d, p), p->written++, due_us);
    plan_next(d, v, ACT_TYPE, due_us);
}

static void change_rooms(struct day *d, struct device *v)
{
    char target[160];
    v->shown = draw_below(d, v->count);
    snprintf(target, sizeof(target), "/api/v1/rooms/%s/messages?limit=50", day_room(d, &v->places[v->shown]));
    rest_get(d->rest, client_token(day_client(d, v)), target, (uint32_t)(v - d->devices));
}

static const char *const words[] = {"quick", "brown", "fox%20jumps", "lazy%20dog", "%22over%20the%20lazy%22"};

static void search(struct day *d, const struct device *v)
{
    char target[160];
    snprintf(target, sizeof(target), "/api/v1/search?q=%s", words[draw_below(d, sizeof(words) / sizeof(words[0]))]);
    rest_get(d->rest, client_token(day_client(d, v)), target, (uint32_t)(v - d->devices) | SEARCHES);
}

static void turn_idle(const struct day *d, struct device *v)
{
    struct buf text = {0};
    v->idle = !v->idle;
    buf_printf(&text, "{\"t\":\"presence\",\"state\":\"%s\"}", v->idle ? "away" : "online");
    send_text(day_client(d, v), &text);
}

static void leave(const struct day *d, struct device *v, int64_t now_us)
{
    v->left_us = now_us;
    client_leave(day_client(d, v));
}

/* What has come since the last time, of a dozen rooms at most. */
void day_tell_delivered(struct day *d, struct device *v, int64_t now_us)
{
    int left = MOST_MARKS;
    v->tells = false;
    for (uint32_t i = 0; i < v->count && left > 0; i++) {
        struct place *p = &v->places[i];
        if (p->seen <= p->told)
            continue;
        send_mark(day_client(d, v), "delivered", day_room(d, p), p->seen);
        d->worker->slot->acts[ACT_TELL] += worker_counts(d->worker, now_us);
        p->told = p->seen;
        left--;
    }
    if (left < MOST_MARKS) {
        v->tells = true;
        day_plan(d, v, ACT_TELL, now_us + DAY_EVERY_US);
    }
}

static void tell_read(const struct day *d, struct device *v)
{
    struct place *p = &v->places[v->shown];
    v->reads = false;
    if (p->seen <= p->read)
        return;
    p->read = p->seen;
    send_mark(day_client(d, v), "read", day_room(d, p), p->read);
}

/* ---- what comes ---- */

static void on_ready(struct client *c, int64_t now_us)
{
    struct day *d = c->crowd->arg;
    struct device *v = &d->devices[c - c->crowd->clients];
    if (v->left_us && worker_counts(d->worker, now_us))
        histogram_add(&d->worker->slot->ready_after, now_us - v->left_us);
    v->left_us = 0;
}

static void on_rest(void *arg, uint32_t who, int status, struct str body, int64_t us)
{
    struct day *d = arg;
    struct device *v = &d->devices[who & ~SEARCHES];
    bool searches = who & SEARCHES;
    if (status != 200) {
        d->worker->slot->refused++;
        return;
    }
    if (worker_counts(d->worker, clock_mono_us()))
        histogram_add(searches ? &d->worker->slot->search : &d->worker->slot->history, us);
    (void)body;
    if (!searches)
        tell_read(d, v);
}

/* What is missing for too long is asked for, as it may have been lost on the way. */
static void ask_for_missing(struct day *d, int64_t now_us)
{
    for (size_t i = 0; i < d->worker->crowd.count; i++) {
        struct device *v = &d->devices[i];
        for (uint32_t k = 0; k < v->count; k++) {
            struct place *p = &v->places[k];
            if (p->missed_us == 0 || now_us - p->missed_us < PATIENCE_US || day_client(d, v)->state != CLIENT_READY)
                continue;
            struct buf text = {0};
            buf_printf(&text, "{\"t\":\"fetch\",\"room\":\"%s\",\"after\":%" PRIu64 "}", day_room(d, p), p->seen);
            send_text(day_client(d, v), &text);
            p->missed_us = now_us;
        }
    }
}

/* ---- the day ---- */

static void act(struct day *d, const struct entry *e, int64_t now_us)
{
    struct device *v = &d->devices[e->who];
    if (d->over && e->what != ACT_TELL && e->what != ACT_READ)
        return;
    d->worker->slot->acts[e->what] += e->what != ACT_TELL && worker_counts(d->worker, now_us);
    switch ((enum act)e->what) {
    case ACT_TYPE:
        begin_to_type(d, v, e->at_us);
        return;
    case ACT_WRITE:
        write_message(d, v, e->at_us);
        return;
    case ACT_SWITCH:
        change_rooms(d, v);
        break;
    case ACT_SEARCH:
        search(d, v);
        break;
    case ACT_IDLE:
        turn_idle(d, v);
        break;
    case ACT_LEAVE:
        leave(d, v, now_us);
        break;
    case ACT_TELL:
        day_tell_delivered(d, v, now_us);
        return;
    case ACT_READ:
        tell_read(d, v);
        return;
    case ACTS:
        return;
    }
    plan_next(d, v, (enum act)e->what, now_us);
}

static bool must_wait(const struct day *d, const struct entry *e)
{
    const struct device *v = &d->devices[e->who];
    return day_client(d, v)->state != CLIENT_READY || (e->what == ACT_WRITE && sender_open(&v->sender) >= WINDOW);
}

/* What cannot be done now keeps its moment, and is not met again in this turn. */
static void act_all(struct day *d, int64_t now_us)
{
    struct entry e;
    struct agenda waiting = {0};
    while (agenda_take(&d->agenda, now_us, &e)) {
        if (must_wait(d, &e))
            agenda_put(&waiting, e);
        else
            act(d, &e, now_us);
    }
    while (agenda_take(&waiting, INT64_MAX, &e))
        agenda_put(&d->agenda, e);
    agenda_fini(&waiting);
}

/* fn with each number of a line. */
static void read_line(const struct day *d, const char *line, void (*fn)(void *arg, uint32_t room), void *arg)
{
    for (char *end; *line; line = *end ? end + 1 : end) {
        unsigned long room = strtoul(line, &end, 10);
        if (end == line || room >= d->worker->options->plan.room_count) {
            fprintf(stderr, "parley-bench-load: --places: %s\n", line);
            exit(2);
        }
        fn(arg, (uint32_t)room);
    }
}

static void count_one(void *arg, uint32_t room)
{
    double *sizes = arg;
    sizes[room]++;
}

static void weigh_rooms(struct day *d)
{
    const struct options *o = d->worker->options;
    d->weights = xcalloc(o->plan.room_count, sizeof(*d->weights));
    for (size_t i = 0; i < (size_t)o->people; i++)
        read_line(d, o->places[i], count_one, d->weights);
    for (size_t i = 0; i < o->plan.room_count; i++)
        d->weights[i] = pow(d->weights[i] > 0 ? d->weights[i] : 1, (double)-o->share / 100);
}

static void add_place(void *arg, uint32_t room)
{
    struct device *v = arg;
    v->places = xrealloc(v->places, (v->count + 1) * sizeof(*v->places));
    v->places[v->count++] = (struct place){.room = room};
}

/* Everybody begins with the past. */
static void read_places(const struct day *d, struct device *v, const char *line)
{
    const uint64_t past = (uint64_t)d->worker->options->past;
    read_line(d, line, add_place, v);
    for (uint32_t i = 0; i < v->count; i++)
        v->places[i].seen = v->places[i].head = v->places[i].told = v->places[i].read = past;
}

static void arrive(struct day *d, int64_t now_us)
{
    const struct options *o = d->worker->options;
    for (size_t i = 0; i < d->worker->crowd.count; i++) {
        struct device *v = &d->devices[i];
        struct client *c = day_client(d, v);
        sender_init(&v->sender, c, (size_t)o->size);
        read_places(d, v, o->places[c->number % (size_t)o->people]);
        if (v->count == 0)
            continue;
        v->shown = draw_below(d, v->count);
        /* Each person has one device in hand; the others come and go. */
        bool in_hand = c->number < (uint64_t)o->people;
        for (enum act act = 0; act < ACTS; act++)
            if (every_s[act] > 0 && (in_hand || act == ACT_IDLE || act == ACT_LEAVE))
                plan_next(d, v, act, now_us);
    }
}

static uint64_t open_now(const struct day *d)
{
    uint64_t open = rest_open(d->rest);
    for (size_t i = 0; i < d->worker->crowd.count; i++)
        open += sender_open(&d->devices[i].sender);
    return open;
}

/* Events that devices here do not have. */
static uint64_t missing_now(const struct day *d)
{
    uint64_t missing = 0;
    for (size_t i = 0; i < d->worker->crowd.count; i++)
        for (uint32_t k = 0; k < d->devices[i].count; k++) {
            const struct place *p = &d->devices[i].places[k];
            uint64_t head = atomic_load(&d->worker->board->heads[p->room]);
            missing += head > p->seen ? head - p->seen : 0;
        }
    return missing;
}

static bool all_quiet(const struct day *d)
{
    for (size_t i = 0; i < (size_t)d->worker->options->processes; i++)
        if (!atomic_load(&d->worker->board->slots[i].quiet))
            return false;
    return true;
}

static void turn(struct day *d, int64_t *asked_us)
{
    int64_t now_us = clock_mono_us();
    act_all(d, now_us);
    crowd_turn(&d->worker->crowd, WAIT_US);
    rest_turn(d->rest);
    if (now_us - *asked_us > DAY_EVERY_US) {
        *asked_us = now_us;
        ask_for_missing(d, now_us);
    }
}

static void live(struct day *d)
{
    struct worker *w = d->worker;
    int64_t asked_us = 0, end_us = w->board->until_us + DRAIN_US;
    while (clock_mono_us() < w->board->until_us && !worker_late(w, 1))
        turn(d, &asked_us);
    d->over = true;
    while (clock_mono_us() < end_us && !worker_late(w, 1)) {
        turn(d, &asked_us);
        atomic_store(&w->slot->quiet, open_now(d) == 0);
        if (all_quiet(d) && missing_now(d) == 0)
            break;
    }
    w->slot->unfinished = open_now(d);
    w->slot->missing = missing_now(d);
}

void day_run(struct worker *w)
{
    struct day d = {.worker = w, .devices = xcalloc(w->crowd.count, sizeof(*d.devices))};
    d.chance = UINT64_C(88172645463325252) + w->index;
    rest_create(&d.rest, &w->options->plan.addresses[0], REST_LINES, on_rest, &d);
    w->crowd.arg = &d;
    w->crowd.on_frame = day_hear;
    w->crowd.on_ready = on_ready;
    w->crowd.put_cursors = put_cursors;
    crowd_watch(&w->crowd, rest_fd(d.rest));
    weigh_rooms(&d);
    arrive(&d, clock_mono_us());
    if (worker_begin(w))
        live(&d);
    for (size_t i = 0; i < w->crowd.count; i++) {
        w->slot->refused += d.devices[i].sender.refused;
        atomic_fetch_add(&w->slot->seen, d.devices[i].sender.answered);
        free(d.devices[i].places);
    }
    w->crowd.arg = NULL;
    w->crowd.on_frame = NULL;
    rest_destroy(&d.rest);
    agenda_fini(&d.agenda);
    free(d.weights);
    free(d.devices);
}
