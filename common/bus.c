/* One process's link to Redis: its life, its state, and commands. */
#include "bus.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "bus_core.h"
#include "bus_slot.h"
#include "bus_words.h"
#include "clock.h"
#include "err.h"
#include "log.h"
#include "map.h"

enum {
    MAX_IN_FLIGHT = 10000,
    MAX_QUEUED = 16 << 20,
    MOVES_MS = 4000, /* between two epochs of slots that move; the pulse looks for what is left */
};

struct listener {
    struct list all;
    bus_state_fn *fn;
    void *arg;
};

void bus_count_one(struct metric *m)
{
    if (m)
        metric_add(m, 1);
}

/* ---- nodes ---- */

struct bus_node *bus_node_of(const struct bus *bus, struct str name)
{
    return bus->alone ? bus->alone : bus_cluster_owner(bus->cluster, bus_slot(name));
}

struct bus_node *bus_node_of_clock(const struct bus *bus)
{
    return bus_node_of(bus, STR("rt:{nonce}"));
}

/* ---- state ---- */

bool bus_ready(const struct bus *bus)
{
    return bus->ready;
}

static void forget_listeners(struct bus *bus)
{
    LIST_EACH (&bus->listeners, it) {
        list_remove(it);
        free(LIST_ITEM(it, struct listener, all));
    }
}

void bus_on_state(struct bus *bus, bus_state_fn *fn, void *arg)
{
    if (!fn) {
        forget_listeners(bus);
        return;
    }
    struct listener *l = xcalloc(1, sizeof *l);
    l->fn = fn;
    l->arg = arg;
    list_init(&l->all);
    list_push(&bus->listeners, &l->all);
}

void bus_off_state(struct bus *bus, const void *arg)
{
    LIST_EACH (&bus->listeners, it) {
        struct listener *l = LIST_ITEM(it, struct listener, all);
        if (l->arg != arg)
            continue;
        list_remove(it);
        free(l);
    }
}

uint64_t bus_epoch(const struct bus *bus)
{
    return bus->epoch;
}

static void tell_state(struct bus *bus)
{
    bus->told = bus->epoch;
    LIST_EACH (&bus->listeners, it) {
        struct listener *l = LIST_ITEM(it, struct listener, all);
        l->fn(l->arg, bus->ready, bus->epoch);
    }
}

void bus_state_forgot(struct bus *bus)
{
    log_warn(NULL, "redis lost its memory", "epoch=%llu", (unsigned long long)bus->epoch + 1);
    bus->all_lost = ++bus->epoch;
    if (bus->ready)
        tell_state(bus);
}

/* Nodes without slots are of no matter. */
static bool is_ready(const struct bus *bus)
{
    if (bus->alone)
        return bus_node_ready(bus->alone);
    if (!bus_cluster_whole(bus->cluster))
        return false;
    LIST_EACH (&bus->nodes, it) {
        const struct bus_node *node = LIST_ITEM(it, struct bus_node, all);
        if (node->slots > 0 && (node->down || !bus_node_ready(node)))
            return false;
    }
    return true;
}

bool bus_reaches(const struct bus *bus)
{
    LIST_EACH (&bus->nodes, it) {
        const struct bus_node *node = LIST_ITEM(it, struct bus_node, all);
        /* One that says that the cluster is down may be what was cut off, together with us. */
        if (bus_node_ready(node) && (!bus->cluster || (node->slots > 0 && !node->down)))
            return true;
    }
    return false;
}

/* While slots move the bus stays ready, and yet may lose messages. Thousands may move one by one, and each epoch is
 * work for everybody. */
static void look_at_moves(struct bus *bus)
{
    int64_t now = clock_mono_ms();
    if (!bus->moved || !bus_subs_settled(bus) || (bus->moved_ms > 0 && now - bus->moved_ms < MOVES_MS))
        return;
    bus->moved = false;
    bus->moved_ms = now;
    bus_subs_lost(bus, ++bus->epoch);
}

void bus_state_look(struct bus *bus)
{
    look_at_moves(bus);
    bool ready = is_ready(bus);
    if (ready == bus->ready && (!ready || bus->told == bus->epoch))
        return;
    bus->ready = ready;
    if (bus->ready_gauge)
        metric_set(bus->ready_gauge, ready);
    tell_state(bus);
}

/* ---- commands ---- */

int bus_command(struct bus *bus, bus_reply_fn *fn, void *arg, size_t argc, const struct str *argv)
{
    int err = bus->alone ? bus_link_send(bus->alone->commands, BUS_COMMAND_MS, fn, arg, argc, argv)
                         : bus_cluster_command(bus, fn, arg, argc, argv);
    bus_count_one(err ? bus->refused_total : bus->commands_total);
    return err;
}

int bus_commandf(struct bus *bus, bus_reply_fn *fn, void *arg, const char *format, ...)
{
    struct buf text = {0};
    struct str argv[BUS_MAX_WORDS];
    va_list args;
    va_start(args, format);
    size_t argc = bus_words(&text, argv, format, args);
    va_end(args);
    int err = bus_command(bus, fn, arg, argc, argv);
    buf_fini(&text);
    return err;
}

int bus_publish(struct bus *bus, struct str channel, struct str payload)
{
    return bus_command(bus, NULL, NULL, 3, (struct str[]){STR("PUBLISH"), channel, payload});
}

/* Of a read at the Redis at this address. */
void bus_unblock(struct bus *bus, const struct bus_address *at, int64_t client_id)
{
    char id[24];
    const struct bus_node *node = bus->alone ? bus->alone : bus_cluster_at(bus->cluster, at);
    snprintf(id, sizeof id, "%lld", (long long)client_id);
    if (node)
        (void)bus_link_send(node->commands, BUS_COMMAND_MS, NULL, NULL, 3,
                            (struct str[]){STR("CLIENT"), STR("UNBLOCK"), str_of(id)});
}

/* ---- lifetime ---- */

void bus_link_named(struct bus *bus, struct bus_link **link_r, const char *suffix, struct bus_link_config config,
                    const struct bus_link_events *events, void *arg)
{
    struct buf name = {0};
    buf_printf(&name, "%s:%s", bus->name, suffix);
    config.pace = &bus->pace;
    config.name = buf_c(&name);
    bus_link_create(link_r, bus->loop, &config, events, arg);
    buf_fini(&name);
}

struct loop *bus_loop(const struct bus *bus)
{
    return bus->loop;
}

void bus_link_open(struct bus_link **link_r, struct bus *bus, const struct bus_address *address, const char *suffix,
                   const struct bus_link_events *events, void *arg)
{
    bus->links++;
    bus_link_named(bus, link_r, suffix, (struct bus_link_config){.address = address}, events, arg);
}

void bus_link_shut(struct bus *bus, struct bus_link **link)
{
    bus->links--;
    bus_link_destroy(link);
}

static void bus_metrics(struct bus *bus, struct metrics *m)
{
    bus->commands_total = metrics_counter(m, "parley_bus_commands_total", NULL, "Commands sent to Redis.");
    bus->refused_total = metrics_counter(m, "parley_bus_refused_total", NULL,
                                         "Commands not sent: not connected, or too many unanswered.");
    bus->messages_total = metrics_counter(m, "parley_bus_messages_total", NULL, "Messages of subscribed channels.");
    bus->lost_total =
        metrics_counter(m, "parley_bus_lost_total", NULL, "Connections to Redis that were lost or could not be made.");
    bus->round_trip = metrics_histogram(m, "parley_bus_round_trip_seconds", NULL,
                                        "From a question to Redis to its answer, asked every 5 s among the rest.");
    bus->ready_gauge = metrics_gauge(m, "parley_bus_ready", NULL, "1: both connections to Redis are in use.");
    bus->nodes_gauge = metrics_gauge(m, "parley_bus_nodes", NULL, "Masters of the Redis Cluster; 1 when it is none.");
    metric_set(bus->nodes_gauge, bus->alone ? 1 : 0);
    bus->redirected_total =
        metrics_counter(m, "parley_bus_redirected_total", NULL,
                        "Commands that a node of the Redis Cluster sent on to another, or put off.");
}

bool bus_url_good(const char *url)
{
    struct bus_address address;
    struct bus_seeds seeds;
    if (bus_seeds_meant(url)) {
        bool good = bus_seeds_parse(&seeds, url) == 0;
        bus_seeds_fini(&seeds);
        return good;
    }
    if (bus_address_parse(&address, url))
        return false;
    bus_address_fini(&address);
    return true;
}

static int connect_alone(struct bus *bus, const char *url)
{
    struct bus_address address;
    int err = bus_address_parse(&address, url);
    if (err)
        return err;
    bus->alone = bus_node_create(bus, &address);
    bus_node_subscribes(bus->alone, true);
    return 0;
}

static int connect_cluster(struct bus *bus, const char *url)
{
    struct bus_seeds seeds;
    int err = bus_seeds_parse(&seeds, url);
    if (!err)
        bus_cluster_create(bus, &seeds);
    return err;
}

int bus_create(struct bus **bus_r, struct loop *loop, const struct bus_config *config, struct metrics *metrics)
{
    struct bus *bus = xcalloc(1, sizeof *bus);
    bus->loop = loop;
    bus->name = xstrdup(config->name ? config->name : "parley");
    bus->bounds.max_in_flight = config->max_in_flight ? config->max_in_flight : MAX_IN_FLIGHT;
    bus->bounds.max_queued = config->max_queued ? config->max_queued : MAX_QUEUED;
    list_init(&bus->nodes);
    list_init(&bus->waiting);
    list_init(&bus->listeners);
    list_init(&bus->readers);
    strmap_create(&bus->subs);
    int err = bus_seeds_meant(config->url) ? connect_cluster(bus, config->url) : connect_alone(bus, config->url);
    if (err) {
        strmap_destroy(&bus->subs);
        free(bus->name);
        free(bus);
        return ERR_INTERNAL;
    }
    if (metrics)
        bus_metrics(bus, metrics);
    bus_pulse_start(bus);
    *bus_r = bus;
    return 0;
}

void bus_destroy(struct bus **bus_p)
{
    struct bus *bus = *bus_p;
    if (!bus)
        return;
    assert(bus->links == 0);
    timer_destroy(&bus->pulse);
    /* Callbacks may still ask for something: the links stay, but take nothing, until all were called. */
    LIST_EACH (&bus->nodes, it)
        bus_node_close(LIST_ITEM(it, struct bus_node, all));
    bus_subs_fail(bus, NULL);
    LIST_EACH (&bus->nodes, it)
        bus_subs_fail(bus, LIST_ITEM(it, struct bus_node, all));
    *bus_p = NULL;
    LIST_EACH (&bus->nodes, it)
        bus_node_destroy(LIST_ITEM(it, struct bus_node, all));
    bus_subs_free(bus);
    bus_cluster_destroy(bus);
    forget_listeners(bus);
    free(bus->name);
    free(bus);
}
