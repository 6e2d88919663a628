/* The plan against a model of the database: random entries, in batches and one by one. */
#include <stdlib.h>
#include <string.h>

#include "err.h"
#include "plan_batch.h"

TestSuite(plan_model, .init = set_up, .fini = tear_down);

enum { ROOMS = 3, USERS = 6, CMIDS = 40, LOG_MAX = 4096 };

struct model {
    struct plan_room rooms[ROOMS + 1];
    bool members[ROOMS + 2][USERS + 1]; /* one more: nobody is ever in a room that is not */
    bool owners[ROOMS + 2][USERS + 1];
    bool formers[ROOMS + 2][USERS + 1];
    int64_t since[ROOMS + 2][USERS + 1]; /* seq of the event that brought him in */
    int64_t useq[USERS + 1];
    struct plan_sent sents[USERS + 1][CMIDS];
    struct plan_order orders[ROOMS + 2][USERS + 1];
    struct event log[LOG_MAX];
    size_t n_log;
    int answers[LOG_MAX];
    int64_t seqs[LOG_MAX];
    size_t n_answers, n_refused;
};

static void model_init(struct model *m)
{
    memset(m, 0, sizeof *m);
    for (int r = 1; r <= ROOMS; r++)
        m->rooms[r] = (struct plan_room){.id = r, .kind = r == 1 ? ROOM_GROUP : ROOM_PUBLIC};
    for (int r = 0; r <= ROOMS + 1; r++)
        for (int u = 0; u <= USERS; u++)
            m->orders[r][u].cgen = -1;
    m->members[1][1] = m->owners[1][1] = true;
    m->rooms[1].members = 1;
}

/* Owners first, then members, each by the time they are there. */
static void load_heirs(const struct model *m, int room)
{
    for (int owners = 1; owners >= 0; owners--)
        for (int64_t after = -1;;) {
            int next = 0;
            for (int u = 1; u <= USERS; u++)
                if (m->members[room][u] && m->owners[room][u] == owners && m->since[room][u] > after &&
                    (next == 0 || m->since[room][u] < m->since[room][next]))
                    next = u;
            if (next == 0)
                break;
            plan_heir_is(plan, room, next, owners ? ROLE_OWNER : ROLE_MEMBER);
            after = m->since[room][next];
        }
}

static void model_load(struct model *m)
{
    for (int r = 1; r <= ROOMS; r++) {
        plan_room_is(plan, &m->rooms[r]);
        load_heirs(m, r);
        for (int u = 1; u <= USERS; u++)
            if (m->members[r][u])
                plan_member_is(plan, r, u, m->owners[r][u] ? ROLE_OWNER : ROLE_MEMBER);
            else if (m->formers[r][u])
                plan_member_was(plan, r, u);
    }
    for (int r = 1; r <= ROOMS + 1; r++)
        for (int u = 1; u <= USERS; u++)
            if (m->orders[r][u].cgen >= 0)
                order_is(u, r, m->orders[r][u].cgen, m->orders[r][u].cseq);
    for (int u = 1; u <= USERS; u++) {
        plan_user_is(plan, u, m->useq[u]);
        for (int c = 0; c < CMIDS; c++)
            if (m->sents[u][c].known)
                plan_sent_is(plan, &m->sents[u][c]);
    }
}

static int cmid_number(struct str cmid)
{
    return (int)strtol(cmid.p + 24, NULL, 10);
}

static void model_write(struct model *m)
{
    for (size_t i = 0; i < plan->n_rooms; i++)
        if (plan->rooms[i].dirty)
            m->rooms[plan->rooms[i].id] = plan->rooms[i];
    for (size_t i = 0; i < plan->n_members; i++) {
        const struct plan_member *member = &plan->members[i];
        m->members[member->room][member->user] = member->is;
        m->owners[member->room][member->user] = member->role == ROLE_OWNER;
        m->formers[member->room][member->user] |= member->left;
        if (member->is && member->seq > 0)
            m->since[member->room][member->user] = member->seq;
    }
    for (size_t i = 0; i < plan->n_heirs; i++)
        if (plan->heirs[i].inherits)
            m->owners[plan->heirs[i].room][plan->heirs[i].user] = true;
    for (size_t i = 0; i < plan->n_users; i++)
        m->useq[plan->users[i].id] = plan->users[i].last_useq;
    for (size_t i = 0; i < plan->n_sents; i++)
        if (plan->sents[i].fresh)
            m->sents[plan->sents[i].sender][cmid_number(plan->sents[i].cmid)] = plan->sents[i];
    for (size_t i = 0; i < plan->n_orders; i++) {
        const struct plan_order *o = &plan->orders[i];
        if (o->dirty)
            m->orders[o->room][o->sender] = (struct plan_order){.cgen = o->cgen, .cseq = o->cseq};
    }
    for (size_t i = 0; i < plan->n_events; i++)
        m->log[m->n_log++] = plan->events[i];
    for (size_t i = 0; i < plan->n_steps; i++) {
        const struct plan_step *s = step(i);
        m->n_refused += s->err == ERR_REFUSED;
        m->answers[m->n_answers] = s->err != 0 ? s->err : s->dup;
        m->seqs[m->n_answers++] = s->err == 0 && s->sent != NULL ? s->sent->seq : 0;
    }
}

static void model_run(struct model *m, struct entry *const *some, size_t count)
{
    plan_start(plan, some, count);
    model_load(m);
    plan_run(plan, TS);
    model_write(m);
}

/* Once more the same, without a place in an order. */
static void copy_of(size_t i)
{
    if (entries[i].kind != ENTRY_SEND)
        return;
    entries[n] = entries[i];
    entries[n].cseq = 0;
    batch[n] = &entries[n];
    n++;
}

static void random_entries(unsigned *seed)
{
    static const char *const bodies[] = {"a", "a", "a", "b"};
    n = 0;
    while (n < MAX) {
        int64_t user = 1 + rand_r(seed) % USERS, room = 1 + rand_r(seed) % (ROOMS + 1);
        switch (rand_r(seed) % 16) {
        case 0:
            next(ENTRY_JOIN, user, room);
            break;
        case 1:
        case 9:
            next(ENTRY_LEAVE, user, room);
            break;
        case 2:
            next_add(user, room, 1 + rand_r(seed) % USERS);
            break;
        case 3:
            next_remove(user, room, 1 + rand_r(seed) % USERS);
            break;
        case 4:
        case 5:
            next_in_order(user, room, rand_r(seed) % CMIDS, rand_r(seed) % 8 == 0, 1 + rand_r(seed) % 4);
            break;
        case 6: /* The first of another generation is always the next. */
            next_in_order(user, room, rand_r(seed) % CMIDS, 2 + (int64_t)n, 1);
            break;
        case 7:
        case 8:
            if (n > 0)
                copy_of((size_t)rand_r(seed) % n);
            break;
        default:
            next_send(user, room, rand_r(seed) % CMIDS, bodies[rand_r(seed) % 4]);
        }
    }
}

static void assert_same(const struct model *a, const struct model *b)
{
    cr_assert_eq(a->n_log, b->n_log);
    for (size_t i = 0; i < a->n_log; i++) {
        const struct event *x = &a->log[i], *y = &b->log[i];
        cr_assert(x->room == y->room && x->seq == y->seq && x->n == y->n && x->mver == y->mver && x->type == y->type &&
                  x->sender == y->sender && x->member == y->member);
    }
    for (size_t i = 0; i < a->n_answers; i++)
        cr_assert(a->answers[i] == b->answers[i] && a->seqs[i] == b->seqs[i]);
    cr_assert_eq(memcmp(a->members, b->members, sizeof a->members), 0);
    cr_assert_eq(memcmp(a->useq, b->useq, sizeof a->useq), 0);
    for (int r = 0; r <= ROOMS + 1; r++)
        for (int u = 0; u <= USERS; u++)
            cr_assert(a->orders[r][u].cgen == b->orders[r][u].cgen && a->orders[r][u].cseq == b->orders[r][u].cseq);
}

/* Seqs are 1, 2, 3 … in each room, n counts the messages, mver the other events. */
static void assert_gapless(const struct model *m)
{
    int64_t seq[ROOMS + 1] = {0}, messages[ROOMS + 1] = {0}, changes[ROOMS + 1] = {0};
    for (size_t i = 0; i < m->n_log; i++) {
        const struct event *e = &m->log[i];
        cr_assert_eq(e->seq, ++seq[e->room]);
        int64_t *counted = e->type == EVENT_MESSAGE ? messages : changes;
        counted[e->room]++;
        cr_assert_eq(e->n, messages[e->room]);
        cr_assert_eq(e->mver, changes[e->room]);
    }
    for (int r = 1; r <= ROOMS; r++) {
        int64_t inside = 0;
        for (int u = 1; u <= USERS; u++)
            inside += m->members[r][u];
        cr_assert_eq(m->rooms[r].members, inside);
        cr_assert_leq(inside, CAPACITY);
    }
}

/* What is known to be refused is not in the log. */
static void assert_refused_for_ever(const struct model *m)
{
    for (size_t i = 0; i < m->n_log; i++) {
        const struct event *e = &m->log[i];
        if (e->type == EVENT_MESSAGE)
            cr_assert_eq(m->sents[e->sender][cmid_number(e->cmid)].seq, e->seq);
    }
}

Test(plan_model, a_batch_decides_as_its_entries_one_by_one)
{
    static struct model whole, single;
    size_t events = 0, refused = 0;
    for (unsigned round = 1; round <= 500; round++) {
        unsigned seed = round;
        model_init(&whole);
        model_init(&single);
        random_entries(&seed);
        for (size_t at = 0; at < n;) {
            size_t count = 1 + (size_t)rand_r(&seed) % (n - at);
            model_run(&whole, batch + at, count);
            at += count;
        }
        for (size_t at = 0; at < n; at++)
            model_run(&single, batch + at, 1);
        assert_same(&whole, &single);
        assert_gapless(&whole);
        assert_refused_for_ever(&whole);
        events += whole.n_log;
        refused += whole.n_refused;
    }
    cr_assert_gt(events, 4000, "too little happened: %zu events", events);
    cr_assert_gt(refused, 10, "too little was refused again: %zu", refused);
}
