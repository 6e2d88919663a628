/* Asks for a person's rows table by table, and writes them down with their hashes. */
#include "archive_rows.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "alloc.h"
#include "err.h"
#include "jsonw.h"
#include "jval.h"
#include "log.h"
#include "media.h"
#include "own_rows.h"
#include "zip.h"

enum { ASK_MS = 10000 };
#define TEXT_MAX (INT64_C(4) << 30) /* bytes of rows */

/* In the order of `./parley export` (scripts/lib/export.sh): what is referred to comes first. */
static const struct {
    const char *service, *table;
} sections[] = {
    {"auth", "auth.users"},   {"auth", "auth.blocks"},        {"auth", "auth.groups"},   {"auth", "auth.group_members"},
    {"auth", "auth.invites"}, {"auth", "auth.access_tokens"}, {"auth", "auth.audit"},    {"msg", "chat.rooms"},
    {"msg", "chat.users"},    {"msg", "chat.members"},        {"msg", "chat.bans"},      {"msg", "chat.invites"},
    {"msg", "chat.events"},   {"msg", "chat.changes"},        {"msg", "chat.reactions"}, {"msg", "chat.mentions"},
    {"msg", "chat.follows"},  {"msg", "chat.polls"},          {"msg", "chat.votes"},     {"msg", "chat.user_events"},
    {"msg", "chat.later"},    {"msg", "chat.scheduled"},      {"msg", "chat.drafts"},    {"msg", "chat.reports"},
    {"msg", "chat.audit"},    {NULL, "media.file"},           {"msg", "chat.file_use"},
};
enum { SECTIONS = sizeof(sections) / sizeof(sections[0]) };

struct gathering {
    struct media *media;
    int64_t user;
    char session[40];
    size_t section;
    int64_t count;    /* rows of it so far */
    struct buf after; /* where its next page begins; empty: at the beginning */
    bool last;        /* this page is the last one */
    struct sum *rows, *ends, *all;
    struct buf text; /* while a worker writes it */
    struct archive_rows done;
    int error; /* errno of what failed on the disk */
    archive_rows_fn *fn;
    void *arg;
};

void archive_rows_fini(struct archive_rows *rows)
{
    if (rows->fd >= 0)
        close(rows->fd);
    for (size_t i = 0; i < rows->count; i++)
        free(rows->files[i].name);
    free(rows->files);
    *rows = (struct archive_rows){.fd = -1};
}

static void gathering_free(struct gathering *g)
{
    sum_drop(&g->rows);
    sum_drop(&g->ends);
    sum_drop(&g->all);
    buf_fini(&g->after);
    buf_fini(&g->text);
    free(g);
}

static void gather_end(struct gathering *g, int err)
{
    if (err) {
        archive_rows_fini(&g->done);
        g->fn(g->arg, err, NULL);
    } else {
        sum_end(&g->all, g->done.sum);
        g->fn(g->arg, 0, &g->done);
    }
    gathering_free(g);
}

/* ---- what is written ---- */

/* A line that vouches for the rows before it, or the first: these are what the last line vouches for. */
static void put_end(struct gathering *g, struct buf *line)
{
    buf_char(line, '\n');
    sum_add(g->ends, buf_view(line));
    buf_str(&g->text, buf_view(line));
    buf_fini(line);
}

static void put_first(struct gathering *g, struct str schema)
{
    struct buf line = {0};
    struct jsonw w = jsonw_on(&line);
    jsonw_obj(&w, NULL);
    jsonw_int(&w, "parley_export", 1);
    jsonw_cstr(&w, "kind", "person");
    jsonw_str(&w, "schema", schema);
    jsonw_obj_end(&w);
    put_end(g, &line);
}

static void put_section_end(struct gathering *g)
{
    char digest[SUM_TEXT];
    struct buf line = {0};
    struct jsonw w = jsonw_on(&line);
    sum_end(&g->rows, digest);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "end", sections[g->section].table);
    jsonw_int(&w, "rows", g->count);
    jsonw_cstr(&w, "sha256", digest);
    jsonw_obj_end(&w);
    put_end(g, &line);
}

static void put_last(struct gathering *g)
{
    char digest[SUM_TEXT];
    struct jsonw w = jsonw_on(&g->text);
    sum_end(&g->ends, digest);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "end", "export");
    jsonw_cstr(&w, "sha256", digest);
    jsonw_obj_end(&w);
    buf_char(&g->text, '\n');
}

/* ---- the files ---- */

static char *disk_name(struct str name)
{
    char *copy = xstrndup(name);
    for (char *p = copy; *p; p++)
        *p = strchr("/\\:*?\"<>|", *p) ? '_' : *p;
    return copy;
}

static int add_file(struct gathering *g, struct str line)
{
    struct archive_rows *d = &g->done;
    struct jval *root = jval_parse(line);
    const struct jval *row = jval_get(root, "row");
    struct archive_file file = {0};
    struct str id, name;
    int err = ERR_INTERNAL;
    /* A bytea in PostgreSQL's words: \x and digits. */
    if (jval_get_str(row, "id", &id) && id.n > 2 && file_id_parse((struct str){id.p + 2, id.n - 2}, &file.id) &&
        jval_get_str(row, "name", &name) && jval_get_int(row, "size", &file.size))
        err = d->count < ARCHIVE_FILES_MAX ? 0 : ERR_TOO_LARGE;
    if (!err) {
        if ((d->count & (d->count + 1)) == 0)
            d->files = xrealloc(d->files, (2 * d->count + 1) * sizeof(*d->files));
        file.name = disk_name(name);
        d->files[d->count++] = file;
    }
    jval_free(root);
    return err;
}

/* ---- pages ---- */

static void next(struct gathering *g);

/* On a worker thread: a disk may take its time. */
static void work(void *arg)
{
    struct gathering *g = arg;
    for (size_t done = 0; !g->error && done < g->text.n;) {
        ssize_t n = write(g->done.fd, g->text.p + done, g->text.n - done);
        if (n < 0 && errno != EINTR)
            g->error = errno;
        done += n > 0 ? (size_t)n : 0;
    }
}

static void written(void *arg)
{
    struct gathering *g = arg;
    if (g->error) {
        log_error(NULL, "no room for an archive", "dir=%s error=\"%s\"", g->media->config.spool_dir,
                  strerror(g->error));
        gather_end(g, ERR_INTERNAL);
        return;
    }
    buf_reset(&g->text);
    if (g->section == SECTIONS)
        gather_end(g, 0);
    else
        next(g);
}

static void write_text(struct gathering *g)
{
    struct archive_rows *d = &g->done;
    d->bytes += (int64_t)g->text.n;
    d->crc = zip_crc(d->crc, buf_view(&g->text));
    sum_add(g->all, buf_view(&g->text));
    int err = d->bytes > TEXT_MAX ? ERR_TOO_LARGE : loop_work(g->media->process.loop, work, written, g);
    if (err)
        gather_end(g, err);
}

static int take_line(struct gathering *g, struct str line)
{
    size_t at = g->text.n;
    buf_str(&g->text, line);
    buf_char(&g->text, '\n');
    sum_add(g->rows, (struct str){g->text.p + at, g->text.n - at});
    g->count++;
    return sections[g->section].service ? 0 : add_file(g, line);
}

static int take_page(struct gathering *g, struct str body)
{
    struct jval *root = jval_parse(body);
    const struct jval *lines = jval_get(root, "lines");
    struct str line, after;
    int err = jval_is_array(lines) ? 0 : ERR_UNAVAILABLE;
    for (size_t i = 0; !err && i < jval_count(lines); i++)
        err = jval_str(jval_at(lines, i), &line) ? take_line(g, line) : ERR_UNAVAILABLE;
    buf_reset(&g->after);
    g->last = !jval_get_str(root, "after", &after);
    if (!g->last)
        buf_str(&g->after, after);
    jval_free(root);
    return err;
}

static void on_page(void *arg, int err, struct str body)
{
    struct gathering *g = arg;
    if (!err)
        err = take_page(g, body);
    if (err) {
        gather_end(g, err);
        return;
    }
    if (g->last) {
        put_section_end(g);
        g->count = 0;
        if (++g->section < SECTIONS)
            sum_begin(&g->rows);
        else
            put_last(g);
    }
    write_text(g);
}

static int ask(struct gathering *g, const char *service, const char *table)
{
    const struct caller caller = {.user = g->user, .session = str_of(g->session)};
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "table", table);
    if (g->after.n > 0)
        jsonw_str(&w, "after", buf_view(&g->after));
    jsonw_obj_end(&w);
    int err = rpc_call(g->media->process.rpc, service, "own_rows", &caller, buf_view(&args), ASK_MS, on_page, g);
    buf_fini(&args);
    return err;
}

static void on_own(void *arg, int err, const struct db_result *r)
{
    struct buf page = {0};
    err = file_judge(err, r);
    if (!err)
        own_rows_put(r, &page);
    on_page(arg, err, buf_view(&page));
    buf_fini(&page);
}

static int ask_own(struct gathering *g, const char *table)
{
    struct db_params p = {0};
    db_p_int(&p, g->user);
    db_p_cstr(&p, table);
    db_p_cstr(&p, g->after.n > 0 ? buf_c(&g->after) : NULL);
    db_p_int(&p, OWN_ROWS_MOST);
    return db_query(g->media->db, "SELECT line, key FROM media.own_rows($1::bigint, $2, $3::text[], $4::int)", &p,
                    on_own, g);
}

static void next(struct gathering *g)
{
    const char *service = sections[g->section].service, *table = sections[g->section].table;
    int err = service ? ask(g, service, table) : ask_own(g, table);
    if (err)
        gather_end(g, err);
}

/* ---- the beginning ---- */

static void open_spool(void *arg)
{
    struct gathering *g = arg;
    g->done.fd = open(g->media->config.spool_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    g->error = g->done.fd < 0 ? errno : 0;
    work(g);
}

static void on_schema(void *arg, int err, const struct db_result *r)
{
    struct gathering *g = arg;
    err = file_judge(err, r);
    if (!err) {
        put_first(g, db_str(r, 0, 0));
        g->done.bytes = (int64_t)g->text.n;
        g->done.crc = zip_crc(0, buf_view(&g->text));
        sum_add(g->all, buf_view(&g->text));
        err = loop_work(g->media->process.loop, open_spool, written, g);
    }
    if (err)
        gather_end(g, err);
}

int archive_rows_gather(struct media *media, int64_t user, struct str session, archive_rows_fn *fn, void *arg)
{
    struct gathering *g = xcalloc(1, sizeof(*g));
    g->media = media;
    g->user = user;
    memcpy(g->session, session.p, session.n < sizeof(g->session) ? session.n : sizeof(g->session) - 1);
    g->done.fd = -1;
    g->fn = fn;
    g->arg = arg;
    sum_begin(&g->rows);
    sum_begin(&g->ends);
    sum_begin(&g->all);
    int err = db_query(media->db, "SELECT public.schema_version()", NULL, on_schema, g);
    if (err)
        gathering_free(g);
    return err;
}
