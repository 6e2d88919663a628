/* Brings connections back in line with msg-svc after a gap in the event channels. */
#include "reconcile.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "jsonw.h"
#include "log.h"
#include "ops.h"
#include "room_index.h"
#include "session.h"

enum { STEP_MS = 50, PER_STEP = 20, MAX_ASKED = 200, ASK_MS = 5000, MAX_TRIES = 20, AGAIN_MS = 500 };

/* A user to look up. */
struct user_check {
    struct list link; /* waiting; alone while being asked */
    struct reconcile *reconcile;
    int64_t user;
    uint64_t changes; /* of the user's channel, when it was asked */
    unsigned tries;
    bool again;
};

struct reconcile {
    struct gateway *gw;
    struct idmap *checks; /* by user */
    struct list waiting;
    size_t asked;
    struct timer *step;
    bool dying;
};

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
    list_push(&r->waiting, &c->link);
    timer_start(r->step, AGAIN_MS, 0);
}

struct rooms {
    struct gateway *gw;
    struct session *session;
    struct jsonw w;
};

static bool take_room(void *arg, struct str key, const struct jval *value)
{
    struct rooms *rooms = arg;
    int64_t room, head = 0;
    if (!str_i64(key, &room) || room <= 0)
        return true;
    struct seat *seat = room_index_join(rooms->gw->index, CHANNEL_ROOM, room, &rooms->session->listens);
    jval_get_int(value, "head", &head);
    /* The log went back (a restore): what comes next must not be taken for a repeat. */
    if (head < seat->channel->last_seq)
        seat->channel->last_seq = head;
    jsonw_key(&rooms->w, key);
    jsonw_int(&rooms->w, NULL, head);
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

/* True: the session joined rooms that are not confirmed yet, so that the heads are to be asked for once more. */
static bool tell_session(struct gateway *gw, struct session *s, const struct jval *named)
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
    session_send_text(s, buf_view(&text));
    buf_fini(&text);
    return s->listens.waiting > 0;
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
    const struct channel *mine = room_index_find(r->gw->index, CHANNEL_USER, c->user);
    if (!mine) {
        check_end(r, c);
        return;
    }
    struct jval *root = err ? NULL : jval_parse(body);
    const struct jval *rooms = jval_get(root, "rooms");
    /* Rooms came or went meanwhile: the answer may be older than what the index knows. */
    bool again = !jval_is_object(rooms) || mine->changes != c->changes || c->again;
    LIST_EACH (&mine->seats, it) {
        struct session *s = session_of(LIST_ITEM(it, struct seat, of_channel)->subscriber);
        if (jval_is_object(rooms) && mine->changes == c->changes && s->state == SESSION_READY)
            again |= tell_session(r->gw, s, rooms);
    }
    jval_free(root);
    if (again) {
        check_again(r, c);
        return;
    }
    set_fence(r->gw, c->user, false);
    check_end(r, c);
}

static void step(void *arg)
{
    struct reconcile *r = arg;
    for (int i = 0; i < PER_STEP && r->asked < MAX_ASKED && !list_empty(&r->waiting); i++) {
        struct user_check *c = LIST_ITEM(r->waiting.next, struct user_check, link);
        const struct channel *mine = room_index_find(r->gw->index, CHANNEL_USER, c->user);
        struct caller caller = {.user = c->user, .trace = STR("reconcile")};
        list_remove(&c->link);
        if (!mine) {
            check_end(r, c);
            continue;
        }
        c->changes = mine->changes;
        if (rpc_call(r->gw->process.rpc, "msg", "heads", &caller, STR("{}"), ASK_MS, heads_arrived, c) == 0)
            r->asked++;
        else
            check_again(r, c);
    }
    if (!list_empty(&r->waiting))
        timer_start(r->step, STEP_MS, 0);
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

void reconcile_user(struct reconcile *reconcile, int64_t user)
{
    struct user_check *c = idmap_get(reconcile->checks, (uint64_t)user);
    set_fence(reconcile->gw, user, true);
    if (c) {
        c->again = true;
        return;
    }
    c = xcalloc(1, sizeof(*c));
    c->reconcile = reconcile;
    c->user = user;
    list_init(&c->link);
    idmap_put(reconcile->checks, (uint64_t)user, c);
    list_push(&reconcile->waiting, &c->link);
    timer_start(reconcile->step, STEP_MS, 0);
}

static bool check_user(void *arg, struct channel *channel)
{
    if (channel->count > 0)
        reconcile_user(arg, channel->id);
    return true;
}

void reconcile_all(struct reconcile *reconcile)
{
    room_index_each(reconcile->gw->index, CHANNEL_USER, check_user, reconcile);
}
