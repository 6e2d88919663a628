/* A ring of what happened to messages in this process. */
#include "hops.h"

#include <inttypes.h>
#include <stdlib.h>

#include "alloc.h"
#include "clock.h"

struct hops {
    struct hop *ring; /* NULL: nothing was noted yet */
    size_t next, count;
};

static const char *const moments[][HOP_TIMES] = {
    [HOP_SENT] = {"taken", "answered"},
    [HOP_STORED] = {"forwarded", "queued", "read", "begun", "committed", "published"},
    [HOP_FANNED] = {"received", "first-written", "last-written"},
};

void hops_create(struct hops **hops_r)
{
    *hops_r = xcalloc(1, sizeof(**hops_r));
}

void hops_destroy(struct hops **hops)
{
    if (*hops == NULL)
        return;
    free((*hops)->ring);
    free(*hops);
    *hops = NULL;
}

void hops_note(struct hops *hops, const struct hop *hop)
{
    if (hops->ring == NULL)
        hops->ring = xcalloc(HOPS_KEPT, sizeof(*hops->ring));
    hops->ring[hops->next] = *hop;
    hops->next = (hops->next + 1) % HOPS_KEPT;
    if (hops->count < HOPS_KEPT)
        hops->count++;
}

int64_t hops_wall_us(int64_t mono_us)
{
    return clock_wall_us() - (clock_mono_us() - mono_us);
}

static bool is_meant(const struct hop *hop, int64_t room, int64_t seq, struct str request)
{
    if (request.n > 0)
        return str_is(request, hop->request);
    return hop->room == room && hop->seq > 0 && hop->seq <= seq && seq <= hop->last;
}

static void put_number(struct buf *out, int64_t number)
{
    if (number > 0)
        buf_printf(out, "\t%" PRId64, number);
    else
        buf_cstr(out, "\t-");
}

static void write_hop(const struct hop *hop, struct buf *out)
{
    for (size_t i = 0; i < HOP_TIMES; i++) {
        if (hop->at_us[i] == 0)
            continue;
        buf_printf(out, "%" PRId64 "\t%s", hop->at_us[i], moments[hop->kind][i]);
        put_number(out, hop->room);
        put_number(out, hop->last);
        buf_printf(out, "\t%s", hop->request[0] != '\0' ? hop->request : "-");
        put_number(out, hop->sockets);
        buf_char(out, '\n');
    }
}

void hops_write(const struct hops *hops, int64_t room, int64_t seq, struct str request, struct buf *out)
{
    for (size_t i = 0; i < hops->count; i++)
        if (is_meant(&hops->ring[i], room, seq, request))
            write_hop(&hops->ring[i], out);
}
