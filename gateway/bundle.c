/* Gathers the frames of a room for one round of writes, and joins them for each who reads. */
#include "bundle.h"

#include <stdlib.h>

#include "alloc.h"

enum { FEW = 8 };

struct bundle_item {
    struct frame *plain, *own; /* own NULL: `user` gets nothing */
    int64_t user;              /* who gets his own; 0: nobody */
    bool ephemeral;
};

struct bundle_view {
    int64_t user;
    struct frame *frame; /* NULL: nothing of it is for this user */
};

void bundle_create(struct bundle **bundle_r, struct channel *channel, struct list *all)
{
    struct bundle *b = xcalloc(1, sizeof(*b));
    b->channel = channel;
    list_init(&b->link);
    list_push(all, &b->link);
    *bundle_r = b;
}

/* What was joined lacks what comes now. */
static void drop_joined(struct bundle *b)
{
    frame_unref(&b->plain);
    for (size_t i = 0; i < b->view_count; i++)
        frame_unref(&b->views[i].frame);
    b->view_count = 0;
}

static uint64_t bit_of(int64_t user)
{
    return UINT64_C(1) << ((uint64_t)user & 63);
}

void bundle_add(struct bundle *bundle, struct frame *plain, int64_t user, struct frame *own, bool ephemeral)
{
    drop_joined(bundle);
    if (bundle->count == bundle->cap) {
        bundle->cap = bundle->cap ? bundle->cap * 2 : FEW;
        bundle->items = xrealloc(bundle->items, bundle->cap * sizeof(*bundle->items));
    }
    bundle->items[bundle->count++] =
        (struct bundle_item){frame_ref(plain), own ? frame_ref(own) : NULL, user, ephemeral};
    bundle->bytes += frame_bytes(plain).n;
    bundle->ephemeral += ephemeral;
    if (user)
        bundle->others |= bit_of(user);
}

static bool sees_otherwise(const struct bundle *b, int64_t user)
{
    if (!(b->others & bit_of(user)))
        return false;
    for (size_t i = 0; i < b->count; i++)
        if (b->items[i].user == user)
            return true;
    return false;
}

static struct frame *join(const struct bundle *b, int64_t user, size_t after, bool all)
{
    struct frame **parts = xcalloc(b->count, sizeof(struct frame *)); /* NOLINT(bugprone-sizeof-expression) */
    size_t n = 0;
    for (size_t i = after; i < b->count; i++) {
        const struct bundle_item *item = &b->items[i];
        struct frame *f = user && item->user == user ? item->own : item->plain;
        if (f && (all || !item->ephemeral))
            parts[n++] = f;
    }
    struct frame *joined = n > 0 ? frame_join(parts, n) : NULL;
    free(parts);
    return joined;
}

/* A person may be here with several connections. */
static struct frame *view_of(struct bundle *b, int64_t user)
{
    for (size_t i = 0; i < b->view_count; i++)
        if (b->views[i].user == user)
            return b->views[i].frame;
    b->views = xrealloc(b->views, (b->view_count + 1) * sizeof(*b->views));
    b->views[b->view_count] = (struct bundle_view){user, join(b, user, 0, true)};
    return b->views[b->view_count++].frame;
}

struct frame *bundle_frame(struct bundle *bundle, int64_t user, size_t after, bool all)
{
    if (after >= bundle->count)
        return NULL;
    bool otherwise = sees_otherwise(bundle, user);
    if (after > 0 || (!all && bundle->ephemeral > 0))
        return join(bundle, otherwise ? user : 0, after, all);
    if (otherwise) {
        struct frame *f = view_of(bundle, user);
        return f ? frame_ref(f) : NULL;
    }
    if (!bundle->plain)
        bundle->plain = join(bundle, 0, 0, true);
    return frame_ref(bundle->plain);
}

void bundle_destroy(struct bundle **bundle)
{
    struct bundle *b = *bundle;
    if (!b)
        return;
    drop_joined(b);
    for (size_t i = 0; i < b->count; i++) {
        frame_unref(&b->items[i].plain);
        frame_unref(&b->items[i].own);
    }
    list_remove(&b->link);
    free(b->items);
    free(b->views);
    free(b);
    *bundle = NULL;
}
