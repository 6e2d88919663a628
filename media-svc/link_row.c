/* Reads and writes rows of media.link. */
#include "link_row.h"

#include <stdlib.h>

#include "alloc.h"
#include "err.h"
#include "log.h"

struct asked {
    union {
        link_loaded_fn *loaded;
        link_kept_fn *kept;
    } fn;
    void *arg;
};

void link_row_fini(struct link_row *row)
{
    buf_fini(&row->title);
    buf_fini(&row->description);
    buf_fini(&row->site);
}

static int judge(int err, const struct db_result *r)
{
    if (err != ERR_SQL)
        return err;
    log_error(NULL, "statement failed", "sqlstate=%s message=\"%s\"", db_sqlstate(r), db_message(r));
    return ERR_INTERNAL;
}

static int query(struct db *db, const char *sql, struct db_params *p, db_done_fn *done, struct asked *a)
{
    int err = db_query(db, sql, p, done, a);
    if (err)
        free(a);
    return err;
}

static void on_loaded(void *arg, int err, const struct db_result *r)
{
    enum { TITLE, DESCRIPTION, SITE, IMAGE };
    struct asked *a = arg;
    struct link_row row = {0};
    err = judge(err, r);
    if (!err && db_rows(r) == 0)
        err = ERR_NOT_FOUND;
    if (!err) {
        buf_str(&row.title, db_str(r, 0, TITLE));
        buf_str(&row.description, db_str(r, 0, DESCRIPTION));
        buf_str(&row.site, db_str(r, 0, SITE));
        row.has_image = file_id_parse(db_str(r, 0, IMAGE), &row.image);
    }
    a->fn.loaded(a->arg, err, &row);
    link_row_fini(&row);
    free(a);
}

int link_load(struct db *db, struct str url, link_loaded_fn *fn, void *arg)
{
    static const char sql[] =
        "SELECT coalesce(l.title, ''), l.description, l.site, coalesce(encode(l.image, 'hex'), '') FROM media.link l "
        "WHERE l.digest = sha256(convert_to($1, 'UTF8')) "
        "AND l.fetched_at > now() - CASE WHEN l.title IS NULL THEN interval '1 hour' ELSE interval '1 day' END "
        "AND (l.image IS NULL OR EXISTS (SELECT FROM media.file f WHERE f.id = l.image AND f.doomed_at IS NULL))";
    struct asked *a = xcalloc(1, sizeof(*a));
    struct db_params p = {0};
    a->fn.loaded = fn;
    a->arg = arg;
    db_p_str(&p, url);
    return query(db, sql, &p, on_loaded, a);
}

static void on_kept(void *arg, int err, const struct db_result *r)
{
    struct asked *a = arg;
    a->fn.kept(a->arg, judge(err, r));
    free(a);
}

int link_keep(struct db *db, struct str url, const struct link_row *row, link_kept_fn *fn, void *arg)
{
    static const char sql[] =
        "WITH old AS (DELETE FROM media.link WHERE digest IN (SELECT digest FROM media.link "
        "WHERE fetched_at < now() - interval '2 days' AND digest <> sha256(convert_to($1, 'UTF8')) "
        "ORDER BY fetched_at LIMIT 10 FOR UPDATE SKIP LOCKED)) "
        "INSERT INTO media.link (digest, title, description, site, image) "
        "VALUES (sha256(convert_to($1, 'UTF8')), nullif($2, ''), $3, $4, $5::bytea) "
        "ON CONFLICT (digest) DO UPDATE SET fetched_at = now(), title = excluded.title, "
        "description = excluded.description, site = excluded.site, image = excluded.image";
    struct asked *a = xcalloc(1, sizeof(*a));
    struct db_params p = {0};
    a->fn.kept = fn;
    a->arg = arg;
    db_p_str(&p, url);
    db_p_str(&p, buf_view(&row->title));
    db_p_str(&p, buf_view(&row->description));
    db_p_str(&p, buf_view(&row->site));
    if (row->has_image)
        db_p_bytes(&p, file_id_view(&row->image));
    else
        db_p_null(&p);
    return query(db, sql, &p, on_kept, a);
}
