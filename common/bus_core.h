/* What the parts of the bus share; nobody else includes this. bus.c is life, state and commands, bus_node.c one Redis,
 * bus_subs.c what is subscribed, bus_pulse.c Redis' clock and memory, bus_cluster.c where slots are, bus_reader.c
 * streams. Loop thread only. */
#ifndef PARLEY_BUS_CORE_H
#define PARLEY_BUS_CORE_H

#include "bus.h"
#include "bus_address.h"
#include "bus_link.h"
#include "bus_map.h"
#include "list.h"
#include "pace.h"

enum { BUS_COMMAND_MS = 5000 };

struct bus_cluster;
struct bus_sub;

/* One Redis. Redis answers each SUBSCRIBE and UNSUBSCRIBE of one channel with one message, in order: the line of
 * requests tells which one an answer is for, even when a channel was left and joined again meanwhile. */
struct bus_node {
    struct list all; /* in bus.nodes */
    struct bus *bus;
    struct bus_address address;
    struct bus_link *commands;
    struct bus_link *push;     /* NULL: a node of a cluster without slots, which nobody subscribes at */
    struct list requests;      /* of subscriptions, whose answers are due, in their order: bus_subs.c's */
    uint64_t asked, confirmed; /* subscriptions, on this connection; who was refused is not waited for either */
    uint64_t restored;         /* the number of the last one that this connection began with */
    uint64_t rehomed;          /* … and of the last one that came because its slot did */
    char memory_key[24];       /* rt:{nonce}, or another of its slots … */
    char memory[40];           /* … and what it held; empty: not known yet */
    bool down;                 /* in a cluster: it does not say that it would take commands */
    size_t slots;              /* that are its, in a cluster */
    int64_t used_ms;           /* when it was last asked for something, in a cluster */
};

struct bus {
    struct loop *loop;
    char *name;
    struct bus_link_config bounds; /* of links for commands */
    struct list nodes;
    struct bus_node *alone;      /* the one Redis; NULL: it is a cluster */
    struct bus_cluster *cluster; /* NULL: it is one Redis */
    struct strmap *subs;         /* channel → struct bus_sub */
    struct list waiting;         /* subscriptions whose `on` is due */
    size_t homeless;             /* subscriptions whose node is not known */
    bool moved;                  /* slots of channels did, and no epoch says so yet */
    int64_t moved_ms;            /* when one said so last; 0: none did */
    struct list readers;         /* bus_reader.c's */
    bool ready;
    uint64_t epoch, told; /* … that listeners know of */
    uint64_t all_lost;    /* the last epoch that is not of some channels only */
    struct list listeners;
    struct timer *pulse;
    int64_t time_asked_us, time_ahead_ms; /* Redis' clock less our monotonic one */
    bool time_known;
    size_t links;     /* opened for readers */
    struct pace pace; /* of all links' tries to connect */
    struct metric *commands_total, *refused_total, *messages_total, *lost_total, *redirected_total, *ready_gauge,
        *nodes_gauge, *round_trip;
};

/* ---- bus.c ---- */

void bus_count_one(struct metric *m);
/* Look whether it is ready, and tell when that changed. */
void bus_state_look(struct bus *bus);
/* A new epoch: tell, unless it is not ready; then it is told when it is. */
void bus_state_forgot(struct bus *bus);
/* The node whose slot a name lies in; NULL: not known. */
struct bus_node *bus_node_of(const struct bus *bus, struct str name);
/* Redis' clock is the clock of this one. */
struct bus_node *bus_node_of_clock(const struct bus *bus);
void bus_link_named(struct bus *bus, struct bus_link **link_r, const char *suffix, struct bus_link_config config,
                    const struct bus_link_events *events, void *arg);

/* ---- bus_node.c ---- */

/* Takes the address over. Connects for commands, and for subscriptions when told to. */
struct bus_node *bus_node_create(struct bus *bus, struct bus_address *address);
void bus_node_subscribes(struct bus_node *node, bool does);
/* Its links stay, but take nothing: callbacks still due are called. */
void bus_node_close(struct bus_node *node);
void bus_node_destroy(struct bus_node *node);
/* Both links are up, and what was subscribed when they came up is in force again. */
bool bus_node_ready(const struct bus_node *node);

/* ---- bus_subs.c ---- */

void bus_subs_up(struct bus_node *node);
void bus_subs_down(struct bus_node *node);
void bus_subs_message(struct bus_node *node, const struct bus_reply *reply);
/* Slots may have moved: each subscription goes to the node of its slot. */
void bus_subs_rehome(struct bus *bus);
/* All that were rehomed are in force. */
bool bus_subs_settled(const struct bus *bus);
/* Tell those that wait for a confirmation by this node (NULL: whose node is not known) that it will take longer. */
void bus_subs_fail(struct bus *bus, const struct bus_node *node);
/* Tell those that have waited too long for a node to be there for their slot. */
void bus_subs_overdue(struct bus *bus);
/* What was rehomed since this was called last may have lost something before this epoch. */
void bus_subs_lost(struct bus *bus, uint64_t epoch);
/* No answer will come to what this node was asked for. */
void bus_subs_forget(struct bus_node *node);
void bus_subs_free(struct bus *bus);

/* ---- bus_pulse.c ---- */

void bus_pulse_start(struct bus *bus);
void bus_pulse_look(struct bus_node *node);

/* ---- bus_cluster.c ---- */

void bus_cluster_create(struct bus *bus, struct bus_seeds *seeds);
void bus_cluster_destroy(struct bus *bus);
struct bus_node *bus_cluster_owner(const struct bus_cluster *cluster, unsigned slot);
/* Every slot has an owner. */
bool bus_cluster_whole(const struct bus_cluster *cluster);
int bus_cluster_command(struct bus *bus, bus_reply_fn *fn, void *arg, size_t argc, const struct str *argv);
/* Its link for commands came up, or went. */
void bus_cluster_up(struct bus_node *node);
void bus_cluster_lost(struct bus_node *node);
/* The map may be out of date: ask for it. */
void bus_cluster_refresh(struct bus_cluster *cluster);
/* An error of `from` about a slot: learns from it, and says where the slot, or the name asked for, is; NULL: nobody
 * knows. */
struct bus_node *bus_cluster_redirected(struct bus_cluster *cluster, const struct bus_redirect *r,
                                        const struct bus_address *from);
struct bus_node *bus_cluster_at(const struct bus_cluster *cluster, const struct bus_address *address);

/* ---- bus_reader.c ---- */

/* Slots may have moved. */
void bus_readers_reroute(struct bus *bus);

#endif
