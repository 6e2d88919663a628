/* Bytes of files in PostgreSQL: rows of media.chunk, one to a page. In pieces of 2 KiB elsewhere, as PostgreSQL would
 * have larger ones, they cost it twice the work. */
#include "blob_backend.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "failpoint.h"

/* A row of this many bytes just fits into its page. */
#define ROW_BYTES "8096"

enum { REMOVE_AT_ONCE = 4000 }; /* rows; those of a large file would hold a statement up for too long */

struct ask {
    struct db *db;
    union {
        blob_done_fn *done;
        blob_read_fn *read;
        blob_size_fn *size;
    } fn;
    void *arg;
    struct file_id id;
    int64_t at;
};

static struct ask *ask(struct db *db, const struct file_id *id, int64_t at, void *arg)
{
    struct ask *a = xcalloc(1, sizeof(*a));
    a->db = db;
    a->arg = arg;
    a->id = *id;
    a->at = at;
    return a;
}

static int query(struct ask *a, const char *sql, struct db_params *p, db_done_fn *done)
{
    int err = db_query(a->db, sql, p, done, a);
    if (err)
        free(a);
    return err;
}

static void finish(struct ask *a, int err)
{
    a->fn.done(a->arg, err);
    free(a);
}

/* ---- writing ---- */

static void on_appended(void *arg, int err, const struct db_result *r)
{
    err = file_judge(err, r);
    if (!err && db_changed(r) == 0)
        err = ERR_OFFSET_CONFLICT;
    if (!err)
        FAILPOINT("media.stored");
    finish(arg, err);
}

int blob_append(struct blob *blob, const struct file_id *id, int64_t at, struct str bytes, bool durable,
                blob_done_fn *fn, void *arg)
{
    /* touched_at is in an index: moved on only now and then, the row's new version stays where the old one is. The
     * setting is the transaction's. */
    static const char sql[] =
        "WITH f AS (UPDATE media.file SET received = received + length($3::bytea), "
        "touched_at = CASE WHEN received + length($3::bytea) = size OR touched_at < now() - interval '1 minute' "
        "THEN now() ELSE touched_at END, "
        "state = CASE WHEN received + length($3::bytea) = size THEN 1 ELSE 0 END "
        "WHERE id = $1::bytea AND received = $2::bigint AND state = 0 AND doomed_at IS NULL "
        "AND received + length($3::bytea) <= size RETURNING id), "
        "s AS (SELECT CASE WHEN NOT $4::bool THEN set_config('synchronous_commit', 'off', true) END) "
        "INSERT INTO media.chunk (file, variant, at, bytes) "
        "SELECT f.id, 0, $2::bigint + k, substr($3::bytea, k + 1, " ROW_BYTES ") "
        "FROM f, s, generate_series(0, length($3::bytea) - 1, " ROW_BYTES ") k";
    struct ask *a = ask(blob_db(blob), id, at, arg);
    a->fn.done = fn;
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(id));
    db_p_int(&p, at);
    db_p_bytes_at(&p, bytes);
    db_p_cstr(&p, durable ? "t" : "f");
    return query(a, sql, &p, on_appended);
}

static void on_put(void *arg, int err, const struct db_result *r)
{
    err = file_judge(err, r);
    finish(arg, !err && db_changed(r) == 0 ? ERR_NOT_FOUND : err);
}

int blob_put(struct blob *blob, const struct file_id *id, enum file_variant variant, int64_t at, struct str bytes,
             blob_done_fn *fn, void *arg)
{
    /* What was given up meanwhile gets none: rows that come behind those that are deleted would stay for ever. Locked,
     * it is not given up before they are there. */
    static const char sql[] =
        "WITH f AS (SELECT id FROM media.file WHERE id = $1::bytea AND doomed_at IS NULL FOR SHARE) "
        "INSERT INTO media.chunk (file, variant, at, bytes) "
        "SELECT f.id, $2::smallint, $3::bigint + k, substr($4::bytea, k + 1, " ROW_BYTES ") "
        "FROM f, generate_series(0, length($4::bytea) - 1, " ROW_BYTES ") k "
        "ON CONFLICT (file, variant, at) DO UPDATE SET bytes = excluded.bytes";
    struct ask *a = ask(blob_db(blob), id, at, arg);
    a->fn.done = fn;
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(id));
    db_p_int(&p, variant);
    db_p_int(&p, at);
    db_p_bytes_at(&p, bytes);
    return query(a, sql, &p, on_put);
}

/* ---- reading ---- */

static void on_read(void *arg, int err, const struct db_result *r)
{
    struct ask *a = arg;
    struct str from = {"", 0};
    err = file_judge(err, r);
    if (!err && db_is_null(r, 0, 0))
        err = ERR_NOT_FOUND;
    if (!err) {
        /* The first row begins at or before what was asked for. */
        struct str bytes = db_str(r, 0, 1);
        int64_t skip = a->at - db_int(r, 0, 0);
        if (skip < (int64_t)bytes.n)
            from = (struct str){bytes.p + skip, bytes.n - (size_t)skip};
        else
            err = ERR_NOT_FOUND;
    }
    if (from.n > BLOB_READ_MAX)
        from.n = BLOB_READ_MAX;
    a->fn.read(a->arg, err, from);
    free(a);
}

static int pg_read(void *self, const struct file_id *id, enum file_variant variant, int64_t at, blob_read_fn *fn,
                   void *arg)
{
    /* In one piece: row by row the client's library would wake up for each. */
    static const char sql[] =
        "SELECT min(at), string_agg(bytes, ''::bytea) FROM (SELECT at, bytes FROM media.chunk "
        "WHERE file = $1::bytea AND variant = $2::smallint AND at >= (SELECT c.at FROM media.chunk c "
        "WHERE c.file = $1::bytea AND c.variant = $2::smallint AND c.at <= $3::bigint ORDER BY c.at DESC LIMIT 1) "
        "AND at < $3::bigint + $4::bigint ORDER BY at LIMIT 100) part";
    struct ask *a = ask(self, id, at, arg);
    a->fn.read = fn;
    struct db_params p = {.binary_result = true};
    db_p_bytes(&p, file_id_view(id));
    db_p_int(&p, variant);
    db_p_int(&p, at);
    db_p_int(&p, BLOB_READ_MAX);
    return query(a, sql, &p, on_read);
}

static void on_size(void *arg, int err, const struct db_result *r)
{
    struct ask *a = arg;
    err = file_judge(err, r);
    a->fn.size(a->arg, err, err ? 0 : db_int(r, 0, 0));
    free(a);
}

int blob_size(struct blob *blob, const struct file_id *id, enum file_variant variant, blob_size_fn *fn, void *arg)
{
    static const char sql[] =
        "SELECT coalesce((SELECT bytes FROM media.object WHERE file = $1::bytea AND variant = $2::smallint), "
        "(SELECT at + length(bytes) FROM media.chunk WHERE file = $1::bytea AND variant = $2::smallint "
        "ORDER BY at DESC LIMIT 1), 0)";
    struct ask *a = ask(blob_db(blob), id, 0, arg);
    a->fn.size = fn;
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(id));
    db_p_int(&p, variant);
    return query(a, sql, &p, on_size);
}

/* ---- removing ---- */

static int remove_some(struct ask *a);

static void on_removed(void *arg, int err, const struct db_result *r)
{
    struct ask *a = arg;
    err = file_judge(err, r);
    bool more = !err && db_changed(r) == REMOVE_AT_ONCE;
    if (more)
        err = remove_some(a);
    if (!more || err)
        finish(a, err);
}

/* From the first on: whoever reads meanwhile finds what is left without a gap. */
static int remove_some(struct ask *a)
{
    static const char sql[] = "DELETE FROM media.chunk WHERE ctid = ANY (ARRAY(SELECT ctid FROM media.chunk "
                              "WHERE file = $1::bytea ORDER BY variant, at LIMIT 4000))";
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(&a->id));
    return db_query(a->db, sql, &p, on_removed, a);
}

static int pg_remove(void *self, const struct file_id *id, blob_done_fn *fn, void *arg)
{
    struct ask *a = ask(self, id, 0, arg);
    a->fn.done = fn;
    int err = remove_some(a);
    if (err)
        free(a);
    return err;
}

const struct blob_backend blob_pg = {.read = pg_read, .remove = pg_remove};
