/* Writes what a plan decided about polls. */
#include "append.h"

#include "params.h"

static void append_opened(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    if (p->n_polls == 0)
        return;
    INTS(&v, p->polls, p->n_polls, true, it->room);
    INTS(&v, p->polls, p->n_polls, true, it->seq);
    INTS(&v, p->polls, p->n_polls, true, it->options);
    INTS(&v, p->polls, p->n_polls, true, it->multiple);
    INTS(&v, p->polls, p->n_polls, true, it->anonymous);
    INTS(&v, p->polls, p->n_polls, true, it->closes_ms);
    exec(arg,
         "INSERT INTO chat.polls (room_id, seq, counts, multiple, anonymous, closes_at) "
         "SELECT t.room, t.seq, array_fill(0, ARRAY[t.options]), t.multiple > 0, t.anonymous > 0, "
         "to_timestamp(nullif(t.closes, 0) / 1000.0) "
         "FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::int[], $5::int[], $6::bigint[]) "
         "AS t(room, seq, options, multiple, anonymous, closes)",
         &v);
}

/* {1,0,4} */
static void put_counts(struct db_params *v, const struct plan_poll *poll)
{
    struct buf text = {0};
    for (int64_t i = 0; i < poll->options; i++) {
        buf_char(&text, i == 0 ? '{' : ',');
        buf_i64(&text, poll->counts[i]);
    }
    buf_char(&text, '}');
    db_p_array_str(v, buf_view(&text));
    buf_fini(&text);
}

static void append_counted(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->targets, p->n_targets, it->poll.dirty, it->room);
    INTS(&v, p->targets, p->n_targets, it->poll.dirty, it->seq);
    INTS(&v, p->targets, p->n_targets, it->poll.dirty, it->poll.voters);
    INTS(&v, p->targets, p->n_targets, it->poll.dirty, it->poll.closed_ms);
    ARRAY(&v, p->targets, p->n_targets, it->poll.dirty, put_counts(&v, &it->poll));
    exec(arg,
         "UPDATE chat.polls p SET counts = t.counts::int[], voters = t.voters, "
         "closed_at = to_timestamp(nullif(t.closed, 0) / 1000.0) "
         "FROM unnest($1::bigint[], $2::bigint[], $3::int[], $4::bigint[], $5::text[]) "
         "AS t(room, seq, voters, closed, counts) WHERE p.room_id = t.room AND p.seq = t.seq",
         &v);
}

/* A vote of nothing is none. */
static void append_votes(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params gone = {0}, cast = {0};
    size_t going = 0, casting = 0;
    for (size_t i = 0; i < p->n_votes; i++) {
        going += p->votes[i].is == 0 && p->votes[i].was != 0;
        casting += p->votes[i].is != 0 && p->votes[i].is != p->votes[i].was;
    }
    if (going > 0) {
        INTS(&gone, p->votes, p->n_votes, it->is == 0 && it->was != 0, it->room);
        INTS(&gone, p->votes, p->n_votes, it->is == 0 && it->was != 0, it->seq);
        INTS(&gone, p->votes, p->n_votes, it->is == 0 && it->was != 0, it->user);
        exec(arg,
             "DELETE FROM chat.votes v USING unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t(room, seq, person) "
             "WHERE v.room_id = t.room AND v.seq = t.seq AND v.user_id = t.person",
             &gone);
    }
    if (casting > 0) {
        INTS(&cast, p->votes, p->n_votes, it->is != 0 && it->is != it->was, it->room);
        INTS(&cast, p->votes, p->n_votes, it->is != 0 && it->is != it->was, it->seq);
        INTS(&cast, p->votes, p->n_votes, it->is != 0 && it->is != it->was, it->user);
        INTS(&cast, p->votes, p->n_votes, it->is != 0 && it->is != it->was, it->is);
        INTS(&cast, p->votes, p->n_votes, it->is != 0 && it->is != it->was, it->since);
        exec(arg,
             "INSERT INTO chat.votes (room_id, seq, user_id, choices, since) "
             "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::int[], $5::bigint[]) "
             "ON CONFLICT (room_id, seq, user_id) DO UPDATE SET choices = excluded.choices, since = excluded.since",
             &cast);
    }
}

static bool is_gone(const struct plan_target *t)
{
    return t->poll.options > 0 && t->dirty && t->deleted_ms != 0;
}

/* Nothing of a deleted poll stays: neither who voted. */
static void append_gone(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->targets, p->n_targets, is_gone(it), it->room);
    INTS(&v, p->targets, p->n_targets, is_gone(it), it->seq);
    exec(arg,
         "WITH t AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS t(room, seq)), "
         "votes AS (DELETE FROM chat.votes v USING t WHERE v.room_id = t.room AND v.seq = t.seq), "
         "said AS (UPDATE chat.events e SET data = NULL FROM t "
         "WHERE e.room_id = t.room AND e.about = t.seq AND e.type = 'voted') "
         "DELETE FROM chat.polls p USING t WHERE p.room_id = t.room AND p.seq = t.seq",
         &v);
}

void append_polls(const struct plan *p, append_exec_fn *exec, void *arg)
{
    bool counted = false, gone = false;
    for (size_t i = 0; i < p->n_targets; i++) {
        counted |= p->targets[i].poll.dirty;
        gone |= is_gone(&p->targets[i]);
    }
    append_opened(p, exec, arg);
    if (counted)
        append_counted(p, exec, arg);
    append_votes(p, exec, arg);
    if (gone)
        append_gone(p, exec, arg);
}
