/* Brings connections back in line with msg-svc after a gap in the event channels. */
#include "reconcile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "channels.h"
#include "clock.h"
#include "jsonw.h"
#include "log.h"
#include "ops.h"
#include "repair.h"
#include "room_index.h"
#include "session.h"

enum { STEP_MS = 50, PER_STEP = 20, MAX_ASKED = 200, ASK_MS = 5000, MAX_TRIES = 20, AGAIN_MS = 500 };

/* A user to look up. */
struct user_check {
    struct list link; /* waiting; alone while being asked */
    struct reconcile *reconcile;
    int64_t user;
    uint64_t changes; /* of the user's channel, when it was asked */
    int64_t due_ms;   /* not before */
    unsigned tries;
    bool again;
};

struct reconcile {
    struct gateway *gw;
    struct idmap *checks; /* by user */
    struct list waiting;
    size_t asked;
    struct timer *step;
    int64_t step_ms; /* when it is due; 0: it is not */
    bool dying;
};

/* Not later than it was to be. */
static void wait_for_step(struct reconcile *r, int64_t ms)
{
    int64_t at = clock_mono_ms() + ms;
    if (r->step_ms && r->step_ms <= at)
        return;
    r->step_ms = at;
    timer_start(r->step, (uint64_t)ms, 0);
}

static void check_end(struct reconcile *r, struct user_check *c)
{
    idmap_del(r->checks, (uint64_t)c->user);
    free(c);
}

/* Hold events back from a user's connections, or let them through again. */
static void set_fence(struct gateway *gw, int64_t user, bool fenced)
{
    const struct channel *mine = room_index_find(gw->index, CHANNEL_USER, user);
    if (!mine)
        return;
    LIST_EACH (&mine->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        s->fenced = fenced;
        session_catch_up(s);
    }
}

/* Nobody can tell which rooms they are in: better no connection than a wrong one. */
static void give_up(struct gateway *gw, int64_t user)
{
    const struct channel *mine = room_index_find(gw->index, CHANNEL_USER, user);
    log_warn(NULL, "user not reconciled", "user=%" PRId64, user);
    if (!mine)
        return;
    LIST_EACH (&mine->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        session_close(s, CLOSE_INTERNAL, "not reconciled");
    }
}

static void check_again(struct reconcile *r, struct user_check *c)
{
    /* While Redis is away nothing comes, and what is asked cannot be answered: that is no try. */
    if (bus_ready(r->gw->process.bus) && ++c->tries >= MAX_TRIES) {
        give_up(r->gw, c->user);
        check_end(r, c);
        return;
    }
    c->again = false;
    c->due_ms = clock_mono_ms() + AGAIN_MS;
    list_push(&r->waiting, &c->link);
    wait_for_step(r, AGAIN_MS);
}

struct rooms {
    struct gateway *gw;
    struct session *session;
    struct jsonw w;
    bool told; /* a room is in the frame */
};

/* Into the room. What others here listen to is in step with its log, or repair brings it there; the head of a room that
 * is new to this connection is told. */
static bool take_room(void *arg, struct str key, const struct jval *value)
{
    struct rooms *rooms = arg;
    struct session *s = rooms->session;
    int64_t room, head = 0, mver = 0;
    if (!str_i64(key, &room) || room <= 0 || !jval_get_int(value, "head", &head) || !jval_get_int(value, "mver", &mver))
        return true;
    size_t before = s->listens.count;
    struct seat *seat = room_index_join(rooms->gw->index, CHANNEL_ROOM, room, &s->listens);
    struct channel *c = seat->channel;
    bool is_new = s->listens.count > before || !c->known;
    if (!c->known)
        channel_stands(c, head, mver);
    repair_suspect(rooms->gw->repair, c, head, mver);
    if (is_new && s->state == SESSION_READY) {
        rooms->told = true;
        jsonw_key(&rooms->w, key);
        jsonw_int(&rooms->w, NULL, head);
    }
    return true;
}

/* Out of the rooms that msg-svc does not name. */
static void leave_others(struct gateway *gw, struct session *s, const struct jval *named)
{
    LIST_EACH (&s->listens.seats, it) {
        struct seat *seat = LIST_ITEM(it, struct seat, of_subscriber);
        char key[24];
        snprintf(key, sizeof(key), "%" PRId64, seat->channel->id);
        if (seat->channel->kind == CHANNEL_ROOM && !jval_get(named, key))
            room_index_leave(gw->index, seat);
    }
}

static void take_rooms(struct gateway *gw, struct session *s, const struct jval *named)
{
    struct buf text = {0};
    struct rooms rooms = {.gw = gw, .session = s, .w = jsonw_on(&text)};
    leave_others(gw, s, named);
    jsonw_obj(&rooms.w, NULL);
    jsonw_cstr(&rooms.w, "t", "head");
    jsonw_obj(&rooms.w, "rooms");
    jval_each(named, take_room, &rooms);
    jsonw_obj_end(&rooms.w);
    jsonw_obj_end(&rooms.w);
    if (rooms.told)
        session_send_text(s, buf_view(&text));
    buf_fini(&text);
}

/* A connection that is on its way in looks again by itself, or takes what is known here. */
static void bring_in_step(struct gateway *gw, struct session *s, const struct jval *named)
{
    if (s->state == SESSION_SUBSCRIBING && s->step != HELLO_ROOM_CHANNELS) {
        s->reopen = true;
        return;
    }
    take_rooms(gw, s, named);
    op_hello_confirmed(s);
}

/* False: a late answer of before the database was restored. */
static bool take_stands(struct gateway *gw, int64_t user, const struct jval *root)
{
    struct str epoch;
    int64_t useq;
    if (jval_get_str(root, "epoch", &epoch) && !repair_epoch(gw->repair, epoch))
        return false;
    struct channel *mine = room_index_find(gw->index, CHANNEL_USER, user);
    if (mine && jval_get_int(root, "useq", &useq))
        events_own_log_stands(mine, useq);
    return true;
}

static void heads_arrived(void *arg, int err, struct str body)
{
    struct user_check *c = arg;
    struct reconcile *r = c->reconcile;
    r->asked--;
    if (r->dying) {
        free(c);
        if (r->asked == 0)
            free(r);
        return;
    }
    struct jval *root = err ? NULL : jval_parse(body);
    const struct jval *rooms = jval_get(root, "rooms");
    bool in_time = take_stands(r->gw, c->user, root);
    const struct channel *mine = room_index_find(r->gw->index, CHANNEL_USER, c->user);
    if (!mine) {
        jval_free(root);
        check_end(r, c);
        return;
    }
    /* Rooms came or went meanwhile: the answer may be older than what the index knows. */
    bool usable = in_time && jval_is_object(rooms) && mine->changes == c->changes && !c->again;
    LIST_EACH (&mine->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        if (usable)
            bring_in_step(r->gw, s, rooms);
    }
    jval_free(root);
    if (!usable) {
        check_again(r, c);
        return;
    }
    set_fence(r->gw, c->user, false);
    check_end(r, c);
}

static void check_ask(struct reconcile *r, struct user_check *c)
{
    const struct channel *mine = room_index_find(r->gw->index, CHANNEL_USER, c->user);
    const struct caller caller = {.user = c->user, .trace = STR("reconcile")};
    list_remove(&c->link);
    if (!mine) {
        check_end(r, c);
        return;
    }
    c->changes = mine->changes;
    if (rpc_call(r->gw->process.rpc, "msg", "heads", &caller, STR("{}"), ASK_MS, heads_arrived, c) == 0)
        r->asked++;
    else
        check_again(r, c);
}

static void step(void *arg)
{
    struct reconcile *r = arg;
    int64_t now = clock_mono_ms();
    int left = PER_STEP;
    r->step_ms = 0;
    LIST_EACH (&r->waiting, it) {
        struct user_check *c = LIST_ITEM(it, struct user_check, link);
        if (left == 0 || r->asked >= MAX_ASKED)
            break;
        if (c->due_ms > now)
            continue;
        left--;
        check_ask(r, c);
    }
    if (!list_empty(&r->waiting))
        wait_for_step(r, STEP_MS);
}

void reconcile_create(struct reconcile **reconcile_r, struct gateway *gw)
{
    struct reconcile *r = xcalloc(1, sizeof(*r));
    r->gw = gw;
    idmap_create(&r->checks);
    list_init(&r->waiting);
    timer_make(&r->step, gw->process.loop, step, r);
    *reconcile_r = r;
}

void reconcile_destroy(struct reconcile **reconcile)
{
    struct reconcile *r = *reconcile;
    if (!r)
        return;
    timer_destroy(&r->step);
    while (!list_empty(&r->waiting)) {
        struct user_check *c = LIST_ITEM(r->waiting.next, struct user_check, link);
        list_remove(&c->link);
        free(c);
    }
    idmap_destroy(&r->checks);
    *reconcile = NULL;
    /* What was asked is answered yet; the last answer frees. */
    r->dying = true;
    if (r->asked == 0)
        free(r);
}

static void check_begin(struct reconcile *reconcile, int64_t user)
{
    struct user_check *c = idmap_get(reconcile->checks, (uint64_t)user);
    if (c) {
        /* Being asked: that answer may be older than the reason of this. */
        c->again = list_empty(&c->link);
        return;
    }
    c = xcalloc(1, sizeof(*c));
    c->reconcile = reconcile;
    c->user = user;
    list_init(&c->link);
    idmap_put(reconcile->checks, (uint64_t)user, c);
    list_push(&reconcile->waiting, &c->link);
    wait_for_step(reconcile, STEP_MS);
}

void reconcile_user(struct reconcile *reconcile, int64_t user)
{
    set_fence(reconcile->gw, user, true);
    check_begin(reconcile, user);
}

static bool check_user(void *arg, struct channel *channel)
{
    if (channel->count > 0)
        check_begin(arg, channel->id);
    return true;
}

void reconcile_all(struct reconcile *reconcile)
{
    room_index_each(reconcile->gw->index, CHANNEL_USER, check_user, reconcile);
}

struct lost {
    struct reconcile *reconcile;
    uint64_t epoch;
};

static bool check_lost_user(void *arg, struct channel *channel)
{
    const struct lost *lost = arg;
    if (channel->count > 0 && channel_lost_since(lost->reconcile->gw, channel, lost->epoch))
        check_begin(lost->reconcile, channel->id);
    return true;
}

static bool check_lost_room(void *arg, struct channel *channel)
{
    const struct lost *lost = arg;
    if (!channel_lost_since(lost->reconcile->gw, channel, lost->epoch))
        return true;
    LIST_EACH (&channel->seats, it)
        check_begin(lost->reconcile, session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber)->user);
    return true;
}

void reconcile_lost(struct reconcile *reconcile, uint64_t epoch)
{
    struct lost lost = {reconcile, epoch};
    room_index_each(reconcile->gw->index, CHANNEL_USER, check_lost_user, &lost);
    room_index_each(reconcile->gw->index, CHANNEL_ROOM, check_lost_room, &lost);
}
