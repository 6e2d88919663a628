/* Writes what a plan decided about messages that were there before, and what new ones bring with them. */
#include "append.h"

#include "err.h"
#include "params.h"

static size_t count_targets(const struct plan *p, bool deleted)
{
    size_t count = 0;
    for (size_t i = 0; i < p->n_targets; i++)
        count += p->targets[i].dirty && (!deleted || p->targets[i].deleted_ms != 0);
    return count;
}

static void append_changes(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->targets, p->n_targets, it->dirty, it->room);
    INTS(&v, p->targets, p->n_targets, it->dirty, it->seq);
    INTS(&v, p->targets, p->n_targets, it->dirty, it->changed);
    ARRAY(&v, p->targets, p->n_targets, it->dirty, it->body.n > 0 ? db_p_array_str(&v, it->body) : db_p_array_null(&v));
    INTS(&v, p->targets, p->n_targets, it->dirty, it->edited_ms);
    INTS(&v, p->targets, p->n_targets, it->dirty, it->deleted_ms);
    INTS(&v, p->targets, p->n_targets, it->dirty, it->pinned_ms);
    INTS(&v, p->targets, p->n_targets, it->dirty, it->replies);
    INTS(&v, p->targets, p->n_targets, it->dirty, it->last_reply_ms);
    exec(
        arg,
        "INSERT INTO chat.changes AS c (room_id, seq, changed, body, edited_at, deleted_at, pinned_at, replies, last_reply) "
        "SELECT t.room, t.seq, t.changed, t.body, to_timestamp(nullif(t.edited, 0) / 1000.0), "
        "to_timestamp(nullif(t.deleted, 0) / 1000.0), to_timestamp(nullif(t.pinned, 0) / 1000.0), t.replies, "
        "to_timestamp(nullif(t.replied, 0) / 1000.0) "
        "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], "
        "$8::int[], $9::bigint[]) AS t(room, seq, changed, body, edited, deleted, pinned, replies, replied) "
        "ON CONFLICT (room_id, seq) DO UPDATE SET changed = excluded.changed, "
        "body = CASE WHEN excluded.deleted_at IS NULL THEN coalesce(excluded.body, c.body) END, "
        "edited_at = excluded.edited_at, deleted_at = excluded.deleted_at, pinned_at = excluded.pinned_at, "
        "replies = excluded.replies, last_reply = excluded.last_reply",
        &v);
}

static void deleted_targets(struct db_params *v, const struct plan *p)
{
    INTS(v, p->targets, p->n_targets, it->dirty && it->deleted_ms != 0, it->room);
    INTS(v, p->targets, p->n_targets, it->dirty && it->deleted_ms != 0, it->seq);
}

/* Of a deleted message its place stays. */
static void append_deleted(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params texts = {0}, reactions = {0}, mentions = {0};
    deleted_targets(&texts, p);
    exec(arg,
         "UPDATE chat.events e SET body = '', data = e.data - 'forward' - 'poll' - 'sticker' "
         "FROM unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "WHERE e.room_id = t.room AND (e.seq = t.seq OR (e.about = t.seq AND e.type = 'edited')) "
         "AND (e.body <> '' OR e.data ? 'forward')",
         &texts);
    deleted_targets(&reactions, p);
    exec(arg,
         "DELETE FROM chat.reactions k USING unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "WHERE k.room_id = t.room AND k.seq = t.seq",
         &reactions);
    deleted_targets(&mentions, p);
    exec(arg,
         "DELETE FROM chat.mentions n USING unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "WHERE n.room_id = t.room AND n.seq = t.seq",
         &mentions);
}

static void append_reactions(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params on = {0}, off = {0};
    size_t coming = 0, going = 0;
    for (size_t i = 0; i < p->n_reactions; i++) {
        coming += p->reactions[i].is && !p->reactions[i].was;
        going += !p->reactions[i].is && p->reactions[i].was;
    }
    if (going > 0) {
        INTS(&off, p->reactions, p->n_reactions, !it->is && it->was, it->room);
        INTS(&off, p->reactions, p->n_reactions, !it->is && it->was, it->seq);
        INTS(&off, p->reactions, p->n_reactions, !it->is && it->was, it->user);
        ARRAY(&off, p->reactions, p->n_reactions, !it->is && it->was, db_p_array_str(&off, it->emoji));
        exec(arg,
             "DELETE FROM chat.reactions k USING unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) "
             "AS t(room, seq, person, emoji) WHERE k.room_id = t.room AND k.seq = t.seq AND k.emoji = t.emoji "
             "AND k.user_id = t.person",
             &off);
    }
    if (coming > 0) {
        INTS(&on, p->reactions, p->n_reactions, it->is && !it->was, it->room);
        INTS(&on, p->reactions, p->n_reactions, it->is && !it->was, it->seq);
        INTS(&on, p->reactions, p->n_reactions, it->is && !it->was, it->user);
        ARRAY(&on, p->reactions, p->n_reactions, it->is && !it->was, db_p_array_str(&on, it->emoji));
        INTS(&on, p->reactions, p->n_reactions, it->is && !it->was, it->since);
        exec(arg,
             "INSERT INTO chat.reactions (room_id, seq, user_id, emoji, since) "
             "SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[])",
             &on);
    }
}

/* Who is named and not in the room hears nothing of it. */
static void append_mentions(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    if (p->n_mentions == 0)
        return;
    INTS(&v, p->mentions, p->n_mentions, true, it->room);
    INTS(&v, p->mentions, p->n_mentions, true, it->seq);
    INTS(&v, p->mentions, p->n_mentions, true, it->user);
    exec(arg,
         "INSERT INTO chat.mentions (room_id, seq, user_id) SELECT t.room, t.seq, t.person "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t(room, seq, person) "
         "WHERE t.person = 0 OR EXISTS (SELECT FROM chat.members m WHERE m.room_id = t.room AND m.user_id = t.person)",
         &v);
}

/* Who writes in a thread follows it and has read it so far; so does who began it. Who chose not to follow is left
 * alone. */
static void append_follows(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    size_t count = 0;
    for (size_t i = 0; i < p->n_events; i++)
        count += p->events[i].type == EVENT_REPLY;
    if (count == 0)
        return;
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->room);
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->about);
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->sender);
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->seq);
    exec(arg,
         "WITH said AS (SELECT room, root, person, max(seq) AS seq "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS t(room, root, person, seq) "
         "GROUP BY room, root, person) "
         "INSERT INTO chat.follows AS f (room_id, root, user_id, read_seq) SELECT room, root, person, max(seq) FROM ("
         "SELECT * FROM said UNION ALL SELECT DISTINCT s.room, s.root, e.sender, 0::bigint FROM said s "
         "JOIN chat.events e ON e.room_id = s.room AND e.seq = s.root) AS u(room, root, person, seq) "
         "GROUP BY room, root, person ORDER BY room, root, person "
         "ON CONFLICT (room_id, root, user_id) DO UPDATE SET read_seq = greatest(f.read_seq, excluded.read_seq)",
         &v);
}

/* What became of scheduled messages. Slow mode only puts them off: the worker tries again. Nothing is said of who may
 * turn out to be a member after all. */
static bool is_settled(const struct plan_step *s)
{
    return s->due && !s->newcomer && s->err != ERR_SLOW_MODE;
}

static void append_scheduled(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, is_settled(it), it->entry->scheduled);
    ARRAY(&v, p->steps, p->n_steps, is_settled(it),
          it->err != 0 ? db_p_array_str(&v, str_of(err_code(it->err))) : db_p_array_null(&v));
    exec(
        arg,
        "UPDATE chat.scheduled s SET state = CASE WHEN t.error IS NULL THEN 'sent' ELSE 'failed' END, error = t.error, "
        "told = false FROM unnest($1::bigint[], $2::text[]) AS t(id, error) WHERE s.id = t.id",
        &v);
}

void append_messages(const struct plan *p, append_exec_fn *exec, void *arg)
{
    if (count_targets(p, false) > 0)
        append_changes(p, exec, arg);
    append_reactions(p, exec, arg);
    if (count_targets(p, true) > 0)
        append_deleted(p, exec, arg);
    append_mentions(p, exec, arg);
    append_follows(p, exec, arg);
    if (p->n_scheduled > 0)
        append_scheduled(p, exec, arg);
}
