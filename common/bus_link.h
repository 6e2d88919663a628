/* One connection to Redis that keeps itself alive: connects without blocking, logs in, reconnects with back-off,
 * matches answers to commands, sends what a loop turn queued in one write. The parts of the bus (bus.c,
 * bus_reader.c) are made of these; nobody else includes this. Loop thread only. */
#ifndef PARLEY_BUS_LINK_H
#define PARLEY_BUS_LINK_H

#include "bus.h"
#include "bus_address.h"

struct bus_link;
struct pace;

struct bus_link_config {
    const struct bus_address *address; /* outlives the link */
    const char *name;                  /* CLIENT SETNAME; copied */
    size_t max_in_flight;              /* 0: any */
    size_t max_queued;                 /* bytes not yet written; 0: any */
    struct pace *pace;                 /* of the tries to connect; outlives the link */
    /* Nothing answers here by itself (a subscriber): ask every 5 s whether the other end is still there. */
    bool watch;
};

/* `up`: logged in, commands may be sent. `down`: no longer, or an attempt failed; every callback still due has
 * been called. `push`: an answer that no command waits for; NULL: there are none. Each may destroy the link. */
struct bus_link_events {
    void (*up)(void *arg);
    void (*down)(void *arg);
    void (*push)(void *arg, const struct bus_reply *reply);
};

/* Starts connecting. `events` outlives the link. */
void bus_link_create(struct bus_link **link_r, struct loop *loop, const struct bus_link_config *config,
                     const struct bus_link_events *events, void *arg);
/* End it for good: callbacks still due are called with ERR_UNAVAILABLE; `down` is not. Nothing can be sent any more.
 * Idempotent. */
void bus_link_close(struct bus_link *link);
/* Closes first. Allowed inside callbacks. */
void bus_link_destroy(struct bus_link **link);
bool bus_link_up(const struct bus_link *link);
size_t bus_link_in_flight(const struct bus_link *link);

/* As bus_command(), with a time-out of its own. A command that times out takes the link down with it: answers
 * come in order, so whatever waits behind it is as late. */
int bus_link_send(struct bus_link *link, unsigned timeout_ms, bus_reply_fn *fn, void *arg, size_t argc,
                  const struct str *argv);
/* A command whose answer comes by `push`. Nothing happens while the link is not up. */
void bus_link_cast(struct bus_link *link, size_t argc, const struct str *argv);
/* Drop the connection and begin again. */
void bus_link_reset(struct bus_link *link, const char *why);

/* ---- what bus.c gives to bus_reader.c ---- */

struct loop *bus_loop(const struct bus *bus);
/* A further link to a Redis, named "<name>:<suffix>". The bus and the address must outlive it. */
void bus_link_open(struct bus_link **link_r, struct bus *bus, const struct bus_address *address, const char *suffix,
                   const struct bus_link_events *events, void *arg);
void bus_link_shut(struct bus *bus, struct bus_link **link);
/* End the wait of a client at the Redis at this address. */
void bus_unblock(struct bus *bus, const struct bus_address *at, int64_t client_id);

#endif
