/* Moves files to the object store: claimed, each of its objects written and checked, known to be there, its rows
 * deleted. */
#include "mover.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "blob_s3.h"
#include "err.h"
#include "failpoint.h"
#include "log.h"
#include "media.h"

enum {
    FIRST_MS = 500,
    IDLE_MS = 30000,
    CLAIMED_MS = 2000,
    HURRY_MS = 20,
    TROUBLE_MS = 1000,
    WORST_MS = 30000,
    VARIANTS = 3
};

struct mover {
    struct media *media;
    struct timer *timer;
    struct metric *moved, *waiting;
    struct buf part, upload, list; /* at most one part in memory; the name of the upload, and its parts so far */
    struct blob_object object;     /* the file, and which of its variants */
    struct file_id refused;        /* the one that failed last */
    int64_t file_size, size, at;   /* of the object: all, and stored as parts */
    int64_t sizes[VARIANTS];       /* of what is there */
    int64_t waiting_bytes;
    size_t part_bytes;
    uint64_t pause_ms;
    unsigned previews;
    int number, store;
    bool busy, stopping, again;
};

static void look(void *arg);
static void gather(struct mover *m);
static void next_object(struct mover *m);
static void delete_rows(struct mover *m);

/* ---- its end ---- */

static void rest(struct mover *m, uint64_t ms)
{
    buf_fini(&m->part);
    buf_reset(&m->upload);
    buf_reset(&m->list);
    m->busy = false;
    if (m->stopping)
        return;
    timer_start(m->timer, m->again ? HURRY_MS : ms, 0);
    m->again = false;
}

static void on_released(void *arg, int err, const struct db_result *r)
{
    struct mover *m = arg;
    (void)err;
    (void)r;
    m->pause_ms = m->pause_ms ? 2 * m->pause_ms : TROUBLE_MS;
    m->pause_ms = m->pause_ms < WORST_MS ? m->pause_ms : WORST_MS;
    m->again = false;
    rest(m, m->pause_ms);
}

/* A store that is away is no reason to leave a file: it is begun again when the store answers. What fails for another
 * reason, or fails again since, is left alone for as long as its claim holds, so that it does not stand in the way of
 * others. */
static void give_up(struct mover *m, int err)
{
    static const char sql[] = "UPDATE media.file SET store_at = now() - interval '1 day' WHERE id = $1::bytea";
    char id[FILE_ID_TEXT];
    struct db_params p = {0};
    if (m->stopping) {
        rest(m, 0);
        return;
    }
    file_id_print(&m->object.id, id);
    log_warn(NULL, "file not moved", "file=%s variant=%d error=%s", id, (int)m->object.variant, err_name(err));
    bool leave =
        (err != ERR_UNAVAILABLE && err != ERR_BUSY) || memcmp(&m->refused, &m->object.id, sizeof(m->refused)) == 0;
    m->refused = m->object.id;
    db_p_bytes(&p, file_id_view(&m->object.id));
    if (leave)
        buf_fini(&p.text);
    else if (db_query(m->media->db, sql, &p, on_released, m) == 0)
        return;
    on_released(m, 0, NULL);
}

/* ---- moved ---- */

static void on_moved(void *arg, int err, const struct db_result *r)
{
    struct mover *m = arg;
    err = file_judge(err, r);
    if (err) {
        give_up(m, err);
        return;
    }
    metric_add(m->moved, 1);
    m->pause_ms = 0;
    m->again = true;
    rest(m, 0);
}

static void on_rows_deleted(void *arg, int err)
{
    static const char sql[] = "UPDATE media.file SET store = 2 WHERE id = $1::bytea AND store = 1";
    struct mover *m = arg;
    if (!err) {
        struct db_params p = {0};
        db_p_bytes(&p, file_id_view(&m->object.id));
        err = db_query(m->media->db, sql, &p, on_moved, m);
    }
    if (err)
        give_up(m, err);
}

static void delete_rows(struct mover *m)
{
    int err = m->stopping ? ERR_UNAVAILABLE : blob_remove_rows(m->media->blob, &m->object.id, on_rows_deleted, m);
    if (err)
        give_up(m, err);
}

static void on_recorded(void *arg, int err, const struct db_result *r)
{
    struct mover *m = arg;
    err = file_judge(err, r);
    if (err) {
        give_up(m, err);
        return;
    }
    FAILPOINT("media.moved");
    /* Nothing: it was doomed meanwhile, and its objects go with it. */
    if (db_int(r, 0, 0) == 0)
        rest(m, HURRY_MS);
    else
        delete_rows(m);
}

/* From here on it is read from the store where its rows are gone. */
static void record(struct mover *m)
{
    static const char sql[] =
        "WITH f AS (UPDATE media.file SET store = 1, store_upload = NULL WHERE id = $1::bytea AND store = 0 "
        "AND doomed_at IS NULL RETURNING id), o AS (INSERT INTO media.object (file, variant, bytes) "
        "SELECT f.id, v.variant - 1, v.bytes FROM f, unnest($2::bigint[]) WITH ORDINALITY v (bytes, variant) "
        "WHERE v.bytes > 0) SELECT count(*) FROM f";
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(&m->object.id));
    db_p_array(&p);
    for (size_t i = 0; i < VARIANTS; i++)
        db_p_array_int(&p, m->sizes[i]);
    db_p_array_end(&p);
    int err = db_query(m->media->db, sql, &p, on_recorded, m);
    if (err)
        give_up(m, err);
}

/* ---- one object ---- */

static void on_checked(void *arg, int err)
{
    struct mover *m = arg;
    if (err) {
        give_up(m, err);
        return;
    }
    m->sizes[m->object.variant] = m->size;
    m->object.variant++;
    next_object(m);
}

/* Written: before its rows are deleted it must be seen there, as long as it is. */
static void on_written(void *arg, int err)
{
    struct mover *m = arg;
    if (!err && m->stopping)
        err = ERR_UNAVAILABLE;
    buf_reset(&m->upload);
    if (!err)
        err = blob_s3_check(m->media->blob_s3, &m->object, m->size, on_checked, m);
    if (err)
        give_up(m, err);
}

static void on_part(void *arg, int err, struct str tag)
{
    struct mover *m = arg;
    if (err || m->stopping) {
        give_up(m, err ? err : ERR_UNAVAILABLE);
        return;
    }
    FAILPOINT("media.part");
    blob_s3_list_part(&m->list, m->number++, tag);
    m->at += (int64_t)m->part.n;
    buf_reset(&m->part);
    if (m->at < m->size) {
        gather(m);
        return;
    }
    err = blob_s3_complete(m->media->blob_s3, &m->object, buf_view(&m->upload), &m->list, on_written, m);
    if (err)
        give_up(m, err);
}

static void on_claim_held(void *arg, int err, const struct db_result *r)
{
    struct mover *m = arg;
    err = file_judge(err, r);
    if (!err && db_changed(r) == 0)
        err = ERR_NOT_FOUND;
    if (!err)
        err = blob_s3_part(m->media->blob_s3, &m->object, buf_view(&m->upload), m->number, buf_view(&m->part), on_part,
                           m);
    if (err)
        give_up(m, err);
}

/* Before each part: the claim is made to hold on, the upload can be found by whoever comes after a crash, and a file
 * that was given up meanwhile is let be. */
static void hold_claim(struct mover *m)
{
    static const char sql[] =
        "UPDATE media.file SET store_at = now(), store_upload = $2 WHERE id = $1::bytea AND doomed_at IS NULL";
    struct db_params p = {0};
    db_p_bytes(&p, file_id_view(&m->object.id));
    db_p_str(&p, buf_view(&m->upload));
    int err = db_query(m->media->db, sql, &p, on_claim_held, m);
    if (err)
        give_up(m, err);
}

static void on_begun(void *arg, int err, struct str upload)
{
    struct mover *m = arg;
    if (err || m->stopping) {
        give_up(m, err ? err : ERR_UNAVAILABLE);
        return;
    }
    buf_str(&m->upload, upload);
    hold_claim(m);
}

static void send_part(struct mover *m)
{
    int err = 0;
    if (m->size <= (int64_t)m->part_bytes)
        err = blob_s3_put(m->media->blob_s3, &m->object, buf_view(&m->part), on_written, m);
    else if (m->upload.n > 0)
        hold_claim(m);
    else
        err = blob_s3_begin(m->media->blob_s3, &m->object, on_begun, m);
    if (err)
        give_up(m, err);
}

static void on_bytes(void *arg, int err, struct str bytes)
{
    struct mover *m = arg;
    size_t room = m->part_bytes - m->part.n;
    if (err || m->stopping) {
        give_up(m, err ? err : ERR_UNAVAILABLE);
        return;
    }
    buf_put(&m->part, bytes.p, bytes.n < room ? bytes.n : room);
    gather(m);
}

/* Rows until there is a part of them, or the rest. */
static void gather(struct mover *m)
{
    int64_t at = m->at + (int64_t)m->part.n;
    if (m->part.n == m->part_bytes || at == m->size) {
        send_part(m);
        return;
    }
    int err = blob_read(m->media->blob, &m->object.id, m->object.variant, at, on_bytes, m);
    if (err)
        give_up(m, err);
}

static void on_size(void *arg, int err, int64_t bytes)
{
    struct mover *m = arg;
    if (err || m->stopping) {
        give_up(m, err ? err : ERR_UNAVAILABLE);
        return;
    }
    m->size = bytes;
    m->at = 0;
    m->number = 1;
    m->part_bytes = BLOB_S3_PART;
    if (bytes / BLOB_S3_PARTS_MAX >= BLOB_S3_PART)
        m->part_bytes = (size_t)(bytes / BLOB_S3_PARTS_MAX) + 1;
    buf_reset(&m->part);
    buf_reset(&m->list);
    if (bytes > 0)
        gather(m);
    else
        on_checked(m, 0);
}

static void next_object(struct mover *m)
{
    while (m->object.variant <= FILE_LARGE && m->object.variant > 0 && !(m->previews & 1U << (m->object.variant - 1)))
        m->object.variant++;
    if (m->object.variant > FILE_LARGE) {
        record(m);
        return;
    }
    int err = blob_size(m->media->blob, &m->object.id, m->object.variant, on_size, m);
    if (err)
        give_up(m, err);
}

/* ---- claimed ---- */

static void on_aborted(void *arg, int err)
{
    struct mover *m = arg;
    if (err || m->stopping) {
        give_up(m, err ? err : ERR_UNAVAILABLE);
        return;
    }
    buf_reset(&m->upload);
    next_object(m);
}

static void on_claimed(void *arg, int err, const struct db_result *r)
{
    struct mover *m = arg;
    struct file_id *id = &m->object.id;
    err = file_judge(err, r);
    if (err || db_rows(r) == 0 || db_str(r, 0, 0).n != sizeof(id->bytes)) {
        m->pause_ms = 0;
        rest(m, err ? TROUBLE_MS : m->waiting_bytes > 0 ? CLAIMED_MS : IDLE_MS);
        return;
    }
    memcpy(id->bytes, db_str(r, 0, 0).p, sizeof(id->bytes));
    m->object.variant = FILE_ORIGINAL;
    m->previews = (unsigned)db_int(r, 0, 1);
    memset(m->sizes, 0, sizeof(m->sizes));
    if (db_int(r, 0, 2) == 1) {
        delete_rows(m);
        return;
    }
    buf_str(&m->upload, db_str(r, 0, 3));
    if (m->upload.n == 0) {
        next_object(m);
        return;
    }
    /* Whoever had it before died over it: only an original is large enough. */
    err = blob_s3_abort(m->media->blob_s3, &m->object, buf_view(&m->upload), on_aborted, m);
    if (err)
        give_up(m, err);
}

static void claim(struct mover *m)
{
    static const char sql[] =
        "UPDATE media.file SET store_at = now() WHERE id = (SELECT id FROM media.file WHERE state = 2 AND store < 2 "
        "AND doomed_at IS NULL AND (store_at IS NULL OR store_at < now() - interval '5 minutes') "
        "ORDER BY ready_at LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id, previews, store, coalesce(store_upload, '')";
    struct db_params p = {.binary_result = true};
    int err = db_query(m->media->db, sql, &p, on_claimed, m);
    if (err)
        rest(m, TROUBLE_MS);
}

static void on_counted(void *arg, int err, const struct db_result *r)
{
    struct mover *m = arg;
    if (file_judge(err, r) || m->stopping) {
        rest(m, TROUBLE_MS);
        return;
    }
    m->waiting_bytes = db_int(r, 0, 0);
    metric_set(m->waiting, m->waiting_bytes);
    if (s3_trouble(m->media->s3))
        rest(m, TROUBLE_MS);
    else
        claim(m);
}

static void look(void *arg)
{
    static const char sql[] = "SELECT coalesce(sum(size), 0)::bigint FROM media.file WHERE state = 2 AND store < 2 "
                              "AND doomed_at IS NULL";
    struct mover *m = arg;
    if (m->busy || m->stopping)
        return;
    m->busy = true;
    if (db_query(m->media->db, sql, NULL, on_counted, m) != 0)
        rest(m, TROUBLE_MS);
}

/* ---- life ---- */

void mover_create(struct mover **mover_r, struct media *media)
{
    struct metrics *metrics = media->process.metrics;
    struct mover *m = xcalloc(1, sizeof(*m));
    m->media = media;
    m->moved = metrics_counter(metrics, "parley_media_store_moved_total", NULL, "Files moved to the object store.");
    m->waiting = metrics_gauge(metrics, "parley_media_store_waiting_bytes", NULL,
                               "Bytes of files that are still to be moved to the object store.");
    timer_make(&m->timer, media->process.loop, look, m);
    timer_start(m->timer, FIRST_MS, 0);
    *mover_r = m;
}

void mover_stop(struct mover *mover)
{
    if (!mover)
        return;
    mover->stopping = true;
    timer_destroy(&mover->timer);
}

void mover_destroy(struct mover **mover)
{
    struct mover *m = *mover;
    if (!m)
        return;
    *mover = NULL;
    buf_fini(&m->part);
    buf_fini(&m->upload);
    buf_fini(&m->list);
    free(m);
}

void mover_hurry(struct mover *mover)
{
    if (!mover || mover->stopping)
        return;
    mover->again = mover->busy;
    if (!mover->busy && mover->pause_ms == 0)
        timer_start(mover->timer, HURRY_MS, 0);
}

bool mover_full(const struct mover *mover)
{
    return mover && s3_trouble(mover->media->s3) && mover->waiting_bytes >= mover->media->config.store_waiting_max;
}
