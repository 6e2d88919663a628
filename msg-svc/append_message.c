/* Writes what a plan decided about messages that were there before, and what new ones bring with them. */
#include "append.h"

#include "err.h"
#include "file_json.h"
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
    ARRAY(&v, p->targets, p->n_targets, it->dirty,
          it->body.p != NULL ? db_p_array_str(&v, it->body) : db_p_array_null(&v));
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
    struct db_params texts = {0}, reactions = {0}, mentions = {0}, files = {0};
    deleted_targets(&texts, p);
    exec(arg,
         "UPDATE chat.events e SET body = '', data = e.data - 'forward' - 'poll' - 'sticker' - 'files' - 'preview' "
         "FROM unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "WHERE e.room_id = t.room AND (e.seq = t.seq OR (e.about = t.seq AND e.type IN ('edited', 'previewed'))) "
         "AND (e.body <> '' OR e.data ? 'forward' OR e.data ?| ARRAY['files', 'preview'])",
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
    deleted_targets(&files, p);
    exec(arg,
         "DELETE FROM chat.file_use u USING unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "WHERE u.room = t.room AND u.seq = t.seq",
         &files);
}

/* Who uses which file: as the events of this batch have them. */
static void append_file_uses(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->carriers, p->n_carriers, true, it->room);
    INTS(&v, p->carriers, p->n_carriers, true, it->seq);
    exec(arg,
         "INSERT INTO chat.file_use (file, room, seq, sender, kind, name, bytes) "
         "SELECT DISTINCT ON (t.room, t.seq, f.file ->> 'id') decode(f.file ->> 'id', 'hex'), t.room, t.seq, e.sender, "
         "array_position(" FILE_KINDS ", f.file ->> 'kind') - 1, f.file ->> 'name', "
         "(f.file ->> 'size')::bigint "
         "FROM unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "JOIN chat.events e ON e.room_id = t.room AND e.seq = t.seq CROSS JOIN LATERAL ("
         "SELECT jsonb_array_elements(coalesce(e.data -> 'files', '[]')) UNION ALL "
         "SELECT jsonb_array_elements(coalesce(e.data #> '{forward,files}', '[]'))) AS f(file)",
         &v);
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
             "INSERT INTO chat.reactions (room_id, seq, user_id, emoji, since, author, ts) "
             "SELECT t.room, t.seq, t.person, t.emoji, t.since, e.sender, s.ts "
             "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[], $5::bigint[]) "
             "AS t(room, seq, person, emoji, since) "
             "JOIN chat.events e ON e.room_id = t.room AND e.seq = t.seq "
             "JOIN chat.events s ON s.room_id = t.room AND s.seq = t.since",
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
         "INSERT INTO chat.mentions (room_id, seq, user_id, root, unread, ts) "
         "SELECT t.room, t.seq, t.person, e.about, e.about IS NOT NULL, e.ts "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t(room, seq, person) "
         "JOIN chat.events e ON e.room_id = t.room AND e.seq = t.seq "
         "WHERE t.person = 0 OR EXISTS (SELECT FROM chat.members m WHERE m.room_id = t.room AND m.user_id = t.person)",
         &v);
}

/* Who of a group is in the room is named as by his own name; once, by whatever names him. */
static void append_group_mentions(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    if (p->n_group_mentions == 0)
        return;
    INTS(&v, p->group_mentions, p->n_group_mentions, true, it->room);
    INTS(&v, p->group_mentions, p->n_group_mentions, true, it->seq);
    INTS(&v, p->group_mentions, p->n_group_mentions, true, it->group);
    exec(arg,
         "INSERT INTO chat.mentions (room_id, seq, user_id, root, unread, ts) "
         "SELECT DISTINCT t.room, t.seq, m.user_id, e.about, e.about IS NOT NULL, e.ts "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t(room, seq, grp) "
         "JOIN chat.events e ON e.room_id = t.room AND e.seq = t.seq "
         "JOIN auth.group_people o ON o.group_id = t.grp AND o.user_id <> e.sender "
         "JOIN chat.members m ON m.room_id = t.room AND m.user_id = o.user_id ON CONFLICT DO NOTHING",
         &v);
}

/* Who writes in a thread follows it and has read it so far; so does who began it. Who chose not to follow is left
 * alone. */
static void append_follows(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
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
         "ON CONFLICT (room_id, root, user_id) DO UPDATE SET read_seq = greatest(f.read_seq, excluded.read_seq), "
         "following = coalesce(f.following, true)",
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

/* Who is named in a thread follows it from there on. */
static void append_named(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    if (p->n_mentions + p->n_group_mentions == 0)
        return;
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->room);
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->seq);
    exec(arg,
         "INSERT INTO chat.follows AS f (room_id, root, user_id, read_seq) "
         "SELECT n.room_id, n.root, n.user_id, min(n.seq) - 1 "
         "FROM unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
         "JOIN chat.mentions n ON n.room_id = t.room AND n.seq = t.seq "
         "WHERE n.root IS NOT NULL GROUP BY n.room_id, n.root, n.user_id ORDER BY n.room_id, n.root, n.user_id "
         "ON CONFLICT (room_id, root, user_id) DO UPDATE SET following = true WHERE f.following IS NULL",
         &v);
}

/* Who writes in a thread has read who named him there. */
static void append_answered(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->room);
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->about);
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->sender);
    INTS(&v, p->events, p->n_events, it->type == EVENT_REPLY, it->seq);
    exec(arg,
         "UPDATE chat.mentions n SET unread = false "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS t(room, root, person, seq) "
         "WHERE n.user_id = t.person AND n.room_id = t.room AND n.root = t.root AND n.unread AND n.seq < t.seq",
         &v);
}

/* Who writes in a room has read it so far (docs/reading.md). The rows are locked in one order by all who lock several.
 */
static void append_reads(const struct plan *p, append_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->events, p->n_events, it->type == EVENT_MESSAGE, it->room);
    INTS(&v, p->events, p->n_events, it->type == EVENT_MESSAGE, it->sender);
    INTS(&v, p->events, p->n_events, it->type == EVENT_MESSAGE, it->seq);
    INTS(&v, p->events, p->n_events, it->type == EVENT_MESSAGE, it->n);
    exec(arg,
         "WITH said AS (SELECT room, person, max(seq) AS seq, max(n) AS n "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS t(room, person, seq, n) "
         "GROUP BY room, person), "
         "held AS (SELECT m.room_id, m.user_id, s.seq, s.n FROM said s "
         "JOIN chat.members m ON m.room_id = s.room AND m.user_id = s.person AND m.read_seq < s.seq "
         "ORDER BY m.room_id, m.user_id FOR NO KEY UPDATE OF m) "
         "UPDATE chat.members m SET read_seq = h.seq, read_n = h.n, back_seq = NULL, back_n = NULL, has_read = true, "
         "delivered_seq = greatest(m.delivered_seq, h.seq) FROM held h "
         "WHERE m.room_id = h.room_id AND m.user_id = h.user_id AND m.read_seq < h.seq",
         &v);
}

static size_t count_events(const struct plan *p, enum event_type type)
{
    size_t count = 0;
    for (size_t i = 0; i < p->n_events; i++)
        count += p->events[i].type == type;
    return count;
}

void append_messages(const struct plan *p, append_exec_fn *exec, void *arg)
{
    if (p->n_carriers > 0)
        append_file_uses(p, exec, arg);
    if (count_targets(p, false) > 0)
        append_changes(p, exec, arg);
    append_links(p, exec, arg);
    append_reactions(p, exec, arg);
    if (count_targets(p, true) > 0)
        append_deleted(p, exec, arg);
    append_mentions(p, exec, arg);
    append_group_mentions(p, exec, arg);
    if (count_events(p, EVENT_REPLY) > 0) {
        append_follows(p, exec, arg);
        append_named(p, exec, arg);
        append_answered(p, exec, arg);
    }
    if (count_events(p, EVENT_MESSAGE) > 0)
        append_reads(p, exec, arg);
    if (p->n_scheduled > 0)
        append_scheduled(p, exec, arg);
}
