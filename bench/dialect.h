/* What the servers that are measured want said: between the WebSocket's handshake and being a subscriber, around a
 * message, and now and then to stay connected. One row a server. */
#ifndef PARLEY_BENCH_DIALECT_H
#define PARLEY_BENCH_DIALECT_H

#include "crowd.h"

struct message {
    uint32_t number;  /* of this client's */
    const char *room; /* where it can be said */
    uint32_t in_room; /* number of this client's in there */
    struct str body;  /* nothing in it needs to be escaped in JSON */
};

struct answer {
    uint32_t number;
    bool stored; /* or refused */
    /* What the server says of how long it took, in parts: until it was begun, until it was committed, and in all from
     * when it was read to when this was written. -1: it does not. */
    int64_t queue_us, commit_us, server_us;
};

struct dialect {
    const char *name;
    const char *path, *publisher_path; /* NULL: the same */
    const char *subprotocol;           /* NULL: none */
    bool cuts_messages;                /* a frame is a piece of a stream, and ends anywhere */
    /* The connection stands. */
    void (*opened)(struct client *c);
    /* A message before client_ready(). */
    void (*login)(struct client *c, struct str frame);
    /* True: it was there to see whether we live, and is answered. NULL: the WebSocket's own pings are all there is. */
    bool (*keeps_alive)(struct client *c, struct str frame);
    void (*publish)(struct client *c, const struct message *message);
    /* Ask what is to be known for when the server is lost: it comes as any frame, and is noted. NULL: there is nothing.
     */
    void (*ask)(struct client *c);
    void (*note)(struct client *c, struct str frame);
    /* The next answer to what was published in *frame, which is moved behind it. NULL: there are none. */
    bool (*next_answer)(struct str *frame, struct answer *answer_r);
};

extern const struct dialect dialect_parley, dialect_nats, dialect_mqtt, dialect_socketio;

/* NULL: there is none of that name. */
const struct dialect *dialect_find(const char *name);

#endif
