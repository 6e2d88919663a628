/* Every 5 s: what Redis' clock says, and whether Redis has lost its memory. */
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "bus_core.h"
#include "bus_slot.h"
#include "clock.h"
#include "log.h"

enum {
    PULSE_MS = 5000,
    TIME_MS = 1000 /* an answer to TIME that took longer is not believed */
};

/* Redis that forgot everything (a restart without its disk, FLUSHALL) has another nonce or none: whoever comes first
 * makes a new one, and everybody sees that it is another. */
static void on_memory(void *arg, int err, const struct bus_reply *reply)
{
    struct bus_node *node = arg;
    struct str seen = err ? (struct str){0} : bus_str(reply);
    if (err || bus_type(reply) != BUS_STRING || seen.n == 0 || seen.n >= sizeof node->memory ||
        str_is(seen, node->memory))
        return;
    bool known = node->memory[0] != '\0';
    memcpy(node->memory, seen.p, seen.n);
    node->memory[seen.n] = '\0';
    if (known)
        bus_state_forgot(node->bus);
}

int64_t bus_time_ms(const struct bus *bus)
{
    return bus->time_known ? clock_mono_ms() + bus->time_ahead_ms : clock_wall_ms();
}

/* An answer that took long may have been made long ago: half of its way is the error. */
static void on_time(void *arg, int err, const struct bus_reply *reply)
{
    struct bus *bus = arg;
    int64_t now = clock_mono_ms(), took = now - bus->time_asked_us / 1000;
    if (!err && bus->round_trip)
        metric_observe_us(bus->round_trip, clock_mono_us() - bus->time_asked_us);
    if (err || bus_type(reply) != BUS_ARRAY || bus_count(reply) != 2 || (bus->time_known && took > TIME_MS))
        return;
    int64_t then = bus_int(bus_at(reply, 0)) * 1000 + bus_int(bus_at(reply, 1)) / 1000;
    bus->time_ahead_ms = then - (now - took / 2);
    bus->time_known = true;
}

/* In a cluster each node remembers for itself, by a number whose slot is its own. When that slot moves away the key is
 * another, and nothing is known yet of what it holds. */
static bool find_memory_key(struct bus_node *node)
{
    const struct bus *bus = node->bus;
    char *key = node->memory_key;
    if (key[0] != '\0' && bus_node_of(bus, str_of(key)) == node)
        return true;
    node->memory[0] = '\0';
    snprintf(key, sizeof node->memory_key, "rt:{nonce}");
    for (unsigned n = 0; bus_node_of(bus, str_of(key)) != node; n++) {
        if (node->slots == 0 || n == 10 * BUS_SLOTS)
            return false;
        snprintf(key, sizeof node->memory_key, "rt:{%u}", n);
    }
    return true;
}

static void pulse_send(struct bus_node *node, bus_reply_fn *fn, void *arg, size_t argc, const struct str *argv)
{
    (void)bus_link_send(node->commands, BUS_COMMAND_MS, fn, arg, argc, argv);
}

static void look_at_memory(struct bus_node *node)
{
    uint64_t fresh = 0;
    char value[24];
    if (!find_memory_key(node) || getrandom(&fresh, sizeof fresh, GRND_NONBLOCK) != sizeof fresh)
        return;
    const struct str key = str_of(node->memory_key);
    snprintf(value, sizeof value, "%llu", (unsigned long long)(fresh >> 1));
    /* SET NX and GET in one command would need Redis 7. */
    pulse_send(node, NULL, NULL, 3, (struct str[]){STR("SETNX"), key, str_of(value)});
    pulse_send(node, on_memory, node, 2, (struct str[]){STR("GET"), key});
}

void bus_pulse_look(struct bus_node *node)
{
    struct bus *bus = node->bus;
    if (!bus_link_up(node->commands))
        return;
    look_at_memory(node);
    if (node != bus_node_of_clock(bus))
        return;
    bus->time_asked_us = clock_mono_us();
    pulse_send(node, on_time, bus, 1, (struct str[]){STR("TIME")});
}

static void on_pulse(void *arg)
{
    struct bus *bus = arg;
    LIST_EACH (&bus->nodes, it)
        bus_pulse_look(LIST_ITEM(it, struct bus_node, all));
    bus_state_look(bus);
}

void bus_pulse_start(struct bus *bus)
{
    timer_make(&bus->pulse, bus->loop, on_pulse, bus);
    timer_start(bus->pulse, PULSE_MS, PULSE_MS);
}
