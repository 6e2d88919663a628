/* One author: numbers its messages, and knows of each when it was due until its answer comes. */
#ifndef PARLEY_BENCH_SENDER_H
#define PARLEY_BENCH_SENDER_H

#include "board.h"
#include "crowd.h"

enum { SENDER_RING = 256 };

struct sender {
    struct client *client;
    size_t size; /* of a message */
    uint32_t sent, answered, refused;
    int64_t due_us[SENDER_RING]; /* by number; 0: answered */
};

void sender_init(struct sender *sender, struct client *client, size_t size);
/* How many have no answer yet. */
uint32_t sender_open(const struct sender *sender);
/* Publish the next message, which was due then. SENDER_RING of them without an answer are the most there can be: one
 * that has waited that long counts as refused. */
void sender_send(struct sender *sender, int64_t due_us);
/* The same to another room than the client's, where it is the client's message number `in_room`. */
void sender_send_to(struct sender *sender, const char *room, uint32_t in_room, int64_t due_us);
/* What came to its client. Each answer is counted, and its times go into `times` unless that is NULL. */
void sender_take(struct sender *sender, struct str frame, int64_t now_us, struct answer_times *times);

#endif
