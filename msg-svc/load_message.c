/* Asks the database for messages that a plan wants to change, answer or quote, and whose the names in texts are. */
#include "file_json.h"
#include "load.h"
#include "name_key.h"
#include "params.h"

enum target_column {
    ROOM,
    SEQ,
    TYPE,
    SENDER,
    ABOUT,
    CHANGED,
    EDITED,
    DELETED,
    PINNED,
    LAST_REPLY,
    REPLIES,
    KINDS,
    DIGEST,
    COUNTS,
    VOTERS,
    MULTIPLE,
    ANONYMOUS,
    CLOSES,
    CLOSED,
    SEALED,
    LINK_STATE,
    LINK_DIGEST,
    PREVIEWED,
    HAS_FILES
};

/* "1,0,4" */
static void take_poll(struct plan_poll *poll, const struct db_result *r, size_t i)
{
    struct str rest = db_str(r, i, COUNTS), word;
    while (rest.n > 0 && poll->options < POLL_OPTIONS_MAX) {
        rest = str_cut(rest, ',', &word);
        if (!str_i64(word, &poll->counts[poll->options++]))
            return;
    }
    poll->voters = db_int(r, i, VOTERS);
    poll->multiple = db_bool(r, i, MULTIPLE);
    poll->anonymous = db_bool(r, i, ANONYMOUS);
    poll->closes_ms = db_int(r, i, CLOSES);
    poll->closed_ms = db_int(r, i, CLOSED);
}

static void take_targets(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++) {
        struct plan_target row = {.room = db_int(r, i, ROOM),
                                  .seq = db_int(r, i, SEQ),
                                  .sender = db_int(r, i, SENDER),
                                  .about = db_int(r, i, ABOUT),
                                  .changed = db_int(r, i, CHANGED),
                                  .edited_ms = db_int(r, i, EDITED),
                                  .deleted_ms = db_int(r, i, DELETED),
                                  .pinned_ms = db_int(r, i, PINNED),
                                  .last_reply_ms = db_int(r, i, LAST_REPLY),
                                  .replies = db_int(r, i, REPLIES),
                                  .kinds = db_int(r, i, KINDS),
                                  .sealed = db_bool(r, i, SEALED)};
        take_poll(&row.poll, r, i);
        row.previewed = db_bool(r, i, PREVIEWED);
        row.has_files = db_bool(r, i, HAS_FILES);
        row.link.state = LINK_NONE;
        if (!db_is_null(r, i, LINK_STATE) && digest_parse(db_str(r, i, LINK_DIGEST), row.link.digest))
            row.link.state = (enum plan_link_state)db_int(r, i, LINK_STATE);
        if (event_type_parse(db_str(r, i, TYPE), &row.type) && digest_parse(db_str(r, i, DIGEST), row.digest))
            plan_target_is(p, &row);
    }
}

static void load_targets(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->targets, p->n_targets, true, it->room);
    INTS(&v, p->targets, p->n_targets, true, it->seq);
    exec(
        arg,
        "SELECT e.room_id, e.seq, e.type, e.sender, e.about, c.changed, (extract(epoch FROM c.edited_at) * 1000)::bigint, "
        "(extract(epoch FROM c.deleted_at) * 1000)::bigint, (extract(epoch FROM c.pinned_at) * 1000)::bigint, "
        "(extract(epoch FROM c.last_reply) * 1000)::bigint, c.replies, "
        "(SELECT count(DISTINCT k.emoji) FROM chat.reactions k WHERE k.room_id = e.room_id AND k.seq = e.seq), "
        "substr(sha256(convert_to(coalesce(c.body, e.body), 'UTF8')), 1, 16), array_to_string(p.counts, ','), p.voters, "
        "coalesce(p.multiple, false), coalesce(p.anonymous, false), (extract(epoch FROM p.closes_at) * 1000)::bigint, "
        "(extract(epoch FROM p.closed_at) * 1000)::bigint, coalesce(e.data ?| ARRAY['poll', 'sticker'], false), "
        "l.state, substr(sha256(convert_to(l.url, 'UTF8')), 1, 16), coalesce(c.preview IS NOT NULL, false), "
        "coalesce(e.data ? 'files', false) FROM unnest($1::bigint[], $2::bigint[]) AS t(room, seq) "
        "JOIN chat.events e ON e.room_id = t.room AND e.seq = t.seq AND e.type IN ('message', 'reply') "
        "LEFT JOIN chat.changes c ON c.room_id = e.room_id AND c.seq = e.seq "
        "LEFT JOIN chat.polls p ON p.room_id = e.room_id AND p.seq = e.seq "
        "LEFT JOIN chat.links l ON l.room_id = e.room_id AND l.seq = e.seq",
        &v, take_targets);
}

static void take_reactions(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_reaction_is(p, db_int(r, i, 0), db_int(r, i, 1), db_int(r, i, 2), db_str(r, i, 3), db_int(r, i, 4));
}

static void load_reactions(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->reactions, p->n_reactions, true, it->room);
    INTS(&v, p->reactions, p->n_reactions, true, it->seq);
    INTS(&v, p->reactions, p->n_reactions, true, it->user);
    ARRAY(&v, p->reactions, p->n_reactions, true, db_p_array_str(&v, it->emoji));
    exec(arg,
         "SELECT k.room_id, k.seq, k.user_id, k.emoji, k.since "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::text[]) AS t(room, seq, person, emoji) "
         "JOIN chat.reactions k ON k.room_id = t.room AND k.seq = t.seq AND k.emoji = t.emoji AND k.user_id = t.person",
         &v, take_reactions);
}

static void take_votes(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_vote_is(p, &(struct plan_vote){.room = db_int(r, i, 0),
                                            .seq = db_int(r, i, 1),
                                            .user = db_int(r, i, 2),
                                            .was = db_int(r, i, 3),
                                            .is = db_int(r, i, 3),
                                            .since = db_int(r, i, 4)});
}

static void load_votes(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->votes, p->n_votes, true, it->room);
    INTS(&v, p->votes, p->n_votes, true, it->seq);
    INTS(&v, p->votes, p->n_votes, true, it->user);
    exec(arg,
         "SELECT v.room_id, v.seq, v.user_id, v.choices, v.since "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[]) AS t(room, seq, person) "
         "JOIN chat.votes v ON v.room_id = t.room AND v.seq = t.seq AND v.user_id = t.person",
         &v, take_votes);
}

static void take_names(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_name_is(p, db_str(r, i, 0), db_int(r, i, 1));
}

/* What a name in a text is looked up by. */
static void put_key(struct db_params *v, struct str name)
{
    struct buf key = {0};
    name_key(name, &key);
    db_p_array_str(v, buf_view(&key));
    buf_fini(&key);
}

static void load_names(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    ARRAY(&v, p->names, p->n_names, true, db_p_array_str(&v, it->name));
    ARRAY(&v, p->names, p->n_names, true, put_key(&v, it->name));
    exec(arg,
         "SELECT t.name, n.id FROM unnest($1::text[], $2::text[]) AS t(name, key) "
         "JOIN auth.names n ON n.username_key = t.key",
         &v, take_names);
}

static void take_groups(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_group_is(p, (size_t)db_int(r, i, 0), db_int(r, i, 1), db_str(r, i, 2), db_int(r, i, 3));
}

/* Each name with the step that has it. Who of a group is in a room is counted once, however many name it there. */
static void load_groups(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    db_p_array(&v);
    for (size_t i = 0; i < p->n_steps; i++)
        for (size_t k = 0; p->steps[i].err == 0 && k < p->steps[i].entry->mentions.count; k++)
            db_p_array_int(&v, (int64_t)i);
    db_p_array_end(&v);
    db_p_array(&v);
    for (size_t i = 0; i < p->n_steps; i++)
        for (size_t k = 0; p->steps[i].err == 0 && k < p->steps[i].entry->mentions.count; k++)
            put_key(&v, p->steps[i].entry->mentions.names[k]);
    db_p_array_end(&v);
    INTS(&v, p->steps, p->n_steps, true, it->err == 0 ? it->entry->room : 0);
    INTS(&v, p->steps, p->n_steps, true, it->err == 0 ? it->entry->user : 0);
    db_p_int(&v, GROUPS_NAMED_MOST);
    db_p_int(&v, BATCH_GROUPS_MOST);
    exec(arg,
         "WITH named AS MATERIALIZED (SELECT * FROM (SELECT t.nth, t.place, g.id, g.handle, "
         "($3::bigint[])[(t.nth + 1)::int] AS room, ($4::bigint[])[(t.nth + 1)::int] AS sender, "
         "row_number() OVER (PARTITION BY t.nth ORDER BY t.place) AS kth "
         "FROM unnest($1::bigint[], $2::text[]) WITH ORDINALITY AS t(nth, key, place) "
         "JOIN auth.group_names g ON g.handle_key = t.key) n "
         "WHERE kth <= $5::bigint ORDER BY place LIMIT $6::bigint), "
         "counted AS MATERIALIZED (SELECT d.room, d.id, (SELECT count(*) FROM auth.group_people o "
         "JOIN chat.members m ON m.room_id = d.room AND m.user_id = o.user_id WHERE o.group_id = d.id) AS people "
         "FROM (SELECT DISTINCT room, id FROM named) d) "
         "SELECT n.nth, n.id, n.handle, "
         "c.people - EXISTS (SELECT FROM auth.group_people o WHERE o.group_id = n.id AND o.user_id = n.sender)::int "
         "FROM named n JOIN counted c ON c.room = n.room AND c.id = n.id ORDER BY n.place",
         &v, take_groups);
}

/* The places of the steps that are copies, or that were scheduled. */
static void put_places(struct db_params *v, const struct plan *p, bool scheduled)
{
    ARRAY(v, p->steps, p->n_steps, it->err == 0 && (scheduled ? it->entry->scheduled : it->entry->from_seq) != 0,
          db_p_array_int(v, it - p->steps));
}

static void take_forwards(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_forward_is(p, (size_t)db_int(r, i, 0),
                        &(struct plan_forward){.room = db_int(r, i, 1),
                                               .seq = db_int(r, i, 2),
                                               .sender = db_int(r, i, 3),
                                               .ts = db_int(r, i, 4),
                                               .bytes = db_int(r, i, 7)},
                        db_str(r, i, 5), db_str(r, i, 6));
}

/* What the sender can read, as it is now. A copy that has no words of its own is passed on as what it is a copy of. */
static void load_forwards(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    put_places(&v, p, false);
    INTS(&v, p->steps, p->n_steps, it->forward != NULL, it->entry->from_room);
    INTS(&v, p->steps, p->n_steps, it->forward != NULL, it->entry->from_seq);
    INTS(&v, p->steps, p->n_steps, it->forward != NULL, it->entry->user);
    exec(arg,
         "SELECT t.nth, CASE WHEN f.again THEN (f.data ->> 'room')::bigint ELSE e.room_id END, "
         "CASE WHEN f.again THEN (f.data ->> 'seq')::bigint ELSE e.seq END, "
         "CASE WHEN f.again THEN (f.data ->> 'sender')::bigint ELSE e.sender END, "
         "CASE WHEN f.again THEN (f.data ->> 'ts')::bigint ELSE (extract(epoch FROM e.ts) * 1000)::bigint END, "
         "CASE WHEN f.again THEN f.data ->> 'body' ELSE coalesce(c.body, e.body) END, "
         "CASE WHEN f.again THEN f.data ->> 'files' ELSE e.data ->> 'files' END, "
         "(SELECT coalesce(sum((x.file ->> 'size')::bigint), 0) FROM jsonb_array_elements(coalesce("
         "CASE WHEN f.again THEN f.data -> 'files' ELSE e.data -> 'files' END, '[]')) AS x(file)) "
         "FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) AS t(nth, room, seq, person) "
         "JOIN chat.members m ON m.room_id = t.room AND m.user_id = t.person "
         "JOIN chat.events e ON e.room_id = t.room AND e.seq = t.seq AND e.type IN ('message', 'reply') "
         "LEFT JOIN chat.changes c ON c.room_id = e.room_id AND c.seq = e.seq "
         "CROSS JOIN LATERAL (SELECT e.data -> 'forward' AS data, "
         "coalesce(c.body, e.body) = '' AND coalesce(e.data ? 'forward', false) AS again) f "
         "WHERE c.deleted_at IS NULL AND (f.again OR coalesce(c.body, e.body) <> '' OR e.data ? 'files')",
         &v, take_forwards);
}

static void take_files(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_files_are(p, (size_t)db_int(r, i, 0), db_int(r, i, 1), db_int(r, i, 3), db_str(r, i, 2));
}

/* The files of all sends of the batch. Nothing is locked: a file that is given up in this moment is looked at once
 * more, an hour later, before it goes (docs/media.md). */
static void load_files(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, it->files != NULL, it - p->steps);
    /* The image of a preview is nobody's. */
    INTS(&v, p->steps, p->n_steps, it->files != NULL, it->entry->kind == ENTRY_PREVIEW ? 0 : it->entry->user);
    ARRAY(&v, p->steps, p->n_steps, it->files != NULL, db_p_array_str(&v, it->entry->files));
    exec(arg,
         "SELECT t.nth, count(*), jsonb_agg(" FILE_JSON(
             "r") " ORDER BY f.place)::text, sum(r.size)::bigint "
                  "FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS t(nth, person, files) "
                  "CROSS JOIN LATERAL unnest(string_to_array(t.files, ',')) WITH ORDINALITY AS f(id, place) "
                  "JOIN media.ready r ON r.id = decode(f.id, 'hex') AND r.owner = t.person GROUP BY t.nth",
         &v, take_files);
}

static void take_room_bytes(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_room_bytes_are(p, (size_t)db_int(r, i, 0), db_int(r, i, 1));
}

/* Behind the rooms, whose rows are locked: nobody else attaches there until this transaction is over. */
static void load_room_bytes(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    INTS(&v, p->steps, p->n_steps, it->files != NULL || it->forward != NULL, it - p->steps);
    INTS(&v, p->steps, p->n_steps, it->files != NULL || it->forward != NULL, it->entry->room);
    exec(arg,
         "SELECT t.nth, b.bytes FROM unnest($1::bigint[], $2::bigint[]) AS t(nth, room) "
         "JOIN chat.room_bytes b ON b.room = t.room",
         &v, take_room_bytes);
}

static void take_due(struct plan *p, const struct db_result *r)
{
    for (size_t i = 0; i < db_rows(r); i++)
        plan_due(p, (size_t)db_int(r, i, 0));
}

/* Locked: whoever cancels or changes it comes before this transaction or behind it. */
static void load_scheduled(const struct plan *p, load_exec_fn *exec, void *arg)
{
    struct db_params v = {0};
    put_places(&v, p, true);
    INTS(&v, p->steps, p->n_steps, it->err == 0 && it->entry->scheduled != 0, it->entry->scheduled);
    INTS(&v, p->steps, p->n_steps, it->err == 0 && it->entry->scheduled != 0, it->entry->version);
    INTS(&v, p->steps, p->n_steps, it->err == 0 && it->entry->scheduled != 0, it->entry->user);
    exec(arg,
         "SELECT t.nth FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) "
         "AS t(nth, id, version, person) JOIN chat.scheduled s ON s.id = t.id AND s.version = t.version "
         "AND s.user_id = t.person WHERE s.state = 'waiting' ORDER BY s.id FOR UPDATE OF s",
         &v, take_due);
}

void load_messages(const struct plan *p, load_exec_fn *exec, void *arg)
{
    if (p->n_targets > 0)
        load_targets(p, exec, arg);
    if (p->n_reactions > 0)
        load_reactions(p, exec, arg);
    if (p->n_votes > 0)
        load_votes(p, exec, arg);
    if (p->n_names > 0) {
        load_names(p, exec, arg);
        load_groups(p, exec, arg);
    }
    if (p->n_forwards > 0)
        load_forwards(p, exec, arg);
    if (p->n_files > 0)
        load_files(p, exec, arg);
    if (p->room_bytes > 0 && p->n_files + p->n_forwards > 0)
        load_room_bytes(p, exec, arg);
    if (p->n_scheduled > 0)
        load_scheduled(p, exec, arg);
}
