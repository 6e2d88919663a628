/* One connection that reads streams, and the groups it needs. */
#include "bus_reading.h"

#include <stdio.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "log.h"

enum {
    GRACE_MS = 5000,      /* beyond block_ms: then the connection is dead */
    REST_MS = 500,        /* after an error that trying at once would repeat */
    UNBLOCK_AGAIN_MS = 20 /* from one time that the end of a read is asked for to the next */
};

static int reading_send(struct reading *r, unsigned timeout_ms, bus_reply_fn *fn, void *arg, size_t argc,
                        const struct str *argv)
{
    if (r->asking)
        (void)bus_link_send(r->link, timeout_ms, NULL, NULL, 1, (struct str[]){STR("ASKING")});
    return bus_link_send(r->link, timeout_ms, fn, arg, argc, argv);
}

static void on_group(void *arg, int err, const struct bus_reply *reply)
{
    struct str text = bus_str(reply);
    (void)arg;
    if (!err && bus_type(reply) == BUS_ERROR && !str_starts(text, STR("BUSYGROUP")) &&
        bus_redirect_of(text).kind == BUS_HERE)
        log_error(NULL, "consumer group not made", "reply=%.*s", (int)text.n, text.p);
}

static void make_groups(struct reading *r)
{
    for (size_t i = 0; i < r->streams_n; i++)
        reading_send(r, GRACE_MS, on_group, NULL, 6,
                     (struct str[]){STR("XGROUP"), STR("CREATE"), str_of(r->streams[i]), str_of(r->reader->group),
                                    STR("0"), STR("MKSTREAM")});
    r->groups_made = true;
}

static void reading_rest(struct reading *r)
{
    r->resting = true;
    r->groups_made = false;
    timer_start(r->rest, REST_MS, 0);
}

static void reading_connect(struct reading *r, const struct bus_node *node);

/* The stream is elsewhere: with MOVED the map says so too from now on. False: it is not said where. */
static bool reading_follow(struct reading *r, const struct bus_redirect *redirect)
{
    const struct bus_node *node = bus_cluster_redirected(r->reader->bus->cluster, redirect, &r->address);
    if (!node)
        return false;
    reading_connect(r, node);
    r->asking = redirect->kind == BUS_ASK;
    /* Two that send it to each other are not to be asked as fast as they can answer. */
    if (clock_mono_ms() - r->followed_ms < REST_MS)
        reading_rest(r);
    r->followed_ms = clock_mono_ms();
    return true;
}

static void on_read_error(struct reading *r, struct str text)
{
    struct bus_redirect redirect = bus_redirect_of(text);
    if (r->reader->bus->cluster && redirect.kind != BUS_HERE && reading_follow(r, &redirect))
        return;
    if (str_starts(text, STR("NOGROUP")) && !r->groups_made) {
        make_groups(r);
    } else if (!str_starts(text, STR("UNBLOCKED"))) {
        /* UNBLOCKED: the stream was deleted under a waiting read; the next read says NOGROUP. Groups that are gone
         * once more, and a Redis that loads its data or misses another, are of its restart: the next tries cope. */
        if (str_starts(text, STR("NOGROUP")) || redirect.kind != BUS_HERE)
            log_warn(NULL, "stream not read yet", "reply=%.*s", (int)text.n, text.p);
        else
            log_error(NULL, "stream not read", "reply=%.*s", (int)text.n, text.p);
        reading_rest(r);
    }
    reading_go(r);
}

static size_t entries_bound(const struct bus_reply *streams)
{
    size_t n = 0;
    for (size_t i = 0; i < bus_count(streams); i++)
        n += bus_count(bus_at(bus_at(streams, i), 1));
    return n < BUS_MAX_ENTRIES ? n : BUS_MAX_ENTRIES;
}

/* False: there were none. */
static bool hand_over(struct bus_reader *reader, const struct bus_reply *reply)
{
    size_t n = 0, bound = entries_bound(reply);
    struct bus_entry *entries = bound > 0 ? xcalloc(bound, sizeof *entries) : NULL;
    for (size_t i = 0; i < bus_count(reply); i++) {
        const struct bus_reply *stream = bus_at(reply, i);
        n = bus_entries_add(entries, n, bus_str(bus_at(stream, 0)), bus_at(stream, 1));
    }
    if (n > 0) {
        reader->handed = true;
        reader->fn(reader->arg, entries, n);
    }
    free(entries);
    return n > 0;
}

/* With an error the link is down: when it is up again reading goes on. */
static void on_read(void *arg, int err, const struct bus_reply *reply)
{
    struct reading *r = arg;
    struct bus_reader *reader = r->reader;
    r->under_way = false;
    if (r->outdated)
        timer_stop(r->rest);
    r->outdated = false;
    if (r->leaving) {
        reading_free(r);
        r = NULL;
    }
    if (err)
        return;
    if (bus_type(reply) == BUS_ERROR) {
        if (r)
            on_read_error(r, bus_str(reply));
        return;
    }
    if (r)
        r->groups_made = false;
    if (!hand_over(reader, reply) && r)
        reading_go(r);
}

void reading_go(struct reading *r)
{
    struct bus_reader *reader = r->reader;
    struct str argv[11 + 2 * BUS_MAX_STREAMS];
    char count[24], block[24];
    size_t n = 0;
    if (r->under_way || r->resting || r->leaving || reader->handed || r->streams_n == 0 || !r->link ||
        !bus_link_up(r->link))
        return;
    snprintf(count, sizeof count, "%zu", reader->count);
    snprintf(block, sizeof block, "%u", reader->block_ms);
    argv[n++] = STR("XREADGROUP");
    argv[n++] = STR("GROUP");
    argv[n++] = str_of(reader->group);
    argv[n++] = str_of(reader->consumer);
    argv[n++] = STR("COUNT");
    argv[n++] = str_of(count);
    argv[n++] = STR("BLOCK");
    argv[n++] = str_of(block);
    if (reader->noack)
        argv[n++] = STR("NOACK");
    argv[n++] = STR("STREAMS");
    for (size_t i = 0; i < r->streams_n; i++)
        argv[n++] = str_of(r->streams[i]);
    for (size_t i = 0; i < r->streams_n; i++)
        argv[n++] = STR(">");
    r->under_way = reading_send(r, reader->block_ms + GRACE_MS, on_read, r, n, argv) == 0;
}

/* ---- a reading's connection ---- */

/* The read that is under way may not have begun at Redis yet, and ending it is by another connection, which may come
 * first: it is asked for until it is so. */
static void reading_unblock(struct reading *r)
{
    if (!r->under_way)
        return;
    r->outdated = true;
    if (r->client_id > 0)
        bus_unblock(r->reader->bus, &r->address, r->client_id);
    timer_start(r->rest, UNBLOCK_AGAIN_MS, 0);
}

static void on_rested(void *arg)
{
    struct reading *r = arg;
    if (r->outdated) {
        reading_unblock(r);
        return;
    }
    r->resting = false;
    reading_go(r);
}

static void on_client_id(void *arg, int err, const struct bus_reply *reply)
{
    struct reading *r = arg;
    if (!err)
        r->client_id = bus_int(reply);
}

static void reading_up(void *arg)
{
    struct reading *r = arg;
    bus_link_send(r->link, GRACE_MS, on_client_id, r, 2, (struct str[]){STR("CLIENT"), STR("ID")});
    reading_go(r);
}

static void reading_down(void *arg)
{
    struct reading *r = arg;
    r->client_id = 0;
    r->asking = false;
    if (r->reader->bus->cluster && !r->leaving)
        reading_route(r);
}

static const struct bus_link_events reading_events = {reading_up, reading_down, NULL};

static void reading_disconnect(struct reading *r)
{
    if (r->link)
        bus_link_shut(r->reader->bus, &r->link);
    bus_address_fini(&r->address);
    r->client_id = 0;
    r->asking = false;
}

static void reading_connect(struct reading *r, const struct bus_node *node)
{
    reading_disconnect(r);
    bus_address_copy(&r->address, &node->address, str_of(node->address.host), node->address.port);
    bus_link_open(&r->link, r->reader->bus, &r->address, "reader", &reading_events, r);
}

void reading_route(struct reading *r)
{
    const struct bus_node *node = bus_node_of(r->reader->bus, str_of(r->streams[0]));
    bool there = node && r->link && bus_address_is(&r->address, str_of(node->address.host), node->address.port);
    if (there)
        r->asking = false;
    else if (!node)
        reading_disconnect(r);
    else if (!r->asking)
        reading_connect(r, node);
}

struct reading *reading_new(struct bus_reader *reader)
{
    struct reading *r = xcalloc(1, sizeof *r);
    r->reader = reader;
    list_init(&r->all);
    list_push(&reader->readings, &r->all);
    timer_make(&r->rest, bus_loop(reader->bus), on_rested, r);
    if (reader->bus->alone)
        reading_connect(r, reader->bus->alone);
    return r;
}

static void streams_free(struct reading *r)
{
    for (size_t i = 0; i < r->streams_n; i++)
        free(r->streams[i]);
    r->streams_n = 0;
}

void reading_free(struct reading *r)
{
    /* Not any more: the end of its link is the end of its read. */
    r->leaving = false;
    list_remove(&r->all);
    reading_disconnect(r);
    timer_destroy(&r->rest);
    streams_free(r);
    free(r);
}

/* ---- its streams ---- */

void reading_set(struct reading *r, const struct str *names, size_t count)
{
    streams_free(r);
    for (size_t i = 0; i < count; i++)
        r->streams[i] = xstrndup(names[i]);
    r->streams_n = count;
    r->groups_made = false;
    reading_unblock(r);
    reading_go(r);
}

void reading_leave(struct reading *r)
{
    r->leaving = r->under_way;
    if (r->leaving)
        reading_unblock(r);
    else
        reading_free(r);
}
