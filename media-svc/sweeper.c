/* One sweep is five steps in a row: uploads that stand still are doomed; what was stored and never became ready is
 * finished; ready files that nobody looked at for a day, and those that lost a use, are asked about, and those in no
 * message doomed; doomed files
 * that may be deleted are found, asked about once more if they could have been attached meanwhile; and deleted. */
#include "sweeper.h"

#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "blob.h"
#include "err.h"
#include "finisher.h"
#include "log.h"
#include "media.h"
#include "viewer.h"

enum { FIRST_MS = 2000, HURRY_MS = 50 };

struct victim {
    struct file_id id;
    int64_t bytes;
    bool used;
};

struct sweeper {
    struct media *media;
    struct timer *timer;
    bool sweeping, stopping, again;
    struct victim files[VIEWER_ASK_MAX]; /* of the step under way */
    size_t count, at;
    void (*asked)(struct sweeper *s); /* what goes on when msg-svc has answered */
};

static void step_unused(struct sweeper *s);
static void step_doomed(struct sweeper *s);
static void delete_next(struct sweeper *s);

static void sweep_end(struct sweeper *s, int err)
{
    if (err && err != ERR_UNAVAILABLE)
        log_warn(NULL, "sweep not finished", "error=%s", err_name(err));
    s->sweeping = false;
    if (!s->stopping)
        timer_start(s->timer, s->again ? HURRY_MS : (uint64_t)s->media->config.sweep_s * 1000, 0);
    s->again = false;
}

static void query(struct sweeper *s, const char *sql, struct db_params *p, db_done_fn *done)
{
    int err = s->stopping ? ERR_UNAVAILABLE : db_query(s->media->db, sql, p, done, s);
    if (s->stopping && p)
        buf_fini(&p->text);
    if (err)
        sweep_end(s, err);
}

static void take_rows(struct sweeper *s, const struct db_result *r)
{
    s->count = s->at = 0;
    for (size_t i = 0; i < db_rows(r) && s->count < VIEWER_ASK_MAX; i++) {
        struct victim *v = &s->files[s->count];
        struct str id = db_str(r, i, 0);
        if (id.n != sizeof(v->id.bytes))
            continue;
        *v = (struct victim){.bytes = db_int(r, i, 1)};
        memcpy(v->id.bytes, id.p, id.n);
        s->count++;
    }
}

/* For a statement whose rows take_rows() is to read. */
static void query_rows(struct sweeper *s, const char *sql, db_done_fn *done)
{
    struct db_params p = {.binary_result = true};
    query(s, sql, &p, done);
}

/* ---- asking msg-svc ---- */

static void is_used(void *arg, const struct file_id *id)
{
    struct sweeper *s = arg;
    for (size_t i = 0; i < s->count; i++)
        if (memcmp(&s->files[i].id, id, sizeof(*id)) == 0)
            s->files[i].used = true;
}

static void told(void *arg, int err)
{
    struct sweeper *s = arg;
    if (err || s->stopping)
        sweep_end(s, err ? err : ERR_UNAVAILABLE);
    else
        s->asked(s);
}

static void ask(struct sweeper *s, void (*asked)(struct sweeper *s))
{
    struct file_id ids[VIEWER_ASK_MAX];
    for (size_t i = 0; i < s->count; i++)
        ids[i] = s->files[i].id;
    s->asked = asked;
    int err = viewer_ask(s->media, ids, s->count, is_used, told, s);
    if (err)
        sweep_end(s, err);
}

/* Those of the step that are (not) in messages, as an array. */
static void put_ids(struct sweeper *s, struct db_params *p, bool used)
{
    db_p_array(p);
    for (size_t i = 0; i < s->count; i++)
        if (s->files[i].used == used)
            db_p_array_bytes(p, file_id_view(&s->files[i].id));
    db_p_array_end(p);
}

/* ---- uploads that stand still, and what was not finished ---- */

static void on_unfinished(void *arg, int err, const struct db_result *r)
{
    struct sweeper *s = arg;
    if (file_judge(err, r)) {
        sweep_end(s, err);
        return;
    }
    take_rows(s, r);
    for (size_t i = 0; i < s->count; i++)
        finisher_add(s->media->finisher, &s->files[i].id, 0);
    step_unused(s);
}

static void on_expired(void *arg, int err, const struct db_result *r)
{
    /* Taken by touching them, so that of several replicas one does it. */
    static const char sql[] =
        "UPDATE media.file SET touched_at = now() WHERE id IN (SELECT id FROM media.file WHERE state = 1 "
        "AND doomed_at IS NULL AND touched_at < now() - interval '60 seconds' LIMIT 50 FOR UPDATE SKIP LOCKED) "
        "RETURNING id, size";
    struct sweeper *s = arg;
    if (file_judge(err, r)) {
        sweep_end(s, err);
        return;
    }
    if (db_changed(r) > 0)
        log_info(NULL, "unfinished uploads given up", "count=%lld", (long long)db_changed(r));
    query_rows(s, sql, on_unfinished);
}

static void sweep(void *arg)
{
    static const char sql[] =
        "UPDATE media.file SET doomed_at = now() WHERE id IN (SELECT id FROM media.file WHERE state = 0 "
        "AND doomed_at IS NULL AND touched_at < now() - interval '24 hours' LIMIT 500 FOR UPDATE SKIP LOCKED)";
    struct sweeper *s = arg;
    if (s->sweeping || s->stopping)
        return;
    s->sweeping = true;
    query(s, sql, NULL, on_expired);
}

/* ---- ready and in no message ---- */

static void on_judged(void *arg, int err, const struct db_result *r)
{
    struct sweeper *s = arg;
    if (file_judge(err, r)) {
        sweep_end(s, err);
        return;
    }
    if (s->count == VIEWER_ASK_MAX)
        s->again = true;
    step_doomed(s);
}

static void judge_unused(struct sweeper *s)
{
    static const char sql[] = "UPDATE media.file SET touched_at = now(), "
                              "doomed_at = CASE WHEN id = ANY ($1::bytea[]) THEN now() END "
                              "WHERE id = ANY ($1::bytea[] || $2::bytea[]) AND state = 2 AND doomed_at IS NULL";
    struct db_params p = {0};
    put_ids(s, &p, false);
    put_ids(s, &p, true);
    query(s, sql, &p, on_judged);
}

static void on_unused(void *arg, int err, const struct db_result *r)
{
    struct sweeper *s = arg;
    if (file_judge(err, r)) {
        sweep_end(s, err);
        return;
    }
    take_rows(s, r);
    if (s->count > 0)
        ask(s, judge_unused);
    else
        step_doomed(s);
}

static void look_at_unused(struct sweeper *s)
{
    static const char sql[] = "SELECT id, size FROM media.file WHERE state = 2 AND doomed_at IS NULL "
                              "AND touched_at < now() - interval '24 hours' ORDER BY touched_at LIMIT 500";
    query_rows(s, sql, on_unused);
}

static void on_released(void *arg, int err, const struct db_result *r)
{
    struct sweeper *s = arg;
    if (file_judge(err, r))
        sweep_end(s, err);
    else
        look_at_unused(s);
}

/* What a message was deleted of is looked at now, as if a day were over. */
static void step_unused(struct sweeper *s)
{
    static const char sql[] =
        "WITH r AS (DELETE FROM media.released WHERE file IN (SELECT file FROM media.released ORDER BY at LIMIT 500 "
        "FOR UPDATE SKIP LOCKED) RETURNING file) UPDATE media.file SET touched_at = now() - interval '25 hours' FROM r "
        "WHERE id = r.file AND state = 2 AND doomed_at IS NULL";
    query(s, sql, NULL, on_released);
}

/* ---- doomed ---- */

static void on_deleted(void *arg, int err, const struct db_result *r)
{
    struct sweeper *s = arg;
    const struct victim *v = &s->files[s->at];
    if (file_judge(err, r)) {
        sweep_end(s, err);
        return;
    }
    if (db_changed(r) > 0) {
        char id[FILE_ID_TEXT];
        file_id_print(&v->id, id);
        log_info(NULL, "file deleted", "file=%s bytes=%lld", id, (long long)v->bytes);
        metric_add(s->media->m.freed, 1);
        metric_add(s->media->m.freed_bytes, v->bytes);
    }
    s->at++;
    delete_next(s);
}

static void on_removed(void *arg, int err)
{
    static const char sql[] = "DELETE FROM media.file WHERE id = $1::bytea AND doomed_at IS NOT NULL";
    struct sweeper *s = arg;
    struct db_params p = {0};
    if (err) {
        sweep_end(s, err);
        return;
    }
    db_p_bytes(&p, file_id_view(&s->files[s->at].id));
    query(s, sql, &p, on_deleted);
}

/* The bytes first: a row without bytes is found again, bytes without a row are not. */
static void delete_next(struct sweeper *s)
{
    while (s->at < s->count && s->files[s->at].used)
        s->at++;
    if (s->at == s->count) {
        sweep_end(s, 0);
        return;
    }
    int err = s->stopping ? ERR_UNAVAILABLE : blob_remove(s->media->blob, &s->files[s->at].id, on_removed, s);
    if (err)
        sweep_end(s, err);
}

static void on_spared(void *arg, int err, const struct db_result *r)
{
    struct sweeper *s = arg;
    if (file_judge(err, r))
        sweep_end(s, err);
    else
        delete_next(s);
}

/* One was attached by a message that had read its row just before it was doomed: it stays. */
static void judge_doomed(struct sweeper *s)
{
    static const char sql[] = "UPDATE media.file SET doomed_at = NULL, touched_at = now() WHERE id = ANY ($1::bytea[])";
    struct db_params p = {0};
    put_ids(s, &p, true);
    query(s, sql, &p, on_spared);
}

static void on_doomed(void *arg, int err, const struct db_result *r)
{
    struct sweeper *s = arg;
    if (file_judge(err, r)) {
        sweep_end(s, err);
        return;
    }
    take_rows(s, r);
    if (s->count > 0)
        ask(s, judge_doomed);
    else
        sweep_end(s, 0);
}

static void on_never_ready(void *arg, int err, const struct db_result *r)
{
#define DOOMED "SELECT id, size FROM media.file WHERE state = 2 AND doomed_at < now() - interval '10 minutes' "
    /* Whose objects are in a store that nothing is known of now: they would stay there for ever. */
    static const char sql[] = DOOMED "ORDER BY doomed_at LIMIT 100",
                      without_objects[] = DOOMED "AND store_at IS NULL ORDER BY doomed_at LIMIT 100";
    struct sweeper *s = arg;
    if (file_judge(err, r)) {
        sweep_end(s, err);
        return;
    }
    take_rows(s, r);
    if (s->count == 0) {
        query_rows(s, s->media->s3 ? sql : without_objects, on_doomed);
        return;
    }
    s->again = true;
    delete_next(s);
}

/* What was never ready can be in no message, so nobody needs to be asked. */
static void step_doomed(struct sweeper *s)
{
    static const char sql[] =
        "SELECT id, received FROM media.file WHERE state < 2 AND doomed_at IS NOT NULL ORDER BY doomed_at LIMIT 100";
    query_rows(s, sql, on_never_ready);
}

/* ---- life ---- */

void sweeper_create(struct sweeper **sweeper_r, struct media *media)
{
    struct sweeper *s = xcalloc(1, sizeof(*s));
    s->media = media;
    timer_make(&s->timer, media->process.loop, sweep, s);
    timer_start(s->timer, FIRST_MS, 0);
    *sweeper_r = s;
}

void sweeper_stop(struct sweeper *sweeper)
{
    if (!sweeper)
        return;
    sweeper->stopping = true;
    timer_destroy(&sweeper->timer);
}

void sweeper_destroy(struct sweeper **sweeper)
{
    free(*sweeper);
    *sweeper = NULL;
}

void sweeper_hurry(struct sweeper *sweeper)
{
    if (sweeper->stopping)
        return;
    sweeper->again = sweeper->sweeping;
    if (!sweeper->sweeping)
        timer_start(sweeper->timer, HURRY_MS, 0);
}
