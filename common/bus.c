/* One process's link to Redis: commands, subscriptions, and when either may have lost something. */
#include "bus.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "alloc.h"
#include "bus_link.h"
#include "bus_words.h"
#include "clock.h"
#include "err.h"
#include "list.h"
#include "log.h"
#include "map.h"
#include "pace.h"

enum {
    COMMAND_MS = 5000,
    NONCE_MS = 5000,
    TIME_MS = 1000, /* an answer to TIME that took longer is not believed */
    MAX_IN_FLIGHT = 10000,
    MAX_QUEUED = 16 << 20,
};

/* A channel somebody listens to. */
struct sub {
    struct list waiting; /* in bus.waiting while `on` is due */
    char *channel;
    size_t channel_n;
    bus_message_fn *fn;
    void *arg;
    bus_subscribed_fn *on;
    void *on_arg;
    uint64_t number; /* of its SUBSCRIBE on this connection */
    bool in_force;
};

struct listener {
    struct list all;
    bus_state_fn *fn;
    void *arg;
};

/* Redis answers each SUBSCRIBE and UNSUBSCRIBE of one channel with one message, in order: numbering both sides
 * tells which request a confirmation is for, even when a channel was left and joined again meanwhile. */
struct bus {
    struct loop *loop;
    struct bus_address address;
    char *name;
    struct bus_link *commands, *push;
    struct strmap *subs; /* channel → struct sub */
    struct list waiting;
    uint64_t asked, confirmed; /* requests sent and answered on this connection */
    uint64_t restored;         /* the number of the last request of the connection's start */
    bool ready;
    uint64_t epoch;
    struct list listeners;
    char nonce[40]; /* what rt:{nonce} held; empty: not known yet */
    struct timer *nonce_timer;
    int64_t time_asked_us, time_ahead_ms; /* Redis' clock less our monotonic one */
    bool time_known;
    size_t links;     /* opened for readers */
    struct pace pace; /* of all links' tries to connect */
    struct metric *commands_total, *refused_total, *messages_total, *lost_total, *ready_gauge, *round_trip;
};

static void count(struct metric *m)
{
    if (m)
        metric_add(m, 1);
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
    LIST_EACH (&bus->listeners, it) {
        struct listener *l = LIST_ITEM(it, struct listener, all);
        l->fn(l->arg, bus->ready, bus->epoch);
    }
}

static void update_state(struct bus *bus)
{
    bool ready = bus_link_up(bus->commands) && bus_link_up(bus->push) && bus->confirmed >= bus->restored;
    if (ready == bus->ready)
        return;
    bus->ready = ready;
    if (bus->ready_gauge)
        metric_set(bus->ready_gauge, ready);
    tell_state(bus);
}

/* ---- commands ---- */

int bus_command(struct bus *bus, bus_reply_fn *fn, void *arg, size_t argc, const struct str *argv)
{
    int err = bus_link_send(bus->commands, COMMAND_MS, fn, arg, argc, argv);
    count(err ? bus->refused_total : bus->commands_total);
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

/* Redis that forgot everything (a restart without its disk, FLUSHALL) has another nonce or none: whoever comes first
 * makes a new one, and everybody sees that it is another. */
static void on_nonce(void *arg, int err, const struct bus_reply *reply)
{
    struct bus *bus = arg;
    struct str seen = err ? (struct str){0} : bus_str(reply);
    if (err || bus_type(reply) != BUS_STRING || seen.n == 0 || seen.n >= sizeof bus->nonce || str_is(seen, bus->nonce))
        return;
    bool known = bus->nonce[0] != '\0';
    memcpy(bus->nonce, seen.p, seen.n);
    bus->nonce[seen.n] = '\0';
    if (!known)
        return;
    log_warn(NULL, "redis lost its memory", "epoch=%llu", (unsigned long long)bus->epoch + 1);
    bus->epoch++;
    if (bus->ready)
        tell_state(bus);
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

static void look_at_nonce(void *arg)
{
    struct bus *bus = arg;
    uint64_t fresh = 0;
    if (getrandom(&fresh, sizeof fresh, GRND_NONBLOCK) != sizeof fresh)
        return;
    /* SET NX and GET in one command would need Redis 7. */
    bus_commandf(bus, NULL, NULL, "SETNX rt:{nonce} %lld", (long long)(fresh >> 1));
    bus_commandf(bus, on_nonce, bus, "GET rt:{nonce}");
    bus->time_asked_us = clock_mono_us();
    bus_commandf(bus, on_time, bus, "TIME");
}

static void commands_up(void *arg)
{
    struct bus *bus = arg;
    look_at_nonce(bus);
    update_state(bus);
}

static void commands_down(void *arg)
{
    struct bus *bus = arg;
    count(bus->lost_total);
    update_state(bus);
}

/* ---- subscriptions ---- */

static struct str sub_channel(const struct sub *sub)
{
    return (struct str){sub->channel, sub->channel_n};
}

static void sub_free(struct sub *sub)
{
    list_remove(&sub->waiting);
    free(sub->channel);
    free(sub);
}

static void ask(struct bus *bus, struct sub *sub)
{
    sub->in_force = false;
    sub->number = ++bus->asked;
    bus_link_cast(bus->push, 2, (struct str[]){STR("SUBSCRIBE"), sub_channel(sub)});
}

void bus_subscribe(struct bus *bus, struct str channel, bus_message_fn *fn, void *arg, bus_subscribed_fn *on,
                   void *on_arg)
{
    struct sub *sub = xcalloc(1, sizeof *sub);
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
    if (bus_link_up(bus->push))
        ask(bus, sub);
}

void bus_unsubscribe(struct bus *bus, struct str channel)
{
    struct sub *sub = strmap_del(bus->subs, channel);
    if (!sub)
        return;
    if (bus_link_up(bus->push)) {
        bus->asked++;
        bus_link_cast(bus->push, 2, (struct str[]){STR("UNSUBSCRIBE"), sub_channel(sub)});
    }
    sub_free(sub);
}

bool bus_subscribed(const struct bus *bus, struct str channel)
{
    const struct sub *sub = strmap_get(bus->subs, channel);
    return sub && sub->in_force;
}

static bool ask_each(void *arg, struct str key, void *value)
{
    (void)key;
    ask(arg, value);
    return true;
}

static void push_up(void *arg)
{
    struct bus *bus = arg;
    bus->asked = bus->confirmed = 0;
    bus->epoch++;
    strmap_each(bus->subs, ask_each, bus);
    bus->restored = bus->asked;
    update_state(bus);
}

static bool not_in_force(void *arg, struct str key, void *value)
{
    struct sub *sub = value;
    (void)arg;
    (void)key;
    sub->in_force = false;
    return true;
}

/* Tell each that waits for its confirmation. One that subscribes inside its callback waits for the next time; one
 * that unsubscribes takes the other out of this list too. */
static void fail_waiting(struct bus *bus)
{
    struct list now;
    list_init(&now);
    while (!list_empty(&bus->waiting)) {
        struct list *it = bus->waiting.next;
        list_remove(it);
        list_push(&now, it);
    }
    while (!list_empty(&now)) {
        struct sub *sub = LIST_ITEM(now.next, struct sub, waiting);
        list_remove(&sub->waiting);
        sub->on(sub->on_arg, ERR_UNAVAILABLE);
    }
}

static void push_down(void *arg)
{
    struct bus *bus = arg;
    count(bus->lost_total);
    strmap_each(bus->subs, not_in_force, NULL);
    fail_waiting(bus);
    update_state(bus);
}

static void on_confirmed(struct bus *bus, struct str channel)
{
    struct sub *sub = strmap_get(bus->subs, channel);
    if (sub && sub->number == bus->confirmed && !sub->in_force) {
        sub->in_force = true;
        if (!list_empty(&sub->waiting)) {
            list_remove(&sub->waiting);
            sub->on(sub->on_arg, 0);
        }
    }
    update_state(bus);
}

/* In RESP2 what is pushed is an array: kind, channel, payload or count. A PING is answered by "pong" once something
 * is subscribed, by a plain string before. */
static void push_message(void *arg, const struct bus_reply *reply)
{
    struct bus *bus = arg;
    struct str kind = bus_str(bus_at(reply, 0)), channel = bus_str(bus_at(reply, 1));
    if (str_is(kind, "message")) {
        struct sub *sub = strmap_get(bus->subs, channel);
        count(bus->messages_total);
        if (sub && sub->in_force)
            sub->fn(sub->arg, channel, bus_str(bus_at(reply, 2)));
    } else if (str_is(kind, "subscribe")) {
        bus->confirmed++;
        on_confirmed(bus, channel);
    } else if (str_is(kind, "unsubscribe")) {
        bus->confirmed++;
        update_state(bus);
    } else if (bus_type(reply) == BUS_ERROR) {
        struct str text = bus_str(reply);
        log_error(NULL, "redis refused a subscription", "reply=%.*s", (int)text.n, text.p);
        bus_link_reset(bus->push, "subscription refused");
    }
}

static const struct bus_link_events commands_events = {commands_up, commands_down, NULL};
static const struct bus_link_events push_events = {push_up, push_down, push_message};

/* ---- lifetime ---- */

static void link_open(struct bus *bus, struct bus_link **link_r, const char *suffix, struct bus_link_config config,
                      const struct bus_link_events *events, void *arg)
{
    struct buf name = {0};
    buf_printf(&name, "%s:%s", bus->name, suffix);
    config.address = &bus->address;
    config.pace = &bus->pace;
    config.name = buf_c(&name);
    bus_link_create(link_r, bus->loop, &config, events, arg);
    buf_fini(&name);
}

struct loop *bus_loop(const struct bus *bus)
{
    return bus->loop;
}

void bus_link_open(struct bus_link **link_r, struct bus *bus, const char *suffix, const struct bus_link_events *events,
                   void *arg)
{
    bus->links++;
    link_open(bus, link_r, suffix, (struct bus_link_config){0}, events, arg);
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
}

int bus_create(struct bus **bus_r, struct loop *loop, const struct bus_config *config, struct metrics *metrics)
{
    struct bus *bus = xcalloc(1, sizeof *bus);
    if (bus_address_parse(&bus->address, config->url)) {
        free(bus);
        return ERR_INTERNAL;
    }
    bus->loop = loop;
    bus->name = xstrdup(config->name ? config->name : "parley");
    list_init(&bus->waiting);
    list_init(&bus->listeners);
    strmap_create(&bus->subs);
    if (metrics)
        bus_metrics(bus, metrics);
    struct bus_link_config commands = {.max_in_flight = config->max_in_flight ? config->max_in_flight : MAX_IN_FLIGHT,
                                       .max_queued = config->max_queued ? config->max_queued : MAX_QUEUED};
    link_open(bus, &bus->commands, "commands", commands, &commands_events, bus);
    link_open(bus, &bus->push, "push", (struct bus_link_config){.watch = true}, &push_events, bus);
    timer_make(&bus->nonce_timer, loop, look_at_nonce, bus);
    timer_start(bus->nonce_timer, NONCE_MS, NONCE_MS);
    *bus_r = bus;
    return 0;
}

static bool drop_sub(void *arg, struct str key, void *value)
{
    struct sub *sub = strmap_del(arg, key);
    assert(sub == value);
    (void)value;
    sub_free(sub);
    return true;
}

void bus_destroy(struct bus **bus_p)
{
    struct bus *bus = *bus_p;
    if (!bus)
        return;
    assert(bus->links == 0);
    timer_destroy(&bus->nonce_timer);
    /* Callbacks may still ask for something: the links stay, but take nothing, until all were called. */
    bus_link_close(bus->commands);
    bus_link_close(bus->push);
    fail_waiting(bus);
    *bus_p = NULL;
    bus_link_destroy(&bus->commands);
    bus_link_destroy(&bus->push);
    strmap_each(bus->subs, drop_sub, bus->subs);
    strmap_destroy(&bus->subs);
    forget_listeners(bus);
    bus_address_fini(&bus->address);
    free(bus->name);
    free(bus);
}
