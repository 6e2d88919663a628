/* Tells the gateways who changed, and in which rooms they may show it. */
#include "publisher.h"

#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "jsonw.h"
#include "list.h"
#include "map.h"
#include "rooms_cache.h"

enum {
    SETTLE_MS = 500, /* from a change to its publication */
    RETRY_MS = 2000, /* after msg-svc or Redis did not answer */
    MAX_TRIES = 5,   /* then the change is dropped: a client that asks later still gets it */
    TICK_MS = 50,
    ROOMS_MS = 5000, /* deadline of msg.rooms_of */
    MAX_BUSY = 64,   /* users being looked up */
    MAX_PENDING = 100000,
    MAX_PAYLOAD = 32768,
    CACHE_USERS = 10000,
    CACHE_BYTES = 8 << 20,
    CACHE_MS = 60000
};

/* A user whose change is not published yet. */
struct pending {
    struct list link; /* in waiting or failed; alone while he is looked up */
    struct publisher *publisher;
    int64_t user, due_ms;
    int tries;
    bool again; /* changed once more while he was looked up */
    bool anew;  /* what is remembered of him is out of date */
    bool fresh; /* msg-svc was asked this time, and said whether it may be told when he was last there */
    bool hides;
};

struct publisher {
    struct bus *bus;
    struct rpc *rpc;
    struct presence *presence;
    struct rooms_cache *rooms; /* "<profile> <room>,<room>" */
    struct idmap *users;       /* id → struct pending */
    struct list waiting;       /* for SETTLE_MS to pass, in the order they will */
    struct list failed;        /* for RETRY_MS to pass, the same */
    size_t busy;
    struct timer *tick;
    bool ticking, stopped;
    struct loop_hook *flush;
    struct buf payload;
    struct metric *published_total, *dropped_total;
};

/* ---- the payload ---- */

void publisher_line(struct buf *out, int64_t user, const struct presence_user *state,
                    const struct publisher_known *known)
{
    int64_t seen = state->state == PRESENCE_OFFLINE && known->may_tell_seen ? state->seen : 0;
    buf_printf(out, "%sP %lld %s %lld %.*s\n", out->n > 0 ? "\n" : "", (long long)user,
               presence_state_name(state->state), (long long)seen, (int)known->rooms.n, known->rooms.p);
    struct jsonw json = jsonw_on(out);
    jsonw_obj(&json, NULL);
    jsonw_id(&json, "user", user);
    jsonw_cstr(&json, "state", presence_state_name(state->state));
    if (seen > 0)
        jsonw_int(&json, "last_seen", seen);
    if (known->profile > 0)
        jsonw_int(&json, "profile", known->profile);
    jsonw_obj_end(&json);
}

bool publisher_rooms(struct str answer, struct buf *out, bool *hides_r)
{
    struct jval *root = jval_parse(answer);
    const struct jval *rooms = jval_get(root, "rooms");
    bool ok = jval_is_array(rooms);
    int64_t profile = 0;
    *hides_r = true;
    jval_get_bool(root, "hides", hides_r);
    jval_get_int(root, "profile", &profile);
    buf_printf(out, "%lld ", (long long)profile);
    for (size_t i = 0; ok && i < jval_count(rooms); i++) {
        struct str text;
        int64_t id;
        ok = jval_str(jval_at(rooms, i), &text) && str_i64(text, &id);
        if (ok && i > 0)
            buf_char(out, ',');
        if (ok)
            buf_str(out, text);
    }
    jval_free(root);
    return ok;
}

static void flush(void *arg)
{
    struct publisher *p = arg;
    if (p->payload.n == 0)
        return;
    bus_publish(p->bus, STR("presence:{all}"), buf_view(&p->payload));
    buf_reset(&p->payload);
}

/* ---- one user ---- */

static void user_wait(struct pending *u, struct list *where, int64_t after_ms)
{
    u->due_ms = clock_mono_ms() + after_ms;
    u->again = false;
    list_push(where, &u->link);
}

static void user_done(struct pending *u, int err)
{
    struct publisher *p = u->publisher;
    p->busy--;
    if (p->stopped)
        return;
    if (err && ++u->tries < MAX_TRIES) {
        u->anew = true;
        user_wait(u, &p->failed, RETRY_MS);
    } else if (u->again) {
        u->tries = 0;
        user_wait(u, &p->waiting, SETTLE_MS);
    } else {
        metric_add(err ? p->dropped_total : p->published_total, 1);
        idmap_del(p->users, (uint64_t)u->user);
        free(u);
    }
}

static void user_ask(struct pending *u);

static void publish(struct pending *u, const struct presence_user *state, struct str remembered)
{
    struct publisher *p = u->publisher;
    struct publisher_known known = {.may_tell_seen = u->fresh && !u->hides};
    struct str profile;
    known.rooms = str_cut(remembered, ' ', &profile);
    str_i64(profile, &known.profile);
    if (known.rooms.n == 0)
        return;
    publisher_line(&p->payload, u->user, state, &known);
    if (p->payload.n >= MAX_PAYLOAD)
        flush(p);
}

/* The rooms may have left the cache while Redis was asked: then the next try asks for them again. Whether it may be
 * told when somebody left is asked each time: the choice may have been made at another replica a moment ago. */
static void on_state(void *arg, int err, const struct presence_user *state)
{
    struct pending *u = arg;
    struct publisher *p = u->publisher;
    struct str remembered;
    if (!err && !p->stopped && state->state == PRESENCE_OFFLINE && state->seen > 0 && !u->fresh) {
        user_ask(u);
        return;
    }
    if (!err && !p->stopped && rooms_cache_get(p->rooms, u->user, &remembered))
        publish(u, state, remembered);
    user_done(u, err);
}

static void user_read(struct pending *u)
{
    int err = presence_read(u->publisher->presence, u->user, on_state, u);
    if (err)
        user_done(u, err);
}

static void on_rooms(void *arg, int err, struct str body)
{
    struct pending *u = arg;
    struct buf rooms = {0};
    if (!err && !publisher_rooms(body, &rooms, &u->hides))
        err = ERR_INTERNAL;
    u->fresh = !err;
    if (!err)
        rooms_cache_put(u->publisher->rooms, u->user, buf_view(&rooms));
    buf_fini(&rooms);
    if (err || u->publisher->stopped)
        user_done(u, err);
    else
        user_read(u);
}

static void user_ask(struct pending *u)
{
    struct caller caller = {.user = u->user};
    int err = rpc_call(u->publisher->rpc, "msg", "rooms_of", &caller, STR("{}"), ROOMS_MS, on_rooms, u);
    if (err)
        user_done(u, err);
}

static void user_look_up(struct publisher *p, struct pending *u)
{
    struct str remembered;
    bool anew = u->anew;
    p->busy++;
    u->fresh = u->anew = false;
    if (!anew && rooms_cache_get(p->rooms, u->user, &remembered))
        user_read(u);
    else
        user_ask(u);
}

/* ---- all of them ---- */

static void take_due(struct publisher *p, struct list *from, int64_t now)
{
    LIST_EACH (from, it) {
        struct pending *u = LIST_ITEM(it, struct pending, link);
        if (u->due_ms > now || p->busy >= MAX_BUSY)
            return;
        list_remove(&u->link);
        user_look_up(p, u);
    }
}

static void look_up(struct publisher *p)
{
    int64_t now = clock_mono_ms();
    take_due(p, &p->waiting, now);
    take_due(p, &p->failed, now);
}

static void on_tick(void *arg)
{
    struct publisher *p = arg;
    look_up(p);
    if (idmap_count(p->users) > 0)
        return;
    timer_stop(p->tick);
    p->ticking = false;
}

void publisher_touch(struct publisher *p, int64_t user)
{
    struct pending *u = idmap_get(p->users, (uint64_t)user);
    if (p->stopped)
        return;
    if (u) {
        /* Whoever waits is read when his time comes. Whoever is being looked up may have been read already. */
        u->again = list_empty(&u->link);
        return;
    }
    if (idmap_count(p->users) >= MAX_PENDING) {
        metric_add(p->dropped_total, 1);
        return;
    }
    u = xcalloc(1, sizeof *u);
    u->publisher = p;
    u->user = user;
    list_init(&u->link);
    idmap_put(p->users, (uint64_t)user, u);
    user_wait(u, &p->waiting, SETTLE_MS);
    if (!p->ticking)
        timer_start(p->tick, TICK_MS, TICK_MS);
    p->ticking = true;
}

void publisher_changed(struct publisher *p, int64_t user)
{
    publisher_touch(p, user);
    struct pending *u = idmap_get(p->users, (uint64_t)user);
    if (u)
        u->anew = true;
}

size_t publisher_pending(const struct publisher *p)
{
    return idmap_count(p->users);
}

void publisher_create(struct publisher **publisher_r, struct loop *loop, struct bus *bus, struct rpc *rpc,
                      struct presence *presence, struct metrics *metrics)
{
    struct publisher *p = xcalloc(1, sizeof *p);
    p->bus = bus;
    p->rpc = rpc;
    p->presence = presence;
    list_init(&p->waiting);
    list_init(&p->failed);
    idmap_create(&p->users);
    rooms_cache_create(&p->rooms, CACHE_USERS, CACHE_BYTES, CACHE_MS);
    timer_make(&p->tick, loop, on_tick, p);
    p->flush = loop_after_io(loop, flush, p);
    p->published_total =
        metrics_counter(metrics, "parley_presence_published_total", NULL, "Changes told to the gateways.");
    p->dropped_total =
        metrics_counter(metrics, "parley_presence_dropped_total", NULL, "Changes dropped: too many, or no answer.");
    *publisher_r = p;
}

void publisher_stop(struct publisher *p)
{
    flush(p);
    p->stopped = true;
    timer_destroy(&p->tick);
    loop_unhook(&p->flush);
}

static bool free_user(void *arg, uint64_t user, void *value)
{
    idmap_del(arg, user);
    free(value);
    return true;
}

void publisher_destroy(struct publisher **publisher)
{
    struct publisher *p = *publisher;
    if (!p)
        return;
    *publisher = NULL;
    idmap_each(p->users, free_user, p->users);
    idmap_destroy(&p->users);
    rooms_cache_destroy(&p->rooms);
    buf_fini(&p->payload);
    free(p);
}
