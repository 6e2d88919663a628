/* Which other replicas of msg-svc are alive, told from their beats in a sorted set. One counts when its beat was seen
 * to move within PEER_MS of our own clock: the beats of a process that died before we came never move, and clocks of
 * other machines are never compared with ours. Owned by shards; knows neither Redis nor time. */
#ifndef PARLEY_MSG_PEERS_H
#define PARLEY_MSG_PEERS_H

#include "str.h"

enum { PEER_MS = 3000, PEERS_MAX = 64 };

struct peer {
    char id[24];
    int64_t beat, moved_ms; /* moved_ms 0: not seen to move yet */
    bool listed;            /* in the set when it was read last */
};

struct peers {
    struct peer list[PEERS_MAX];
    size_t n;
};

/* The set is read: begin, each member, end. Members beyond PEERS_MAX are not counted. */
void peers_begin(struct peers *p);
void peers_saw(struct peers *p, struct str id, int64_t beat, int64_t now_ms);
/* Forgets who is no longer listed: a clean stop counts at once. */
void peers_end(struct peers *p);
size_t peers_alive(const struct peers *p, int64_t now_ms);

#endif
