/* Keeps account of what has come of a log. */
#include "place.h"

enum { AHEAD = 64 };

void place_hear(struct place *p, uint64_t head)
{
    if (head > p->head)
        p->head = head;
}

bool place_take(struct place *p, uint64_t seq)
{
    place_hear(p, seq);
    if (seq <= p->seen)
        return false;
    if (seq > p->seen + 1) {
        uint64_t nth = seq - p->seen - 2, bit = nth < AHEAD ? UINT64_C(1) << nth : 0;
        bool is_new = bit && !(p->ahead & bit);
        p->ahead |= bit;
        return is_new;
    }
    /* The next one, and all that it makes whole. */
    bool more = true;
    for (; more; p->ahead >>= 1) {
        p->seen++;
        more = p->ahead & 1;
    }
    return true;
}
