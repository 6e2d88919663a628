/* One Redis: its link for commands and its link for subscriptions. */
#include <stdlib.h>

#include "alloc.h"
#include "bus_core.h"
#include "clock.h"

static void commands_up(void *arg)
{
    struct bus_node *node = arg;
    struct bus *bus = node->bus;
    bus_pulse_look(node);
    if (bus->cluster)
        bus_cluster_up(node);
    bus_state_look(bus);
}

static void commands_down(void *arg)
{
    struct bus_node *node = arg;
    struct bus *bus = node->bus;
    bus_count_one(bus->lost_total);
    if (bus->cluster)
        bus_cluster_lost(node);
    if (bus->homeless > 0)
        bus_subs_fail(bus, NULL);
    bus_state_look(bus);
}

static void push_up(void *arg)
{
    bus_subs_up(arg);
}

static void push_down(void *arg)
{
    struct bus_node *node = arg;
    bus_count_one(node->bus->lost_total);
    if (node->bus->cluster)
        bus_cluster_refresh(node->bus->cluster);
    bus_subs_down(node);
}

static void push_message(void *arg, const struct bus_reply *reply)
{
    bus_subs_message(arg, reply);
}

static const struct bus_link_events commands_events = {commands_up, commands_down, NULL};
static const struct bus_link_events push_events = {push_up, push_down, push_message};

struct bus_node *bus_node_create(struct bus *bus, struct bus_address *address)
{
    struct bus_node *node = xcalloc(1, sizeof *node);
    struct bus_link_config config = bus->bounds;
    node->bus = bus;
    node->address = *address;
    *address = (struct bus_address){0};
    node->used_ms = clock_mono_ms();
    list_init(&node->requests);
    list_init(&node->all);
    list_push(&bus->nodes, &node->all);
    config.address = &node->address;
    bus_link_named(bus, &node->commands, "commands", config, &commands_events, node);
    return node;
}

void bus_node_subscribes(struct bus_node *node, bool does)
{
    struct bus_link_config config = {.address = &node->address, .watch = true};
    if (does && !node->push)
        bus_link_named(node->bus, &node->push, "push", config, &push_events, node);
    if (does)
        return;
    bus_link_destroy(&node->push);
    bus_subs_forget(node);
    node->asked = node->confirmed = node->restored = node->rehomed = 0;
}

void bus_node_close(struct bus_node *node)
{
    bus_link_close(node->commands);
    if (node->push)
        bus_link_close(node->push);
}

void bus_node_destroy(struct bus_node *node)
{
    list_remove(&node->all);
    bus_link_destroy(&node->commands);
    bus_link_destroy(&node->push);
    bus_subs_forget(node);
    bus_address_fini(&node->address);
    free(node);
}

bool bus_node_ready(const struct bus_node *node)
{
    return bus_link_up(node->commands) && node->push && bus_link_up(node->push) && node->confirmed >= node->restored;
}
