/* One process's link to Redis: a connection for commands, one for subscriptions, one more for each stream
 * reader. Reconnects by itself with back-off (100 ms doubling to 2 s, at most eight tries a second in all);
 * subscriptions are made again. The only module that names hiredis (bus*.c). Owned by main; loop thread only.
 *
 * Redis may be a cluster: then there are two connections to each master, and one for each stream that is read, and a
 * command goes where its key is, wherever that moves. A command names keys of one hash tag only, and the order of two
 * commands is kept within a hash tag only, not while its slot moves. docs/bus.md has the table of keys. */
#ifndef PARLEY_BUS_H
#define PARLEY_BUS_H

#include "buf.h"
#include "loop.h"
#include "metrics.h"

struct bus;
struct bus_reply;

struct bus_config {
    /* redis://[:password@]host:port[/db], unix:///path[?password], or some nodes of a cluster:
     * redis+cluster://[:password@]host:port[,host:port]… */
    const char *url;
    const char *name;     /* CLIENT SETNAME */
    size_t max_in_flight; /* commands without an answer; 0: 10,000 */
    size_t max_queued;    /* bytes not yet written; 0: 16 MiB */
};

bool bus_url_good(const char *url);
/* `metrics` may be NULL. Starts connecting; never fails for a Redis that is away. ERR_INTERNAL: bad url, see above. */
int bus_create(struct bus **bus_r, struct loop *loop, const struct bus_config *config, struct metrics *metrics);
/* Every callback still due is called with ERR_UNAVAILABLE first. */
void bus_destroy(struct bus **bus);

/* Both connections are up, and what was subscribed when they came up is in force again. (One more subscription
 * later on does not change it: its `on` tells.) Of a cluster: to each master, and each slot has one. */
bool bus_ready(const struct bus *bus);
/* As bus_ready(), but of a cluster one master is enough: some of what is there can be reached. */
bool bus_reaches(const struct bus *bus);
/* Called when bus_ready() or the epoch changes; several may listen, until a call with
 * fn NULL, which sends all of them away. `epoch` grows each
 * time Redis may have lost messages (the subscriptions' link broke, to any master; a slot moved) or memory (the key
 * rt:{nonce}, or a master's own, looked at every 5 s, is another). While many slots move, every 5 s. */
typedef void bus_state_fn(void *arg, bool ready, uint64_t epoch);
void bus_on_state(struct bus *bus, bus_state_fn *fn, void *arg);
/* Those who listen with this argument do so no more. Not inside such a call. */
void bus_off_state(struct bus *bus, const void *arg);
uint64_t bus_epoch(const struct bus *bus);
/* The epoch with which something published to a channel that is subscribed may have been lost last. While slots move it
 * stays behind bus_epoch() for channels whose slots do not, and for one that is not subscribed. */
uint64_t bus_lost_epoch(const struct bus *bus, struct str channel);
/* Redis' clock, wall ms, as last asked (every 5 s) and gone on since; the own wall clock before the first answer. All
 * processes agree on it, whatever their machines' clocks say: for moments that travel from one to another. A cluster's
 * is the clock of the master that has rt:{nonce}; ids of entries are by the clock of the stream's own. */
int64_t bus_time_ms(const struct bus *bus);

/* Send one command. fn is called exactly once, later: err 0 and the reply, valid during the call; or
 * ERR_UNAVAILABLE (connection lost: whether it ran is unknown) or ERR_TIMEOUT after 5 s, however many nodes it went to.
 * An error reply of Redis comes as err 0 and BUS_ERROR, but those of a cluster that is not whole at this moment are
 * ERR_UNAVAILABLE: those commands did not run. Returns ERR_BUSY (limits) or ERR_UNAVAILABLE (not connected) without
 * ever calling fn. fn may be NULL. */
typedef void bus_reply_fn(void *arg, int err, const struct bus_reply *reply);
int bus_command(struct bus *bus, bus_reply_fn *fn, void *arg, size_t argc, const struct str *argv);
/* The same with words of a C string; each %b takes a struct str *, %s a C string, %lld an int64_t cast to
 * long long, inside a word too; words are split at single spaces of the format, at most 32. */
int bus_commandf(struct bus *bus, bus_reply_fn *fn, void *arg, const char *format, ...);
int bus_publish(struct bus *bus, struct str channel, struct str payload);

enum bus_type { BUS_NIL, BUS_STRING, BUS_INTEGER, BUS_ARRAY, BUS_ERROR };
enum bus_type bus_type(const struct bus_reply *r);
/* Of a BUS_STRING or BUS_ERROR; empty otherwise. */
struct str bus_str(const struct bus_reply *r);
/* Of a BUS_INTEGER, or a BUS_STRING of digits; 0 otherwise. */
int64_t bus_int(const struct bus_reply *r);
size_t bus_count(const struct bus_reply *r);
/* NULL past the end or when r is no array. */
const struct bus_reply *bus_at(const struct bus_reply *r, size_t i);

/* Subscribe; fn is called for each message until bus_unsubscribe. `on` is called exactly once, when Redis has
 * confirmed (err 0), or with ERR_UNAVAILABLE when the link was lost, or could not be made, first, or no master of a
 * cluster had the channel's slot for 5 s (it is still asked for again); not any more after bus_unsubscribe. `on` may be
 * NULL. One subscriber a channel; asserted. */
typedef void bus_message_fn(void *arg, struct str channel, struct str payload);
typedef void bus_subscribed_fn(void *arg, int err);
void bus_subscribe(struct bus *bus, struct str channel, bus_message_fn *fn, void *arg, bus_subscribed_fn *on,
                   void *on_arg);
void bus_unsubscribe(struct bus *bus, struct str channel);
/* The subscription is in force at this moment. */
bool bus_subscribed(const struct bus *bus, struct str channel);

/* Reads streams as one consumer of a group, on a connection of its own, by XREADGROUP … BLOCK. Creates the
 * group (MKSTREAM, from 0) when it is missing, also after NOGROUP. */
struct bus_reader;
struct bus_entry {
    struct str stream, id;
    size_t count;               /* of field/value pairs */
    const struct bus_reply *kv; /* use bus_entry_get or bus_entry_at */
};
/* The name of the i-th field, and its value; empty past the end. */
struct str bus_entry_at(const struct bus_entry *e, size_t i, struct str *value);
/* The value of the first field of that name; empty: there is none. */
struct str bus_entry_get(const struct bus_entry *e, const char *field);
/* When it was added, wall ms on Redis' clock; 0: its id does not say. And how long ago that is, never negative. */
int64_t bus_entry_born_ms(struct str id);
int64_t bus_entry_age_ms(const struct bus *bus, const struct bus_entry *e);

struct bus_reader_config {
    const char *group, *consumer;
    size_t count;      /* entries a read, per stream */
    unsigned block_ms; /* how long Redis may hold a read */
    bool noack;        /* at most once: entries are never pending */
};
/* Called with each non-empty read. The reader does not read again before bus_reader_next() is called; of a cluster,
 * what was being read of other streams may still come before that, once of each. */
typedef void bus_entries_fn(void *arg, const struct bus_entry *entries, size_t count);
void bus_reader_create(struct bus_reader **reader_r, struct bus *bus, const struct bus_reader_config *config,
                       bus_entries_fn *fn, void *arg);
/* Which streams, from the next read on; none: it pauses, and Redis is asked to end a read it holds. Names are
 * copied. */
void bus_reader_streams(struct bus_reader *reader, const struct str *names, size_t count);
void bus_reader_next(struct bus_reader *reader);
/* A read is under way: entries may still come after a pause. */
bool bus_reader_busy(const struct bus_reader *reader);
/* Claim what other or earlier consumers of the group left unacknowledged in `stream`, whatever its age
 * (XAUTOCLAIM … 0, repeated to the end). fn is called once for each page with entries, with nothing to call next;
 * then `done` once with err. Returns as bus_command(). */
typedef void bus_claimed_fn(void *arg, int err);
int bus_reader_claim(struct bus_reader *reader, struct str stream, bus_entries_fn *fn, bus_claimed_fn *done, void *arg);
/* Claims under way end with ERR_UNAVAILABLE. Not inside its callbacks. */
void bus_reader_destroy(struct bus_reader **reader);

#endif
