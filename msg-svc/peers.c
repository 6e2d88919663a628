/* Counts the living replicas beside this one. */
#include "peers.h"

#include <string.h>

void peers_begin(struct peers *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->list[i].listed = false;
}

void peers_saw(struct peers *p, struct str id, int64_t beat, int64_t now_ms)
{
    for (size_t i = 0; i < p->n; i++) {
        struct peer *peer = &p->list[i];
        if (!str_is(id, peer->id))
            continue;
        if (peer->beat != beat)
            peer->moved_ms = now_ms;
        peer->beat = beat;
        peer->listed = true;
        return;
    }
    if (p->n == PEERS_MAX || id.n == 0 || id.n >= sizeof p->list[0].id)
        return;
    struct peer *peer = &p->list[p->n++];
    *peer = (struct peer){.beat = beat, .listed = true};
    memcpy(peer->id, id.p, id.n);
}

void peers_end(struct peers *p)
{
    size_t kept = 0;
    for (size_t i = 0; i < p->n; i++)
        if (p->list[i].listed)
            p->list[kept++] = p->list[i];
    p->n = kept;
}

size_t peers_alive(const struct peers *p, int64_t now_ms)
{
    size_t alive = 0;
    for (size_t i = 0; i < p->n; i++)
        alive += p->list[i].moved_ms != 0 && now_ms - p->list[i].moved_ms <= PEER_MS;
    return alive;
}
