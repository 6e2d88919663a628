/* A person at one WebSocket who sends numbered messages to a room and keeps a view of its log, as docs/protocol.md
 * tells a client to: same cmid until ack or nack, gaps fetched, reconnect to whichever gateway answers. */
#ifndef PARLEY_TEST_TALKER_H
#define PARLEY_TEST_TALKER_H

#include "person.h"
#include "ws_client.h"

enum { TALKER_MAX = 2048, TALKER_WINDOW = 16 };

struct talker {
    const struct person *who;
    int number;       /* distinguishes talkers, part of each cmid */
    const int *ports; /* gateways to try, starting with `port_at` */
    int port_count, port_at;
    char *room;
    struct ws_client *ws; /* NULL while away */
    int to_send, sent, acked, in_flight;
    int64_t ack_seq[TALKER_MAX]; /* by message number; 0: not acked */
    int64_t sent_ms;             /* of the oldest try that has no answer */
    int64_t head;                /* the view holds seqs 1..head */
    char *view[TALKER_MAX * 3];  /* by seq: "sender:body" of messages, "-" of other events */
    int64_t heard;               /* the furthest seq it was told of */
    int64_t ask_again_ms;        /* when a fetch without a batch is to be repeated; 0: none is under way */
    int repeats;                 /* live events that came twice on one connection */
    int64_t live;                /* last seq that came live on this connection */
    int reconnects;
};

/* Connects (deadline 20 s, asserted). `room` and `who` outlive the talker. */
void talker_init(struct talker *t, const struct person *who, int number, const int *ports, int port_count, int port_at,
                 const char *room, int to_send);
void talker_fini(struct talker *t);

/* Send what the window allows, take what came within wait_ms. Reconnects when the connection is gone. */
void talker_step(struct talker *t, int wait_ms);

/* A step of each; the highest seq that either was acked with. */
int64_t talker_step_both(struct talker *a, struct talker *b);

/* Everything acked, and the view reaches `head`. */
bool talker_done(const struct talker *t, int64_t head);

/* Highest seq that any of its messages was acked with. */
int64_t talker_last_ack(const struct talker *t);

/* Asserts that each acked message stands in the view exactly at its acked seq, with its text, once. */
void talker_check_own(const struct talker *t);
/* Asserts that both saw the same log. */
void talker_check_same(const struct talker *a, const struct talker *b);

#endif
