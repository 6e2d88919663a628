/* Reads and writes rows of media.file. */
#include "file.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "log.h"

const char *file_kind_name(enum file_kind kind)
{
    static const char *const names[] = {"file", "image", "video", "audio", "pdf"};
    return names[kind];
}

void file_fini(struct file *file)
{
    buf_fini(&file->name);
    buf_fini(&file->metadata);
    buf_fini(&file->type);
    buf_fini(&file->blurhash);
    buf_fini(&file->waveform);
}

/* ---- answers of the database ---- */

struct asked {
    union {
        file_loaded_fn *loaded;
        file_done_fn *done;
    } fn;
    void *arg;
    struct file_id id;
};

static struct asked *ask(const struct file_id *id, void *arg)
{
    struct asked *a = xcalloc(1, sizeof(*a));
    a->id = *id;
    a->arg = arg;
    return a;
}

int file_judge(int err, const struct db_result *r)
{
    if (err != ERR_SQL)
        return err;
    log_error(NULL, "statement on files failed", "sqlstate=%s message=\"%s\"", db_sqlstate(r), db_message(r));
    return ERR_INTERNAL;
}

/* ---- loading ---- */

static void put(struct buf *out, const struct db_result *r, int col)
{
    buf_str(out, db_str(r, 0, col));
}

static void on_loaded(void *arg, int err, const struct db_result *r)
{
    struct asked *a = arg;
    struct file file = {.id = a->id};
    err = file_judge(err, r);
    if (!err && db_rows(r) == 0)
        err = ERR_NOT_FOUND;
    if (!err) {
        file.owner = db_int(r, 0, 0);
        file.size = db_int(r, 0, 1);
        file.received = db_int(r, 0, 2);
        file.state = (enum file_state)db_int(r, 0, 3);
        file.kind = (enum file_kind)db_int(r, 0, 4);
        file.width = (int)db_int(r, 0, 5);
        file.height = (int)db_int(r, 0, 6);
        file.duration_ms = (int)db_int(r, 0, 7);
        file.previews = (unsigned)db_int(r, 0, 8);
        file.touched_s = db_int(r, 0, 9);
        put(&file.name, r, 10);
        put(&file.metadata, r, 11);
        put(&file.type, r, 12);
        put(&file.blurhash, r, 13);
        put(&file.waveform, r, 14);
    }
    a->fn.loaded(a->arg, err, &file);
    free(a);
}

int file_load(struct db *db, const struct file_id *id, file_loaded_fn *fn, void *arg)
{
    static const char sql[] =
        "SELECT owner, size, received, state, kind, coalesce(width, 0), coalesce(height, 0), coalesce(duration_ms, 0), "
        "previews, extract(epoch FROM touched_at)::bigint, name, metadata, coalesce(type, ''), coalesce(blurhash, ''), "
        "waveform FROM media.file WHERE id = $1::bytea AND doomed_at IS NULL";
    struct asked *a = ask(id, arg);
    a->fn.loaded = fn;
    struct db_params p = {.binary_result = true};
    db_p_bytes(&p, file_id_view(id));
    int err = db_query(db, sql, &p, on_loaded, a);
    if (err)
        free(a);
    return err;
}

/* ---- changing ---- */

static int query(struct db *db, const char *sql, struct db_params *p, db_done_fn *done, struct asked *a)
{
    int err = db_query(db, sql, p, done, a);
    if (err)
        free(a);
    return err;
}

static void finish(struct asked *a, int err)
{
    a->fn.done(a->arg, err);
    free(a);
}

static void on_made(void *arg, int err, const struct db_result *r)
{
    err = file_judge(err, r);
    if (!err && db_int(r, 0, 0) == 0)
        err = db_bool(r, 0, 1) ? ERR_TOO_MANY_UPLOADS : ERR_QUOTA_EXCEEDED;
    finish(arg, err);
}

int file_make(struct db *db, const struct file *file, const struct file_limits *limits, file_done_fn *fn, void *arg)
{
    /* The row of the person's use is locked, and read as it is then: of many at once each sees those before it. The
     * trigger counts this one behind it. What was deleted counts no more, but for some minutes its bytes are there
     * still: whoever deletes and uploads in turn gets no further than as much again. */
    static const char sql[] =
        "WITH u AS (INSERT INTO media.usage AS u (owner) VALUES ($2::bigint) "
        "ON CONFLICT (owner) DO UPDATE SET owner = excluded.owner RETURNING u.bytes, u.uploads), "
        "f AS (INSERT INTO media.file (id, owner, name, metadata, size, state) "
        "SELECT $1::bytea, $2::bigint, $3, $4, $5::bigint, CASE WHEN $5::bigint = 0 THEN 1 ELSE 0 END FROM u "
        "WHERE u.bytes + $5::bigint <= $6::bigint AND u.uploads < $7::bigint "
        "AND $5::bigint + coalesce((SELECT sum(size) FROM media.file WHERE doomed_at IS NOT NULL "
        "AND owner = $2::bigint), 0) <= $6::bigint RETURNING 1) "
        "SELECT (SELECT count(*) FROM f), u.uploads >= $7::bigint FROM u";
    struct asked *a = ask(&file->id, arg);
    a->fn.done = fn;
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(&file->id));
    db_p_int(&p, file->owner);
    db_p_str(&p, buf_view(&file->name));
    db_p_str(&p, buf_view(&file->metadata));
    db_p_int(&p, file->size);
    db_p_int(&p, limits->user_max);
    db_p_int(&p, limits->uploads_max);
    return query(db, sql, &p, on_made, a);
}

static void on_doomed(void *arg, int err, const struct db_result *r)
{
    err = file_judge(err, r);
    finish(arg, !err && db_changed(r) == 0 ? ERR_NOT_FOUND : err);
}

int file_doom(struct db *db, const struct file_id *id, file_done_fn *fn, void *arg)
{
    static const char sql[] = "UPDATE media.file SET doomed_at = now() WHERE id = $1::bytea AND doomed_at IS NULL";
    struct asked *a = ask(id, arg);
    a->fn.done = fn;
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(id));
    return query(db, sql, &p, on_doomed, a);
}

static void on_ready(void *arg, int err, const struct db_result *r)
{
    finish(arg, file_judge(err, r));
}

static void put_number(struct db_params *p, int n)
{
    if (n > 0)
        db_p_int(p, n);
    else
        db_p_null(p);
}

int file_ready(struct db *db, const struct file *file, file_done_fn *fn, void *arg)
{
    static const char sql[] =
        "UPDATE media.file SET state = 2, kind = $2::smallint, type = $3, width = $4::int, height = $5::int, "
        "duration_ms = $6::int, blurhash = nullif($7, ''), waveform = nullif($8::bytea, ''::bytea), "
        "previews = $9::smallint, ready_at = now(), touched_at = now() WHERE id = $1::bytea AND state = 1";
    struct asked *a = ask(&file->id, arg);
    a->fn.done = fn;
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(&file->id));
    db_p_int(&p, file->kind);
    db_p_str(&p, buf_view(&file->type));
    put_number(&p, file->width);
    put_number(&p, file->height);
    put_number(&p, file->duration_ms);
    db_p_str(&p, buf_view(&file->blurhash));
    db_p_bytes(&p, buf_view(&file->waveform));
    db_p_int(&p, file->previews);
    return query(db, sql, &p, on_ready, a);
}
