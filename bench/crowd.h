/* Thousands of WebSocket clients of one process, on one epoll: they connect a bounded number at a time, say what their
 * dialect says until they are ready, and from then on hand each message to whoever measures. A connection that is lost
 * before it was ready is tried again, later from time to time. One thread. */
#ifndef PARLEY_BENCH_CROWD_H
#define PARLEY_BENCH_CROWD_H

#include <netinet/in.h>

#include "buf.h"
#include "ws_frame.h"

enum client_state {
    CLIENT_OUT,     /* has no connection; may have one from again_us on */
    CLIENT_OPENING, /* waits for the connection and the answer to its handshake */
    CLIENT_LOGIN,   /* says what its dialect wants said */
    CLIENT_READY,
};

struct crowd;
struct dialect;

struct client {
    struct crowd *crowd;
    int fd;
    uint32_t number; /* over all processes */
    enum client_state state;
    bool blocked;   /* the socket was full: waits for EPOLLOUT with what is in `out` */
    bool homeless;  /* lost its connection at home, and goes elsewhere from then on */
    unsigned step;  /* of its login; the dialect's */
    unsigned tries; /* to connect, since it was told to */
    int64_t again_us;
    int64_t return_ms; /* as its server said last: how long to wait at most when it is lost; -1: it said nothing */
    struct buf in;     /* the beginning of a frame whose end has not come */
    struct buf out;
    /* Of whoever measures: */
    uint32_t expected; /* the number of the next message */
    struct buf tail;   /* of what was heard, what may go on */
};

/* Several marks a frame, several frames a read: `now_us` is when they were read. */
typedef void client_frame_fn(struct client *c, struct str frame, int64_t now_us);
typedef void client_ready_fn(struct client *c, int64_t now_us);

enum { CROWD_ADDRESSES = 16 };

/* Where and as whom; outlives the crowd. Client i takes address, token and room i, round and round. */
struct crowd_plan {
    const struct dialect *dialect;
    struct sockaddr_in addresses[CROWD_ADDRESSES];
    size_t address_count;
    /* Where all connect at first, if it is set: a server that is going to be lost. The others are for afterwards. */
    struct sockaddr_in home;
    bool has_home;
    char **tokens, **rooms;
    size_t token_count, room_count;
    uint32_t run;       /* tells this run from others */
    uint32_t publisher; /* the number of the client that publishes, where it says so when it connects */
    bool resumes;       /* ready only when it knows what it missed */
    size_t opening;     /* how many may be on their way to being ready at a time */
};

/* So many clients have one address, of 127.16.0.0/12. */
enum { CROWD_PER_SOURCE = 500 };

struct crowd {
    const struct crowd_plan *plan;
    struct client *clients;
    size_t count, ready, opening;
    size_t homeless; /* how many lost their connection at home */
    size_t tries;    /* to connect, of all */
    uint64_t reads;  /* of a socket, that brought something */
    size_t next_out; /* from where one that is out is looked for */
    int64_t looked_us;
    int epoll;
    char *input;
    struct buf scratch; /* of who writes a frame */
    void *arg;
    client_frame_fn *on_frame;
    client_ready_fn *on_ready; /* NULL: nobody asks */
    /* What a client holds, as the members of `cursors`, when it comes back. NULL: nothing of its room. */
    void (*put_cursors)(const struct client *c, struct buf *out);
    char epoch[40];    /* of the server, as it said last */
    char trouble[160]; /* why the last one failed that did */
};

/* Clients `first` … `first + count - 1`, all out. */
void crowd_init(struct crowd *crowd, const struct crowd_plan *plan, size_t first, size_t count);
void crowd_fini(struct crowd *crowd);
/* One turn of the loop: connect who is out, wait at most so long, do what is due. */
void crowd_turn(struct crowd *crowd, int64_t wait_us);
/* End every connection, as a cable that is cut would not, but as a process that dies does. They connect again in the
 * next turns. */
void crowd_cut(struct crowd *crowd);
/* End the connection of one, who comes back. */
void client_leave(struct client *c);
/* Have the loop woken by what is written to this eventfd. */
void crowd_watch(struct crowd *crowd, int eventfd);

const char *client_token(const struct client *c);
const char *client_room(const struct client *c);
/* Queue a message and write what the socket takes. */
void client_send(struct client *c, enum ws_opcode opcode, struct str payload);
/* Of a dialect: the login is done. */
void client_ready(struct client *c);
/* End the connection; it is tried again. */
void client_fail(struct client *c, const char *why, struct str detail);

#endif
