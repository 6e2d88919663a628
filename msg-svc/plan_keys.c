/* Collects what a batch must know, each once, and finds it again. */
#include "plan_keys.h"

#include <stdlib.h>
#include <string.h>

#include "plan_acts.h"

static int compare_ids(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_texts(struct str a, struct str b)
{
    int lengths = compare_ids((int64_t)a.n, (int64_t)b.n);
    return lengths != 0 || a.n == 0 ? lengths : memcmp(a.p, b.p, a.n);
}

static int by_room(const void *a, const void *b)
{
    return compare_ids(((const struct plan_room *)a)->id, ((const struct plan_room *)b)->id);
}

static int by_member(const void *a, const void *b)
{
    const struct plan_member *x = a, *y = b;
    int rooms = compare_ids(x->room, y->room);
    return rooms != 0 ? rooms : compare_ids(x->user, y->user);
}

static int by_sent(const void *a, const void *b)
{
    const struct plan_sent *x = a, *y = b;
    int senders = compare_ids(x->sender, y->sender);
    return senders != 0 ? senders : memcmp(x->cmid.p, y->cmid.p, CMID_TEXT);
}

static int by_order(const void *a, const void *b)
{
    const struct plan_order *x = a, *y = b;
    int keys = compare_ids(x->room, y->room);
    if (keys == 0)
        keys = compare_ids(x->sender, y->sender);
    return keys != 0 ? keys : compare_texts(x->device, y->device);
}

static int by_target(const void *a, const void *b)
{
    const struct plan_target *x = a, *y = b;
    int rooms = compare_ids(x->room, y->room);
    return rooms != 0 ? rooms : compare_ids(x->seq, y->seq);
}

static int by_reaction(const void *a, const void *b)
{
    const struct plan_reaction *x = a, *y = b;
    int keys = compare_ids(x->room, y->room);
    if (keys == 0)
        keys = compare_ids(x->seq, y->seq);
    if (keys == 0)
        keys = compare_ids(x->user, y->user);
    return keys != 0 ? keys : compare_texts(x->emoji, y->emoji);
}

static int by_vote(const void *a, const void *b)
{
    const struct plan_vote *x = a, *y = b;
    int keys = compare_ids(x->room, y->room);
    if (keys == 0)
        keys = compare_ids(x->seq, y->seq);
    return keys != 0 ? keys : compare_ids(x->user, y->user);
}

static int by_name(const void *a, const void *b)
{
    return compare_texts(((const struct plan_name *)a)->name, ((const struct plan_name *)b)->name);
}

static int by_user(const void *a, const void *b)
{
    return compare_ids(((const struct plan_user *)a)->id, ((const struct plan_user *)b)->id);
}

static int by_profile(const void *a, const void *b)
{
    return compare_ids(((const struct plan_profile *)a)->room, ((const struct plan_profile *)b)->room);
}

static int by_invite(const void *a, const void *b)
{
    const struct plan_invite *x = a, *y = b;
    int rooms = compare_ids(x->room, y->room);
    return rooms != 0 ? rooms : compare_texts(x->hash, y->hash);
}

typedef int compare_fn(const void *, const void *);

/* Sort, and keep one of each; returns how many. */
static size_t sort_unique(void *base, size_t count, size_t size, compare_fn *compare)
{
    if (count == 0)
        return 0;
    qsort(base, count, size, compare);
    char *bytes = base;
    size_t kept = 1;
    for (size_t i = 1; i < count; i++)
        if (compare(bytes + (kept - 1) * size, bytes + i * size) != 0)
            memmove(bytes + kept++ * size, bytes + i * size, size);
    return kept;
}

struct plan_room *plan_find_room(struct plan *p, int64_t id)
{
    struct plan_room key = {.id = id};
    return bsearch(&key, p->rooms, p->n_rooms, sizeof key, by_room);
}

struct plan_member *plan_find_member(struct plan *p, int64_t room, int64_t user)
{
    struct plan_member key = {.room = room, .user = user};
    return bsearch(&key, p->members, p->n_members, sizeof key, by_member);
}

struct plan_sent *plan_find_sent(struct plan *p, int64_t sender, struct str cmid)
{
    if (cmid.n != CMID_TEXT)
        return NULL;
    struct plan_sent key = {.sender = sender, .cmid = cmid};
    return bsearch(&key, p->sents, p->n_sents, sizeof key, by_sent);
}

struct plan_order *plan_find_order(struct plan *p, int64_t room, int64_t sender, struct str device)
{
    struct plan_order key = {.room = room, .sender = sender, .device = device};
    return bsearch(&key, p->orders, p->n_orders, sizeof key, by_order);
}

struct plan_target *plan_find_target(struct plan *p, int64_t room, int64_t seq)
{
    struct plan_target key = {.room = room, .seq = seq};
    return bsearch(&key, p->targets, p->n_targets, sizeof key, by_target);
}

struct plan_reaction *plan_find_reaction(struct plan *p, int64_t room, int64_t seq, int64_t user, struct str emoji)
{
    struct plan_reaction key = {.room = room, .seq = seq, .user = user, .emoji = emoji};
    return bsearch(&key, p->reactions, p->n_reactions, sizeof key, by_reaction);
}

struct plan_vote *plan_find_vote(struct plan *p, int64_t room, int64_t seq, int64_t user)
{
    struct plan_vote key = {.room = room, .seq = seq, .user = user};
    return bsearch(&key, p->votes, p->n_votes, sizeof key, by_vote);
}

struct plan_name *plan_find_name(struct plan *p, struct str name)
{
    struct plan_name key = {.name = name};
    return bsearch(&key, p->names, p->n_names, sizeof key, by_name);
}

struct plan_user *plan_find_user(struct plan *p, int64_t id)
{
    struct plan_user key = {.id = id};
    return bsearch(&key, p->users, p->n_users, sizeof key, by_user);
}

struct plan_profile *plan_find_profile(struct plan *p, int64_t room)
{
    struct plan_profile key = {.room = room};
    return bsearch(&key, p->profiles, p->n_profiles, sizeof key, by_profile);
}

struct plan_invite *plan_find_invite(struct plan *p, int64_t room, struct str hash)
{
    struct plan_invite key = {.room = room, .hash = hash};
    return bsearch(&key, p->invites, p->n_invites, sizeof key, by_invite);
}

static bool has_target(const struct entry *e)
{
    return e->kind == ENTRY_ADD || e->kind == ENTRY_REMOVE || e->kind == ENTRY_ROLE || e->kind == ENTRY_BAN ||
           e->kind == ENTRY_UNBAN || e->kind == ENTRY_MUTE || e->kind == ENTRY_SETTLE;
}

/* Whose own log the entry may make grow. */
static int64_t affected_user(const struct entry *e)
{
    return has_target(e) ? e->target : e->user;
}

static bool changes_membership(const struct entry *e)
{
    return e->kind == ENTRY_JOIN || e->kind == ENTRY_LEAVE || e->kind == ENTRY_ADD || e->kind == ENTRY_REMOVE ||
           e->kind == ENTRY_BAN || e->kind == ENTRY_SETTLE;
}

static void collect_messages(struct plan *p, const struct entry *e)
{
    if (e->about != 0)
        p->targets[p->n_targets++] = (struct plan_target){.room = e->room, .seq = e->about};
    if (e->quote != 0)
        p->targets[p->n_targets++] = (struct plan_target){.room = e->room, .seq = e->quote};
    if (e->kind == ENTRY_REACT)
        p->reactions[p->n_reactions++] =
            (struct plan_reaction){.room = e->room, .seq = e->about, .user = e->user, .emoji = e->emoji};
    if (e->kind == ENTRY_VOTE)
        p->votes[p->n_votes++] = (struct plan_vote){.room = e->room, .seq = e->about, .user = e->user};
    for (size_t i = 0; i < e->mentions.count; i++)
        p->names[p->n_names++] = (struct plan_name){.name = e->mentions.names[i]};
}

/* The profiles' buffers stay where they are from batch to batch: the rooms are put into their own order first. */
static void collect_profile(struct plan *p, int64_t room)
{
    size_t at = 0;
    while (at < p->n_profiles && p->profiles[at].room < room)
        at++;
    if (at < p->n_profiles && p->profiles[at].room == room)
        return;
    struct plan_profile fresh = p->profiles[p->n_profiles];
    memmove(&p->profiles[at + 1], &p->profiles[at], (p->n_profiles - at) * sizeof fresh);
    fresh.room = room;
    fresh.dirty = false;
    buf_reset(&fresh.name);
    buf_reset(&fresh.topic);
    buf_reset(&fresh.description);
    buf_reset(&fresh.picture);
    p->profiles[at] = fresh;
    p->n_profiles++;
}

static void collect(struct plan *p, const struct entry *e)
{
    p->rooms[p->n_rooms++] = (struct plan_room){.id = e->room};
    p->members[p->n_members++] = (struct plan_member){.room = e->room, .user = e->user};
    if (e->kind == ENTRY_SEND)
        p->sents[p->n_sents++] = (struct plan_sent){.sender = e->user, .cmid = e->cmid};
    if (e->kind == ENTRY_SETTINGS)
        collect_profile(p, e->room);
    if (e->invited)
        p->invites[p->n_invites++] = (struct plan_invite){.room = e->room, .hash = entry_invite(e)};
    if (changes_membership(e))
        p->users[p->n_users++] = (struct plan_user){.id = affected_user(e)};
    collect_messages(p, e);
    if (has_target(e))
        p->members[p->n_members++] = (struct plan_member){.room = e->room, .user = e->target};
}

void plan_start(struct plan *p, struct entry *const *entries, size_t count)
{
    p->n_steps = count;
    p->n_rooms = p->n_members = p->n_sents = p->n_orders = p->n_users = 0;
    p->n_targets = p->n_reactions = p->n_votes = p->n_names = p->n_groups = p->n_profiles = p->n_invites = p->n_heirs =
        0;
    p->called = 0;
    p->n_events = p->n_user_events = p->n_views = p->n_mentions = p->n_group_mentions = p->n_polls = 0;
    p->n_forwards = p->n_scheduled = p->n_files = p->n_carriers = p->n_links = 0;
    for (size_t i = 0; i < count; i++) {
        p->steps[i] = (struct plan_step){.entry = entries[i], .err = entries[i]->err};
        if (entries[i]->err == 0)
            collect(p, entries[i]);
        if (entries[i]->cseq > 0 && entries[i]->err != 0)
            p->rooms[p->n_rooms++] = (struct plan_room){.id = entries[i]->room};
        if (entries[i]->cseq > 0)
            p->orders[p->n_orders++] = (struct plan_order){
                .room = entries[i]->room, .sender = entries[i]->user, .device = entries[i]->device, .cgen = -1};
    }
    p->n_rooms = sort_unique(p->rooms, p->n_rooms, sizeof p->rooms[0], by_room);
    p->n_members = sort_unique(p->members, p->n_members, sizeof p->members[0], by_member);
    p->n_sents = sort_unique(p->sents, p->n_sents, sizeof p->sents[0], by_sent);
    p->n_orders = sort_unique(p->orders, p->n_orders, sizeof p->orders[0], by_order);
    p->n_targets = sort_unique(p->targets, p->n_targets, sizeof p->targets[0], by_target);
    p->n_reactions = sort_unique(p->reactions, p->n_reactions, sizeof p->reactions[0], by_reaction);
    p->n_votes = sort_unique(p->votes, p->n_votes, sizeof p->votes[0], by_vote);
    p->n_names = sort_unique(p->names, p->n_names, sizeof p->names[0], by_name);
    p->n_invites = sort_unique(p->invites, p->n_invites, sizeof p->invites[0], by_invite);
    p->n_users = sort_unique(p->users, p->n_users, sizeof p->users[0], by_user);

    for (size_t i = 0; i < count; i++) {
        struct plan_step *s = &p->steps[i];
        const struct entry *e = s->entry;
        if (e->cseq > 0)
            s->order = plan_find_order(p, e->room, e->user, e->device);
        if (s->err == 0 || s->order != NULL)
            s->room = plan_find_room(p, e->room);
        if (s->err != 0)
            continue;
        s->who = plan_find_member(p, e->room, e->user);
        if (e->kind == ENTRY_SEND)
            s->sent = plan_find_sent(p, e->user, e->cmid);
        if (changes_membership(e))
            s->user = plan_find_user(p, affected_user(e));
        s->target = e->about != 0 ? plan_find_target(p, e->room, e->about) : NULL;
        s->quote = e->quote != 0 ? plan_find_target(p, e->room, e->quote) : NULL;
        s->reaction = e->kind == ENTRY_REACT ? plan_find_reaction(p, e->room, e->about, e->user, e->emoji) : NULL;
        s->vote = e->kind == ENTRY_VOTE ? plan_find_vote(p, e->room, e->about, e->user) : NULL;
        s->profile = e->kind == ENTRY_SETTINGS ? plan_find_profile(p, e->room) : NULL;
        s->invite = e->invited ? plan_find_invite(p, e->room, entry_invite(e)) : NULL;
        if (has_target(e))
            s->whom = plan_find_member(p, e->room, e->target);
        plan_carry(p, i);
    }
}
