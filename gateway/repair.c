/* Heals rooms whose events were lost on the way. */
#include "repair.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "alloc.h"
#include "channels.h"
#include "clock.h"
#include "event_header.h"
#include "fan_out.h"
#include "jsonw.h"
#include "log.h"
#include "reconcile.h"
#include "session.h"
#include "suspects.h"

enum {
    MAX_ASKED = 64,    /* rooms being asked for at once */
    MAX_EVENTS = 1000, /* of one repair; beyond, clients fetch what they want of it */
    PAGE = 200,
    ASK_MS = 2000,
    GIVE_UP_MS = 5000, /* without an answer */
    QUEUE_MS = 15000,  /* from its beginning: events of the room are held back all the while */
    WAIT_MIN_MS = 100,
    WAIT_MAX_MS = 1600,
    TICK_MS = 100,
    LOOK_MS = 5000,
    LOOK_WINDOW_MS = 12000, /* `moved` tells of the last 20 s; what it tells may be 3 s old and more */
    STALE_MS = 4000,        /* no answer of `moved` is older than this */
    LATE_MS = 30000,        /* no answer at all is later than this */
};

/* A room that is being repaired. */
struct room_repair {
    struct list link; /* waiting; alone while being asked for */
    struct repair *repair;
    int64_t room;
    int64_t head, mver; /* the furthest heard of */
    int64_t begun_ms, failing_ms, due_ms;
    int64_t wait_ms, fed;
};

/* A room, or a user's own log: `head` is its useq. */
struct learning {
    struct repair *repair;
    int64_t room, user;
    bool late; /* events may have been lost since clients were told of the room */
};

struct repair {
    struct gateway *gw;
    struct idmap *rooms; /* struct room_repair by room */
    struct list waiting;
    size_t asked;      /* of rooms being asked for */
    size_t open_calls; /* all kinds: they hold this struct */
    struct timer *tick, *look;
    bool tick_on;
    struct suspects *suspects;
    bool looking, look_again;
    int64_t looked_ms; /* when the last answered look was asked */
    char epoch[64], last_epoch[64];
    int64_t epoch_ms; /* since when it is not the last one */
    struct metric *repairs, *events, *given_up;
    bool dying;
};

/* Each answer begins with this. False: nobody is there to take it. */
static bool call_over(struct repair *r)
{
    r->open_calls--;
    if (!r->dying)
        return true;
    if (r->open_calls == 0)
        free(r);
    return false;
}

static int ask(struct repair *r, const char *call, int64_t user, struct str args, rpc_done_fn *fn, void *arg)
{
    const struct caller caller = {.user = user, .trace = STR("repair")};
    int err = rpc_call(r->gw->process.rpc, "msg", call, &caller, args, ASK_MS, fn, arg);
    r->open_calls += err == 0;
    return err;
}

/* ---- one room ---- */

static void repair_end(struct room_repair *rr)
{
    list_remove(&rr->link);
    idmap_del(rr->repair->rooms, (uint64_t)rr->room);
    free(rr);
}

/* Clients are told where the room stands, and fetch. */
static void repair_give_up(struct room_repair *rr, struct channel *c)
{
    struct repair *r = rr->repair;
    log_warn(NULL, "room not repaired, clients are told its head",
             "room=%" PRId64 " at=%" PRId64 " head=%" PRId64 " mver=%" PRId64, rr->room, c->last_seq, rr->head,
             rr->mver);
    metric_add(r->given_up, 1);
    int64_t head = rr->head, mver = rr->mver;
    repair_end(rr);
    events_jump(r->gw, c, head, mver);
}

static void wait_for_tick(struct room_repair *rr)
{
    struct repair *r = rr->repair;
    list_push(&r->waiting, &rr->link);
    if (!r->tick_on)
        timer_start(r->tick, TICK_MS, 0);
    r->tick_on = true;
}

static void repair_failed(struct room_repair *rr, struct channel *c)
{
    int64_t now = clock_mono_ms();
    if (!rr->failing_ms)
        rr->failing_ms = now;
    if (now - rr->failing_ms >= GIVE_UP_MS) {
        repair_give_up(rr, c);
        return;
    }
    rr->due_ms = now + rr->wait_ms;
    rr->wait_ms = rr->wait_ms * 2 > WAIT_MAX_MS ? WAIT_MAX_MS : rr->wait_ms * 2;
    wait_for_tick(rr);
}

static void range_arrived(void *arg, int err, struct str body);

static void range_ask(struct room_repair *rr)
{
    struct repair *r = rr->repair;
    struct channel *c = room_index_find(r->gw->index, CHANNEL_ROOM, rr->room);
    char args[96];
    if (!c || !c->known || c->last_seq >= rr->head) {
        repair_end(rr);
        return;
    }
    if (rr->fed + rr->head - c->last_seq > MAX_EVENTS) {
        repair_give_up(rr, c);
        return;
    }
    snprintf(args, sizeof(args), "{\"room\":\"%" PRId64 "\",\"after\":%" PRId64 ",\"limit\":%d}", rr->room, c->last_seq,
             PAGE);
    if (ask(r, "range", 0, str_of(args), range_arrived, rr) == 0)
        r->asked++;
    else
        repair_failed(rr, c);
}

/* Events in order, as if they had come from Redis. How many went on. */
static int64_t feed(struct repair *r, struct channel *c, struct str body)
{
    struct event_header h;
    struct str payload;
    int64_t before = c->last_seq;
    /* Its last seat may go with an event, and all that is known of the channel with it. */
    while (c->known && event_pair_next(&body, &payload)) {
        if (!event_header_parse(payload, &h) || h.kind != 'E' || h.room != c->id || h.seq > c->last_seq + 1) {
            metric_add(r->gw->m.bad_events, 1);
            break;
        }
        if (h.seq > c->last_seq)
            events_apply(r->gw, c, &h);
    }
    return c->known ? c->last_seq - before : 0;
}

static void range_arrived(void *arg, int err, struct str body)
{
    struct room_repair *rr = arg;
    struct repair *r = rr->repair;
    if (r->dying)
        free(rr);
    if (!call_over(r))
        return;
    r->asked--;
    struct channel *c = room_index_find(r->gw->index, CHANNEL_ROOM, rr->room);
    int64_t fed = c && c->known && !err ? feed(r, c, body) : 0;
    metric_add(r->events, fed);
    if (!c || !c->known) {
        repair_end(rr);
    } else if (fed == 0 && c->last_seq < rr->head) {
        repair_failed(rr, c);
    } else {
        rr->failing_ms = 0;
        rr->wait_ms = WAIT_MIN_MS;
        rr->fed += fed;
        range_ask(rr);
    }
}

static void tick(void *arg)
{
    struct repair *r = arg;
    int64_t now = clock_mono_ms();
    LIST_EACH (&r->waiting, it) {
        struct room_repair *rr = LIST_ITEM(it, struct room_repair, link);
        struct channel *c = room_index_find(r->gw->index, CHANNEL_ROOM, rr->room);
        if (c && c->known && now - rr->begun_ms >= QUEUE_MS) {
            repair_give_up(rr, c);
        } else if (rr->due_ms <= now && r->asked < MAX_ASKED) {
            list_remove(&rr->link);
            range_ask(rr);
        }
    }
    r->tick_on = !list_empty(&r->waiting);
    if (r->tick_on)
        timer_start(r->tick, TICK_MS, 0);
}

bool repair_under_way(const struct repair *r, const struct channel *channel)
{
    return idmap_count(r->rooms) > 0 && idmap_get(r->rooms, (uint64_t)channel->id) != NULL;
}

void repair_room(struct repair *r, struct channel *channel, int64_t head, int64_t mver)
{
    struct room_repair *rr = idmap_get(r->rooms, (uint64_t)channel->id);
    if (rr) {
        if (head > rr->head) {
            rr->head = head;
            rr->mver = mver;
        }
        return;
    }
    log_info(NULL, "events were lost, repairing", "room=%" PRId64 " at=%" PRId64 " head=%" PRId64, channel->id,
             channel->last_seq, head);
    metric_add(r->repairs, 1);
    rr = xcalloc(1, sizeof(*rr));
    rr->repair = r;
    rr->room = channel->id;
    rr->head = head;
    rr->mver = mver;
    rr->begun_ms = clock_mono_ms();
    rr->wait_ms = WAIT_MIN_MS;
    list_init(&rr->link);
    idmap_put(r->rooms, (uint64_t)rr->room, rr);
    if (r->asked < MAX_ASKED) {
        range_ask(rr);
        return;
    }
    wait_for_tick(rr);
}

/* ---- channels that stand nobody knows where ---- */

/* NULL: malformed, or late. */
static struct jval *answer_parse(struct repair *r, struct str body)
{
    struct jval *root = jval_parse(body);
    struct str epoch;
    if (jval_get_str(root, "epoch", &epoch) && !repair_epoch(r, epoch)) {
        jval_free(root);
        root = NULL;
    }
    return root;
}

static void learned(void *arg, int err, struct str body)
{
    struct learning *l = arg;
    struct repair *r = l->repair;
    int64_t room = l->room, user = l->user, head, mver = 0;
    bool late = l->late;
    char key[24];
    free(l);
    if (!call_over(r) || err)
        return;
    struct jval *root = answer_parse(r, body);
    struct channel *c = room_index_find(r->gw->index, CHANNEL_ROOM, room);
    snprintf(key, sizeof(key), "%" PRId64, room);
    const struct jval *entry = jval_get(jval_get(root, "rooms"), key);
    if (c && !c->known && jval_get_int(entry, "head", &head) && jval_get_int(entry, "mver", &mver)) {
        channel_stands(c, head, mver);
        if (late)
            events_jump(r->gw, c, head, mver);
    } else if (c && root && !entry) {
        reconcile_user(r->gw->reconcile, user);
    }
    jval_free(root);
}

static void learn(struct repair *r, const struct channel *channel, int64_t user, bool late)
{
    struct learning *l = xcalloc(1, sizeof(*l));
    char args[48];
    *l = (struct learning){r, channel->id, user, late};
    snprintf(args, sizeof(args), "{\"rooms\":[\"%" PRId64 "\"]}", channel->id);
    /* When it cannot be asked now, the first event or the next look asks again. */
    if (ask(r, "heads", user, str_of(args), learned, l))
        free(l);
}

void repair_learn(struct repair *r, const struct channel *channel, int64_t user)
{
    learn(r, channel, user, false);
}

/* ---- losses that leave no gap ---- */

void repair_suspect(struct repair *r, const struct channel *c, int64_t head, int64_t mver)
{
    if (c->known && head > c->last_seq && !repair_under_way(r, c))
        suspects_add(r->suspects, c, head, mver);
}

static bool take_user(void *arg, struct str key, const struct jval *value)
{
    struct repair *r = arg;
    int64_t user, useq;
    const struct channel *c = str_i64(key, &user) ? room_index_find(r->gw->index, CHANNEL_USER, user) : NULL;
    if (c && jval_int(value, &useq) && useq > c->last_useq)
        suspects_add(r->suspects, c, useq, 0);
    return true;
}

static bool take_moved(void *arg, struct str key, const struct jval *value)
{
    struct repair *r = arg;
    int64_t room, head = 0, mver = 0;
    if (!str_i64(key, &room) || !jval_get_int(value, "head", &head))
        return true;
    jval_get_int(value, "mver", &mver);
    struct channel *c = room_index_find(r->gw->index, CHANNEL_ROOM, room);
    if (!c)
        return true;
    if (!c->known) {
        if (!list_empty(&c->seats))
            learn(r, c, session_of(LIST_ITEM(c->seats.next, struct seat, of_channel)->subscriber)->user, true);
        return true;
    }
    if (head >= c->last_seq || clock_mono_ms() - c->forwarded_ms < STALE_MS) {
        repair_suspect(r, c, head, mver);
        return true;
    }
    /* What was forwarded is not there any more, and the epoch is the same: someone must know. */
    log_error(NULL, "a room's log went back", "room=%" PRId64 " at=%" PRId64 " head=%" PRId64, room, c->last_seq, head);
    metric_add(r->gw->m.cursor_beyond_head, 1);
    c->mver = -1; /* who is in may have gone back as well */
    events_jump(r->gw, c, head, mver);
    return true;
}

static void look(void *arg);

static void moved_arrived(void *arg, int err, struct str body)
{
    struct repair *r = arg;
    if (!call_over(r))
        return;
    r->looking = false;
    struct jval *root = err ? NULL : answer_parse(r, body);
    if (root) {
        int64_t now = clock_mono_ms();
        /* Rooms may have moved since the last look that this one does not tell of. */
        if (r->looked_ms > 0 && now - r->looked_ms > LOOK_WINDOW_MS)
            reconcile_all(r->gw->reconcile);
        r->looked_ms = now;
        jval_each(jval_get(root, "rooms"), take_moved, r);
        jval_each(jval_get(root, "users"), take_user, r);
    }
    jval_free(root);
    if (r->look_again)
        look(r);
}

static void look(void *arg)
{
    struct repair *r = arg;
    r->look_again = r->looking;
    if (r->looking)
        return;
    if (room_index_count(r->gw->index, CHANNEL_USER) == 0) {
        r->looked_ms = clock_mono_ms();
        return;
    }
    r->looking = ask(r, "moved", 0, STR("{}"), moved_arrived, r) == 0;
}

void repair_look(struct repair *r)
{
    look(r);
}

/* ---- the durable epoch ---- */

static bool forget(void *arg, struct channel *channel)
{
    (void)arg;
    channel->known = false;
    channel->last_seq = channel->last_useq = 0;
    channel->mver = -1;
    channel->marks = (struct room_marks){0};
    return true;
}

/* The heads it was to reach are of before. */
static bool forget_repair(void *arg, uint64_t room, void *value)
{
    struct room_repair *rr = value;
    (void)arg;
    (void)room;
    rr->head = rr->mver = 0;
    return true;
}

static void begin_anew(struct repair *r)
{
    struct gateway *gw = r->gw;
    fan_out_all(gw);
    for (int kind = 0; kind < CHANNEL_KINDS; kind++)
        room_index_each(gw->index, (enum channel_kind)kind, forget, NULL);
    idmap_each(r->rooms, forget_repair, NULL);
    suspects_forget(r->suspects);
    LIST_EACH (&gw->sessions, it) {
        struct session *s = LIST_ITEM(it, struct session, of_gateway);
        /* These have what was looked up; the others' look is repeated. */
        if (s->state == SESSION_READY || (s->state == SESSION_SUBSCRIBING && s->step == HELLO_ROOM_CHANNELS))
            session_close(s, CLOSE_INTERNAL, "restored");
        else
            s->reopen = true;
    }
}

bool repair_epoch(struct repair *r, struct str epoch)
{
    if (epoch.n == 0 || epoch.n >= sizeof(r->epoch) || str_is(epoch, r->epoch))
        return true;
    if (str_is(epoch, r->last_epoch) && clock_mono_ms() - r->epoch_ms < LATE_MS)
        return false;
    bool first = r->epoch[0] == '\0';
    memcpy(r->last_epoch, r->epoch, sizeof(r->last_epoch));
    str_copy(r->epoch, sizeof(r->epoch), epoch);
    r->epoch_ms = clock_mono_ms();
    if (!first) {
        log_warn(NULL, "the database was restored, all clients begin anew", "epoch=%s", r->epoch);
        begin_anew(r);
    }
    return true;
}

/* ---- life ---- */

void repair_create(struct repair **repair_r, struct gateway *gw)
{
    struct repair *r = xcalloc(1, sizeof(*r));
    struct metrics *m = gw->process.metrics;
    uint32_t phase = 0;
    r->gw = gw;
    idmap_create(&r->rooms);
    list_init(&r->waiting);
    suspects_create(&r->suspects, gw);
    r->repairs = metrics_counter(m, "parley_gateway_repairs_total", NULL, "Rooms whose lost events were asked for.");
    r->events = metrics_counter(m, "parley_gateway_repaired_events_total", NULL, "Lost events that were forwarded.");
    r->given_up = metrics_counter(m, "parley_gateway_repairs_given_up_total", NULL,
                                  "Repairs given up: clients were told the head.");
    timer_make(&r->tick, gw->process.loop, tick, r);
    timer_make(&r->look, gw->process.loop, look, r);
    /* Gateways started together do not ask together. No randomness: they do. */
    if (getrandom(&phase, sizeof(phase), GRND_NONBLOCK) < 0)
        phase = 0;
    timer_start(r->look, phase % LOOK_MS + 1, LOOK_MS);
    *repair_r = r;
}

static bool free_waiting(void *arg, uint64_t key, void *value)
{
    struct room_repair *rr = value;
    (void)arg;
    (void)key;
    /* The others are asked for: their answers free them. */
    if (!list_empty(&rr->link)) {
        list_remove(&rr->link);
        free(rr);
    }
    return true;
}

void repair_destroy(struct repair **repair)
{
    struct repair *r = *repair;
    if (!r)
        return;
    timer_destroy(&r->tick);
    timer_destroy(&r->look);
    idmap_each(r->rooms, free_waiting, NULL);
    idmap_destroy(&r->rooms);
    suspects_destroy(&r->suspects);
    *repair = NULL;
    r->dying = true;
    if (r->open_calls == 0)
        free(r);
}
