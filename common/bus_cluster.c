/* Where the slots of a Redis Cluster are: asks the nodes for their map, sends each command to the node of its key, and
 * follows a node that says the key is elsewhere. */
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "bus_core.h"
#include "bus_map.h"
#include "bus_slot.h"
#include "clock.h"
#include "err.h"
#include "log.h"

enum {
    LOOK_MS = 5000,     /* between two looks at the map while all is well */
    HURRY_MS = 250,     /* … while something is amiss */
    APART_MS = 100,     /* … and at the least, whoever asks */
    PATIENCE_MS = 1000, /* then another node is asked */
    STALE_MS = 15000,   /* without a map, the seeds are asked again */
    UNUSED_MS = 30000,  /* a node without slots that nobody asks anything is let go */
    OVERDUE_MS = 250,   /* between two looks at commands that were sent on */
    MAX_HOPS = 5        /* of one command */
};

struct bus_cluster {
    struct bus *bus;
    struct bus_seeds seeds;
    struct bus_node *owners[BUS_SLOTS]; /* NULL: nobody's */
    size_t owned;                       /* slots with an owner */
    struct timer *timer;
    struct list sent_on;   /* commands that are at their second node, or a later one … */
    struct timer *overdue; /* … and whether they have been under way for too long */
    bool wanted;           /* a look, soon */
    uint64_t question;     /* the number of the last one */
    bool asking;           /* its answer is due */
    int64_t asked_ms;
    int64_t known_ms; /* when the map was last taken; 0: never */
};

/* One look at the map, by a node that may be dead: only the last one's answer counts. */
struct question {
    struct bus_cluster *cluster;
    struct bus_node *node;
    uint64_t number;
};

/* ---- nodes ---- */

static struct bus_node *node_find(const struct bus_cluster *c, struct str host, uint16_t port)
{
    LIST_EACH (&c->bus->nodes, it) {
        struct bus_node *node = LIST_ITEM(it, struct bus_node, all);
        if (bus_address_is(&node->address, host, port))
            return node;
    }
    return NULL;
}

static struct bus_node *node_at(struct bus_cluster *c, struct str host, uint16_t port)
{
    struct bus_address address;
    struct bus_node *node = node_find(c, host, port);
    if (!node) {
        bus_address_copy(&address, &c->seeds.at[0], host, port);
        node = bus_node_create(c->bus, &address);
        node->down = true;
    }
    node->used_ms = clock_mono_ms();
    return node;
}

struct bus_node *bus_cluster_at(const struct bus_cluster *cluster, const struct bus_address *address)
{
    return node_find(cluster, str_of(address->host), address->port);
}

struct bus_node *bus_cluster_owner(const struct bus_cluster *cluster, unsigned slot)
{
    return cluster->owners[slot];
}

bool bus_cluster_whole(const struct bus_cluster *cluster)
{
    return cluster->owned == BUS_SLOTS;
}

static void set_owner(struct bus_cluster *c, unsigned slot, struct bus_node *node)
{
    struct bus_node *before = c->owners[slot];
    if (before)
        before->slots--;
    else
        c->owned++;
    c->owners[slot] = node;
    node->slots++;
    bus_node_subscribes(node, true);
}

static void plant_seeds(struct bus_cluster *c)
{
    for (size_t i = 0; i < c->seeds.count; i++)
        node_at(c, str_of(c->seeds.at[i].host), c->seeds.at[i].port);
}

static bool is_unused(const struct bus_node *node)
{
    return node->slots == 0 && clock_mono_ms() - node->used_ms > UNUSED_MS && bus_link_in_flight(node->commands) == 0;
}

/* Not inside a callback of a node. */
static void let_go_of_unused(struct bus_cluster *c)
{
    bool any = false;
    LIST_EACH (&c->bus->nodes, it)
        any = any || is_unused(LIST_ITEM(it, struct bus_node, all));
    if (!any)
        return;
    bus_subs_rehome(c->bus);
    LIST_EACH (&c->bus->nodes, it)
        if (is_unused(LIST_ITEM(it, struct bus_node, all)))
            bus_node_destroy(LIST_ITEM(it, struct bus_node, all));
}

/* ---- whether a node would take commands ---- */

static void set_down(struct bus_node *node, bool down)
{
    if (node->down == down)
        return;
    node->down = down;
    bus_state_look(node->bus);
}

static void on_state(void *arg, int err, const struct bus_reply *reply)
{
    if (!err)
        set_down(arg, !bus_map_ok(bus_str(reply)));
}

static void ask_state(struct bus_node *node)
{
    (void)bus_link_send(node->commands, BUS_COMMAND_MS, on_state, node, 2, (struct str[]){STR("CLUSTER"), STR("INFO")});
}

void bus_cluster_up(struct bus_node *node)
{
    struct bus_cluster *c = node->bus->cluster;
    ask_state(node);
    if (!bus_cluster_whole(c))
        bus_cluster_refresh(c);
}

void bus_cluster_lost(struct bus_node *node)
{
    set_down(node, true);
    if (node->slots > 0)
        bus_cluster_refresh(node->bus->cluster);
}

/* ---- the map ---- */

static void forget_map(struct bus_cluster *c)
{
    memset(c->owners, 0, sizeof c->owners);
    c->owned = 0;
    LIST_EACH (&c->bus->nodes, it)
        LIST_ITEM(it, struct bus_node, all)->slots = 0;
}

static void count_nodes(const struct bus_cluster *c)
{
    int64_t n = 0;
    LIST_EACH (&c->bus->nodes, it)
        n += LIST_ITEM(it, struct bus_node, all)->slots > 0;
    if (c->bus->nodes_gauge)
        metric_set(c->bus->nodes_gauge, n);
}

static void take_map(struct bus_cluster *c, const struct bus_node *from, const struct bus_reply *slots)
{
    struct bus *bus = c->bus;
    struct bus_range range;
    const struct bus_node *clock = bus_node_of_clock(bus);
    char *asked = xstrdup(from->address.host);
    forget_map(c);
    c->known_ms = clock_mono_ms();
    for (size_t i = 0; i < bus_count(slots); i++) {
        if (!bus_map_range(slots, i, &range))
            continue;
        struct bus_node *node = node_at(c, range.host.n > 0 ? range.host : str_of(asked), range.port);
        for (unsigned slot = range.from; slot <= range.to; slot++)
            set_owner(c, slot, node);
    }
    free(asked);
    LIST_EACH (&bus->nodes, it) {
        struct bus_node *node = LIST_ITEM(it, struct bus_node, all);
        if (node->slots == 0)
            bus_node_subscribes(node, false);
    }
    count_nodes(c);
    if (bus_node_of_clock(bus) != clock)
        LIST_EACH (&bus->nodes, it)
            bus_pulse_look(LIST_ITEM(it, struct bus_node, all));
    bus_subs_rehome(bus);
    bus_readers_reroute(bus);
}

/* When to look next. */
static void plan(struct bus_cluster *c)
{
    int64_t ms = c->bus->ready ? LOOK_MS : HURRY_MS;
    if (c->wanted || c->asking)
        ms = HURRY_MS;
    if (c->wanted && !c->asking) {
        int64_t since = clock_mono_ms() - c->asked_ms;
        ms = since < APART_MS ? APART_MS - since : 0;
    }
    timer_start(c->timer, (uint64_t)ms, 0);
}

/* The question is over. False: another node was asked meanwhile, and this answer does not count. */
static bool question_end(struct question *q)
{
    struct bus_cluster *c = q->cluster;
    bool counts = q->number == c->question;
    free(q);
    if (counts)
        c->asking = false;
    return counts;
}

static void on_slots(void *arg, int err, const struct bus_reply *reply)
{
    struct question q = *(struct question *)arg;
    if (!question_end(arg))
        return;
    if (!err && bus_type(reply) == BUS_ARRAY)
        take_map(q.cluster, q.node, reply);
    plan(q.cluster);
}

/* A node that does not hear of a majority, or misses a master, has nothing new to say but that. */
static void on_info(void *arg, int err, const struct bus_reply *reply)
{
    struct question *q = arg;
    struct bus_cluster *c = q->cluster;
    bool ok = !err && bus_map_ok(bus_str(reply));
    if (!err)
        set_down(q->node, !ok);
    if (ok && bus_link_send(q->node->commands, BUS_COMMAND_MS, on_slots, q, 2,
                            (struct str[]){STR("CLUSTER"), STR("SLOTS")}) == 0)
        return;
    if (question_end(q))
        plan(c);
}

static void ask_node(struct bus_cluster *c, struct bus_node *node)
{
    struct question *q = xcalloc(1, sizeof *q);
    *q = (struct question){.cluster = c, .node = node, .number = ++c->question};
    c->asked_ms = clock_mono_ms();
    c->asking =
        bus_link_send(node->commands, BUS_COMMAND_MS, on_info, q, 2, (struct str[]){STR("CLUSTER"), STR("INFO")}) == 0;
    if (!c->asking)
        free(q);
}

/* Each in turn, masters before the others; who was asked goes to the end of the line. */
static struct bus_node *whom_to_ask(const struct bus_cluster *c)
{
    struct bus_node *other = NULL;
    LIST_EACH (&c->bus->nodes, it) {
        struct bus_node *node = LIST_ITEM(it, struct bus_node, all);
        if (!bus_link_up(node->commands))
            continue;
        if (node->slots > 0)
            return node;
        other = other ? other : node;
    }
    return other;
}

static void look(struct bus_cluster *c)
{
    struct bus_node *node = whom_to_ask(c);
    c->wanted = false;
    /* Who answers may know nothing any more: it was cut off, or made anew, and the others are elsewhere now. */
    if (!node || clock_mono_ms() - c->known_ms > STALE_MS)
        plant_seeds(c);
    if (!node)
        return;
    node->used_ms = clock_mono_ms();
    list_remove(&node->all);
    list_push(&c->bus->nodes, &node->all);
    ask_node(c, node);
    LIST_EACH (&c->bus->nodes, it) {
        struct bus_node *other = LIST_ITEM(it, struct bus_node, all);
        if (other != node && other->slots > 0 && bus_link_up(other->commands))
            ask_state(other);
    }
}

static void on_timer(void *arg)
{
    struct bus_cluster *c = arg;
    let_go_of_unused(c);
    bus_subs_overdue(c->bus);
    if (!c->asking || clock_mono_ms() - c->asked_ms > PATIENCE_MS)
        look(c);
    plan(c);
}

void bus_cluster_refresh(struct bus_cluster *cluster)
{
    if (cluster->wanted)
        return;
    cluster->wanted = true;
    plan(cluster);
}

struct bus_node *bus_cluster_redirected(struct bus_cluster *cluster, const struct bus_redirect *r,
                                        const struct bus_address *from)
{
    bus_count_one(cluster->bus->redirected_total);
    if (r->kind != BUS_ASK)
        bus_cluster_refresh(cluster);
    if (r->kind == BUS_DOWN && bus_cluster_at(cluster, from))
        set_down(bus_cluster_at(cluster, from), true);
    if (r->kind != BUS_MOVED && r->kind != BUS_ASK)
        return NULL;
    struct bus_node *node = node_at(cluster, r->host.n > 0 ? r->host : str_of(from->host), r->port);
    if (r->kind == BUS_MOVED)
        set_owner(cluster, r->slot, node);
    return node;
}

/* ---- commands ---- */

/* A command that may have to go on to another node, with a copy of its words. */
struct errand {
    struct list all; /* in cluster.sent_on, once it is */
    struct bus_cluster *cluster;
    struct bus_node *node;
    bus_reply_fn *fn; /* may be NULL */
    void *arg;
    int64_t deadline;
    unsigned hops;
    bool over; /* its time was up, and `fn` was called: the answer of the last node is nobody's */
    size_t argc;
    struct str *argv;
};

static struct errand *errand_new(size_t argc, const struct str *argv)
{
    size_t bytes = 0;
    for (size_t i = 0; i < argc; i++)
        bytes += argv[i].n;
    struct errand *e = xcalloc(1, sizeof *e + argc * sizeof *argv + bytes);
    list_init(&e->all);
    e->argc = argc;
    e->argv = (struct str *)(void *)(e + 1);
    char *at = (char *)(e->argv + argc);
    for (size_t i = 0; i < argc; i++) {
        e->argv[i] = (struct str){at, argv[i].n};
        if (argv[i].n > 0)
            memcpy(at, argv[i].p, argv[i].n);
        at += argv[i].n;
    }
    return e;
}

static void on_errand(void *arg, int err, const struct bus_reply *reply);

static int errand_send(struct errand *e, struct bus_node *node, bool asking)
{
    e->node = node;
    node->used_ms = clock_mono_ms();
    if (asking) {
        int err = bus_link_send(node->commands, BUS_COMMAND_MS, NULL, NULL, 1, (struct str[]){STR("ASKING")});
        if (err)
            return err;
    }
    return bus_link_send(node->commands, BUS_COMMAND_MS, on_errand, e, e->argc, e->argv);
}

/* What was refused elsewhere did not run: it may be sent once more. False: the error stands. */
static bool errand_goes_on(struct errand *e, const struct bus_redirect *r)
{
    struct bus_cluster *c = e->cluster;
    struct bus_node *node = bus_cluster_redirected(c, r, &e->node->address);
    if (!node || ++e->hops > MAX_HOPS || clock_mono_ms() >= e->deadline || errand_send(e, node, r->kind == BUS_ASK))
        return false;
    if (list_empty(&c->sent_on))
        timer_start(c->overdue, OVERDUE_MS, OVERDUE_MS);
    list_remove(&e->all);
    list_push(&c->sent_on, &e->all);
    return true;
}

static struct errand *find_overdue(const struct bus_cluster *c, int64_t now)
{
    LIST_EACH (&c->sent_on, it) {
        struct errand *e = LIST_ITEM(it, struct errand, all);
        if (now >= e->deadline)
            return e;
    }
    return NULL;
}

/* A link waits for each answer as long as for any: what was late already when it came there is not waited for. */
static void on_overdue(void *arg)
{
    struct bus_cluster *c = arg;
    int64_t now = clock_mono_ms();
    for (struct errand *e = find_overdue(c, now); e; e = find_overdue(c, now)) {
        list_remove(&e->all);
        e->over = true;
        if (e->fn)
            e->fn(e->arg, ERR_TIMEOUT, NULL);
    }
    if (list_empty(&c->sent_on))
        timer_stop(c->overdue);
}

static void on_errand(void *arg, int err, const struct bus_reply *reply)
{
    struct errand *e = arg;
    if (e->over) {
        free(e);
        return;
    }
    if (!err && bus_type(reply) == BUS_ERROR) {
        struct bus_redirect r = bus_redirect_of(bus_str(reply));
        if (r.kind != BUS_HERE && errand_goes_on(e, &r))
            return;
        if (r.kind != BUS_HERE) {
            err = ERR_UNAVAILABLE;
            reply = NULL;
        }
    }
    list_remove(&e->all);
    if (e->fn)
        e->fn(e->arg, err, reply);
    free(e);
}

int bus_cluster_command(struct bus *bus, bus_reply_fn *fn, void *arg, size_t argc, const struct str *argv)
{
    size_t key = bus_key_at(argc, argv);
    struct bus_node *node = key > 0 ? bus_node_of(bus, argv[key]) : bus_node_of_clock(bus);
    if (!node) {
        bus_cluster_refresh(bus->cluster);
        return ERR_UNAVAILABLE;
    }
    struct errand *e = errand_new(argc, argv);
    e->cluster = bus->cluster;
    e->fn = fn;
    e->arg = arg;
    e->deadline = clock_mono_ms() + BUS_COMMAND_MS;
    if (str_is(argv[0], "PUBLISH"))
        e->argv[0] = STR("SPUBLISH");
    int err = errand_send(e, node, false);
    if (err)
        free(e);
    return err;
}

/* ---- lifetime ---- */

void bus_cluster_create(struct bus *bus, struct bus_seeds *seeds)
{
    struct bus_cluster *c = xcalloc(1, sizeof *c);
    c->bus = bus;
    c->seeds = *seeds;
    *seeds = (struct bus_seeds){0};
    bus->cluster = c;
    list_init(&c->sent_on);
    timer_make(&c->timer, bus->loop, on_timer, c);
    timer_make(&c->overdue, bus->loop, on_overdue, c);
    plant_seeds(c);
    plan(c);
}

void bus_cluster_destroy(struct bus *bus)
{
    struct bus_cluster *c = bus->cluster;
    if (!c)
        return;
    bus->cluster = NULL;
    timer_destroy(&c->timer);
    timer_destroy(&c->overdue);
    bus_seeds_fini(&c->seeds);
    free(c);
}
