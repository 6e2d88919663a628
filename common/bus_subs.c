/* What is subscribed: at the one Redis, or in a cluster at the node of each channel's slot, by SSUBSCRIBE. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bus_core.h"
#include "bus_map.h"
#include "bus_slot.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "map.h"

/* Nodes that send a subscription to each other know less than the next look at the map. */
enum { MAX_HOPS = 5 };

/* A channel somebody listens to. */
struct bus_sub {
    struct list waiting;   /* in bus.waiting while `on` is due */
    struct bus_node *node; /* NULL: not known */
    char *channel;
    size_t channel_n;
    bus_message_fn *fn;
    void *arg;
    bus_subscribed_fn *on;
    void *on_arg;
    uint64_t number; /* of its request at the node */
    bool in_force;
    bool heard;          /* it was in force once: who listens relies on it */
    bool moved;          /* … and had to be asked for elsewhere, of which no epoch tells yet */
    uint64_t lost_epoch; /* that told so last */
    int64_t since_ms;    /* when it was subscribed */
    unsigned hops;       /* nodes that sent it on, since it was in force or the map was looked at */
};

/* What a node was asked for. */
struct request {
    struct list all; /* in node.requests */
    uint64_t number; /* of the subscription; 0: it was left */
    size_t channel_n;
    char channel[];
};

static struct str sub_channel(const struct bus_sub *sub)
{
    return (struct str){sub->channel, sub->channel_n};
}

static void sub_free(struct bus_sub *sub)
{
    list_remove(&sub->waiting);
    free(sub->channel);
    free(sub);
}

/* Where it is to be asked for, in force or not. */
static void sub_settle(struct bus *bus, struct bus_sub *sub, struct bus_node *node)
{
    bus->homeless -= !sub->node;
    bus->homeless += !node;
    sub->node = node;
    sub->in_force = false;
}

static bool node_listens(const struct bus_node *node)
{
    return node && node->push && bus_link_up(node->push);
}

static void cast(struct bus_node *node, const char *plain, const char *sharded, struct str channel)
{
    bus_link_cast(node->push, 2, (struct str[]){str_of(node->bus->cluster ? sharded : plain), channel});
}

static void note_request(struct bus_node *node, struct str channel, uint64_t number)
{
    struct request *r = xcalloc(1, sizeof *r + channel.n);
    r->number = number;
    r->channel_n = channel.n;
    memcpy(r->channel, channel.p, channel.n);
    list_init(&r->all);
    list_push(&node->requests, &r->all);
}

static struct str request_channel(const struct request *r)
{
    return (struct str){r->channel, r->channel_n};
}

/* The one whose answer is due; NULL: none is. */
static struct request *request_due(const struct bus_node *node)
{
    return list_empty(&node->requests) ? NULL : LIST_ITEM(node->requests.next, struct request, all);
}

/* It is answered. */
static void request_end(struct bus_node *node, struct request *r)
{
    if (r->number > node->confirmed)
        node->confirmed = r->number;
    list_remove(&r->all);
    free(r);
}

void bus_subs_forget(struct bus_node *node)
{
    for (struct request *r = request_due(node); r; r = request_due(node))
        request_end(node, r);
}

static void ask(struct bus_sub *sub)
{
    sub->in_force = false;
    sub->number = ++sub->node->asked;
    note_request(sub->node, sub_channel(sub), sub->number);
    cast(sub->node, "SUBSCRIBE", "SSUBSCRIBE", sub_channel(sub));
}

void bus_subscribe(struct bus *bus, struct str channel, bus_message_fn *fn, void *arg, bus_subscribed_fn *on,
                   void *on_arg)
{
    struct bus_sub *sub = xcalloc(1, sizeof *sub);
    sub->channel = xstrndup(channel);
    sub->channel_n = channel.n;
    sub->fn = fn;
    sub->arg = arg;
    sub->on = on;
    sub->on_arg = on_arg;
    sub->since_ms = clock_mono_ms();
    list_init(&sub->waiting);
    if (on)
        list_push(&bus->waiting, &sub->waiting);
    void *other = strmap_put(bus->subs, channel, sub);
    assert(!other);
    (void)other;
    bus->homeless++;
    sub_settle(bus, sub, bus_node_of(bus, channel));
    if (node_listens(sub->node))
        ask(sub);
    else if (!sub->node)
        bus_cluster_refresh(bus->cluster);
}

void bus_unsubscribe(struct bus *bus, struct str channel)
{
    struct bus_sub *sub = strmap_del(bus->subs, channel);
    if (!sub)
        return;
    if (node_listens(sub->node)) {
        note_request(sub->node, channel, 0);
        cast(sub->node, "UNSUBSCRIBE", "SUNSUBSCRIBE", channel);
    }
    bus->homeless -= !sub->node;
    sub_free(sub);
}

bool bus_subscribed(const struct bus *bus, struct str channel)
{
    const struct bus_sub *sub = strmap_get(bus->subs, channel);
    return sub && sub->in_force;
}

uint64_t bus_lost_epoch(const struct bus *bus, struct str channel)
{
    const struct bus_sub *sub = strmap_get(bus->subs, channel);
    return sub && sub->lost_epoch > bus->all_lost ? sub->lost_epoch : bus->all_lost;
}

/* ---- a link that comes and goes ---- */

static bool ask_of_node(void *arg, struct str key, void *value)
{
    struct bus_sub *sub = value;
    (void)key;
    if (sub->node == arg)
        ask(sub);
    return true;
}

void bus_subs_up(struct bus_node *node)
{
    bus_subs_forget(node);
    node->asked = node->confirmed = node->rehomed = 0;
    node->bus->all_lost = ++node->bus->epoch;
    strmap_each(node->bus->subs, ask_of_node, node);
    node->restored = node->asked;
    bus_state_look(node->bus);
}

static bool not_in_force(void *arg, struct str key, void *value)
{
    struct bus_sub *sub = value;
    (void)key;
    if (sub->node == arg)
        sub->in_force = false;
    return true;
}

/* Each is told once, and is asked for all the same. One that subscribes inside its callback waits for the next time;
 * one that unsubscribes takes the other out of this list too. */
static void fail_waiting(struct bus *bus, const struct bus_node *node, int64_t since_ms)
{
    struct list now;
    list_init(&now);
    LIST_EACH (&bus->waiting, it) {
        const struct bus_sub *sub = LIST_ITEM(it, struct bus_sub, waiting);
        if (sub->node != node || sub->since_ms > since_ms)
            continue;
        list_remove(it);
        list_push(&now, it);
    }
    while (!list_empty(&now)) {
        struct bus_sub *sub = LIST_ITEM(now.next, struct bus_sub, waiting);
        list_remove(&sub->waiting);
        sub->on(sub->on_arg, ERR_UNAVAILABLE);
    }
}

void bus_subs_fail(struct bus *bus, const struct bus_node *node)
{
    fail_waiting(bus, node, INT64_MAX);
}

void bus_subs_overdue(struct bus *bus)
{
    fail_waiting(bus, NULL, clock_mono_ms() - BUS_COMMAND_MS);
}

void bus_subs_down(struct bus_node *node)
{
    struct bus *bus = node->bus;
    strmap_each(bus->subs, not_in_force, node);
    bus_subs_fail(bus, node);
    bus_state_look(bus);
}

/* ---- slots that move ---- */

/* The node that had it drops it by itself, and what still comes from there is not heard. `node` may be NULL. */
static void move(struct bus *bus, struct bus_sub *sub, struct bus_node *node)
{
    sub_settle(bus, sub, node);
    if (!node || !node_listens(node))
        return;
    ask(sub);
    /* Who waits for its first answer is told by that. Who was told meanwhile that nobody has the slot is not: it learns
     * of it by an epoch. */
    if (!sub->heard && !list_empty(&sub->waiting))
        return;
    /* Between its two homes a channel may have lost messages. (Where the new one is still to be connected with, that
     * makes the epoch.) */
    node->rehomed = node->asked;
    sub->moved = bus->moved = true;
}

static bool rehome_one(void *arg, struct str key, void *value)
{
    struct bus *bus = arg;
    struct bus_sub *sub = value;
    struct bus_node *node = bus_node_of(bus, key);
    if (node != sub->node)
        move(bus, sub, node);
    return true;
}

static bool lost_one(void *arg, struct str key, void *value)
{
    const uint64_t *epoch = arg;
    struct bus_sub *sub = value;
    (void)key;
    if (sub->moved)
        sub->lost_epoch = *epoch;
    sub->moved = false;
    return true;
}

void bus_subs_lost(struct bus *bus, uint64_t epoch)
{
    strmap_each(bus->subs, lost_one, &epoch);
}

void bus_subs_rehome(struct bus *bus)
{
    strmap_each(bus->subs, rehome_one, bus);
    bus_state_look(bus);
}

bool bus_subs_settled(const struct bus *bus)
{
    LIST_EACH (&bus->nodes, it)
        if (LIST_ITEM(it, struct bus_node, all)->confirmed < LIST_ITEM(it, struct bus_node, all)->rehomed)
            return false;
    return bus->homeless == 0;
}

/* ---- what comes ---- */

/* The first subscription of a channel among what is due: at the head of the line, but where an answer to another was
 * taken for one to it. */
static struct request *find_request(const struct bus_node *node, struct str channel)
{
    LIST_EACH (&node->requests, it) {
        struct request *r = LIST_ITEM(it, struct request, all);
        if (r->number > 0 && str_eq(request_channel(r), channel))
            return r;
    }
    return NULL;
}

static void on_confirmed(struct bus_node *node, struct str channel)
{
    struct bus_sub *sub = strmap_get(node->bus->subs, channel);
    struct request *r = find_request(node, channel);
    if (!r)
        return;
    bool its = sub && sub->node == node && sub->number == r->number && !sub->in_force;
    request_end(node, r);
    if (its) {
        sub->in_force = sub->heard = true;
        sub->hops = 0;
        if (!list_empty(&sub->waiting)) {
            list_remove(&sub->waiting);
            sub->on(sub->on_arg, 0);
        }
    }
    bus_state_look(node->bus);
}

/* Somebody left it; or the node itself takes leave of it, because the slot is another's now. (When somebody left it
 * and came again, it is not in force at this moment.) */
static void on_dropped(struct bus_node *node, struct str channel)
{
    struct bus *bus = node->bus;
    struct bus_sub *sub = strmap_get(bus->subs, channel);
    struct request *r = request_due(node);
    if (r && r->number == 0 && str_eq(request_channel(r), channel))
        request_end(node, r);
    if (!bus->cluster || !sub || sub->node != node || !sub->in_force)
        return;
    sub_settle(bus, sub, NULL);
    bus_cluster_refresh(bus->cluster);
}

/* To where the slot is now; where nobody knows, and where nodes send it to and fro, to where the map will say. */
static void send_on(struct bus *bus, struct bus_sub *sub, struct bus_node *node)
{
    if (node && ++sub->hops > MAX_HOPS) {
        bus_cluster_refresh(bus->cluster);
        node = NULL;
    }
    if (!node)
        sub->hops = 0;
    move(bus, sub, node);
}

/* An error says nothing of the channel, but one about a slot names that: it is the one that is due, or one that was
 * left when the node had taken leave of it already. Where it is taken for a neighbour in the slot, that is elsewhere,
 * too. */
static void on_elsewhere(struct bus_node *node, const struct bus_redirect *redirect)
{
    struct bus *bus = node->bus;
    struct bus_node *now = bus_cluster_redirected(bus->cluster, redirect, &node->address);
    struct request *r = request_due(node);
    if (!r || (redirect->kind == BUS_MOVED && bus_slot(request_channel(r)) != redirect->slot))
        return;
    struct bus_sub *sub = strmap_get(bus->subs, request_channel(r));
    bool its = sub && sub->node == node && sub->number == r->number && !sub->in_force;
    request_end(node, r);
    if (its)
        send_on(bus, sub, now);
    bus_state_look(bus);
}

static void on_refused(struct bus_node *node, struct str text)
{
    struct bus_redirect r = bus_redirect_of(text);
    if (node->bus->cluster && r.kind != BUS_HERE) {
        on_elsewhere(node, &r);
        return;
    }
    log_error(NULL, "redis refused a subscription", "reply=%.*s", (int)text.n, text.p);
    bus_link_reset(node->push, "subscription refused");
}

static bool is_kind(const struct bus_node *node, struct str kind, const char *plain, const char *sharded)
{
    return str_is(kind, node->bus->cluster ? sharded : plain);
}

/* In RESP2 what is pushed is an array: kind, channel, payload or count. A PING is answered by "pong" once something
 * is subscribed, by a plain string before. */
void bus_subs_message(struct bus_node *node, const struct bus_reply *reply)
{
    struct str kind = bus_str(bus_at(reply, 0)), channel = bus_str(bus_at(reply, 1));
    if (is_kind(node, kind, "message", "smessage")) {
        struct bus_sub *sub = strmap_get(node->bus->subs, channel);
        bus_count_one(node->bus->messages_total);
        if (sub && sub->in_force && sub->node == node)
            sub->fn(sub->arg, channel, bus_str(bus_at(reply, 2)));
    } else if (is_kind(node, kind, "subscribe", "ssubscribe")) {
        on_confirmed(node, channel);
    } else if (is_kind(node, kind, "unsubscribe", "sunsubscribe")) {
        on_dropped(node, channel);
    } else if (bus_type(reply) == BUS_ERROR) {
        on_refused(node, bus_str(reply));
    }
}

/* ---- the end ---- */

static bool drop_sub(void *arg, struct str key, void *value)
{
    struct bus_sub *sub = strmap_del(arg, key);
    assert(sub == value);
    (void)value;
    sub_free(sub);
    return true;
}

void bus_subs_free(struct bus *bus)
{
    strmap_each(bus->subs, drop_sub, bus->subs);
    strmap_destroy(&bus->subs);
}
