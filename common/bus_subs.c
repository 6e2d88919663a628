/* What is subscribed: at the one Redis, or in a cluster at the node of each channel's slot, by SSUBSCRIBE. */
#include <assert.h>
#include <stdlib.h>

#include "alloc.h"
#include "bus_core.h"
#include "bus_map.h"
#include "err.h"
#include "log.h"
#include "map.h"

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

static void ask(struct bus_sub *sub)
{
    sub->in_force = false;
    sub->number = ++sub->node->asked;
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
}

void bus_unsubscribe(struct bus *bus, struct str channel)
{
    struct bus_sub *sub = strmap_del(bus->subs, channel);
    if (!sub)
        return;
    if (node_listens(sub->node))
        cast(sub->node, "UNSUBSCRIBE", "SUNSUBSCRIBE", channel);
    bus->homeless -= !sub->node;
    sub_free(sub);
}

bool bus_subscribed(const struct bus *bus, struct str channel)
{
    const struct bus_sub *sub = strmap_get(bus->subs, channel);
    return sub && sub->in_force;
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
    node->asked = node->confirmed = node->rehomed = 0;
    node->bus->epoch++;
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

/* One that subscribes inside its callback waits for the next time; one that unsubscribes takes the other out of this
 * list too. */
void bus_subs_fail(struct bus *bus, const struct bus_node *node)
{
    struct list now;
    list_init(&now);
    LIST_EACH (&bus->waiting, it) {
        if (LIST_ITEM(it, struct bus_sub, waiting)->node != node)
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

void bus_subs_down(struct bus_node *node)
{
    struct bus *bus = node->bus;
    strmap_each(bus->subs, not_in_force, node);
    bus_subs_fail(bus, node);
    bus_state_look(bus);
}

/* ---- slots that move ---- */

/* The node that had it drops it by itself, and what still comes from there is not heard. */
static bool rehome_one(void *arg, struct str key, void *value)
{
    struct bus *bus = arg;
    struct bus_sub *sub = value;
    struct bus_node *node = bus_node_of(bus, key);
    if (node == sub->node)
        return true;
    sub_settle(bus, sub, node);
    if (!node_listens(node))
        return true;
    /* Between its two homes a channel may have lost messages. (Where the new one is still to be connected with, that
     * makes the epoch.) */
    ask(sub);
    node->rehomed = node->asked;
    bus->moved = true;
    return true;
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

static void on_confirmed(struct bus_node *node, struct str channel)
{
    struct bus_sub *sub = strmap_get(node->bus->subs, channel);
    node->confirmed++;
    if (sub && sub->node == node && sub->number == node->confirmed && !sub->in_force) {
        sub->in_force = true;
        if (!list_empty(&sub->waiting)) {
            list_remove(&sub->waiting);
            sub->on(sub->on_arg, 0);
        }
    }
    bus_state_look(node->bus);
}

/* Of a channel that nobody left the node itself takes leave, because the slot is another's now. (When somebody left it
 * and came again, it is not in force at this moment.) */
static void on_dropped(struct bus_node *node, struct str channel)
{
    struct bus *bus = node->bus;
    struct bus_sub *sub = strmap_get(bus->subs, channel);
    if (!bus->cluster || !sub || sub->node != node || !sub->in_force)
        return;
    sub_settle(bus, sub, NULL);
    bus_cluster_refresh(bus->cluster);
}

/* Which of those on their way it was about no answer says: with the map put right, all of the node's are asked for
 * again. */
static void on_refused(struct bus_node *node, struct str text)
{
    struct bus_redirect r = bus_redirect_of(text);
    if (!node->bus->cluster || r.kind == BUS_HERE)
        log_error(NULL, "redis refused a subscription", "reply=%.*s", (int)text.n, text.p);
    else
        bus_cluster_redirected(node->bus->cluster, &r, &node->address);
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
