/* Asks for a person's rows table by table, and puts their hashes behind them. */
#include "archive_rows.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "jsonw.h"
#include "jval.h"
#include "media.h"
#include "own_rows.h"
#include "sum.h"

enum { ASK_MS = 10000 };

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

struct archive_rows {
    struct media *media;
    int64_t user;
    char session[40];
    bool begun;
    size_t section;
    int64_t count;    /* rows of it so far */
    struct buf after; /* where its next page begins; empty: at the beginning */
    bool last;        /* this page is the last one */
    struct sum *rows, *ends;
    struct buf text; /* to be given */
    struct archive_file *files;
    size_t file_count;
    archive_rows_fn *fn; /* who waits for it */
    void *arg;
};

void archive_rows_create(struct archive_rows **rows_r, struct media *media, int64_t user, struct str session)
{
    struct archive_rows *r = *rows_r = xcalloc(1, sizeof(*r));
    r->media = media;
    r->user = user;
    memcpy(r->session, session.p, session.n < sizeof(r->session) ? session.n : sizeof(r->session) - 1);
    sum_begin(&r->rows);
    sum_begin(&r->ends);
}

void archive_rows_destroy(struct archive_rows **rows)
{
    struct archive_rows *r = *rows;
    *rows = NULL;
    for (size_t i = 0; i < r->file_count; i++)
        free(r->files[i].name);
    free(r->files);
    sum_drop(&r->rows);
    sum_drop(&r->ends);
    buf_fini(&r->after);
    buf_fini(&r->text);
    free(r);
}

const struct archive_file *archive_rows_files(const struct archive_rows *rows, size_t *count_r)
{
    *count_r = rows->file_count;
    return rows->files;
}

/* ---- what is written ---- */

/* A line that vouches for the rows before it, or the first: these are what the last line vouches for. */
static void put_end(struct archive_rows *r, struct buf *line)
{
    buf_char(line, '\n');
    sum_add(r->ends, buf_view(line));
    buf_str(&r->text, buf_view(line));
    buf_fini(line);
}

static void put_first(struct archive_rows *r, struct str schema)
{
    struct buf line = {0};
    struct jsonw w = jsonw_on(&line);
    jsonw_obj(&w, NULL);
    jsonw_int(&w, "parley_export", 1);
    jsonw_cstr(&w, "kind", "person");
    jsonw_str(&w, "schema", schema);
    jsonw_obj_end(&w);
    put_end(r, &line);
}

static void put_section_end(struct archive_rows *r)
{
    char digest[SUM_TEXT];
    struct buf line = {0};
    struct jsonw w = jsonw_on(&line);
    sum_end(&r->rows, digest);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "end", sections[r->section].table);
    jsonw_int(&w, "rows", r->count);
    jsonw_cstr(&w, "sha256", digest);
    jsonw_obj_end(&w);
    put_end(r, &line);
}

static void put_last(struct archive_rows *r)
{
    char digest[SUM_TEXT];
    struct jsonw w = jsonw_on(&r->text);
    sum_end(&r->ends, digest);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "end", "export");
    jsonw_cstr(&w, "sha256", digest);
    jsonw_obj_end(&w);
    buf_char(&r->text, '\n');
}

/* ---- the files ---- */

static char *disk_name(struct str name)
{
    char *copy = xstrndup(name);
    for (char *p = copy; *p; p++)
        *p = strchr("/\\:*?\"<>|", *p) ? '_' : *p;
    return copy;
}

static int add_file(struct archive_rows *r, struct str line)
{
    struct jval *root = jval_parse(line);
    const struct jval *row = jval_get(root, "row");
    struct archive_file file = {0};
    struct str id, name;
    int err = ERR_INTERNAL;
    /* A bytea in PostgreSQL's words: \x and digits. */
    if (jval_get_str(row, "id", &id) && id.n > 2 && file_id_parse((struct str){id.p + 2, id.n - 2}, &file.id) &&
        jval_get_str(row, "name", &name) && jval_get_int(row, "size", &file.size))
        err = r->file_count < ARCHIVE_FILES_MAX ? 0 : ERR_TOO_LARGE;
    if (!err) {
        if ((r->file_count & (r->file_count + 1)) == 0)
            r->files = xrealloc(r->files, (2 * r->file_count + 1) * sizeof(*r->files));
        file.name = disk_name(name);
        r->files[r->file_count++] = file;
    }
    jval_free(root);
    return err;
}

/* ---- pages ---- */

static int ask(struct archive_rows *r);

static void give(struct archive_rows *r, int err)
{
    r->fn(r->arg, err, buf_view(&r->text), r->section == SECTIONS);
}

static int take_line(struct archive_rows *r, struct str line)
{
    size_t at = r->text.n;
    buf_str(&r->text, line);
    buf_char(&r->text, '\n');
    sum_add(r->rows, (struct str){r->text.p + at, r->text.n - at});
    r->count++;
    return sections[r->section].service ? 0 : add_file(r, line);
}

static int take_page(struct archive_rows *r, struct str body)
{
    struct jval *root = jval_parse(body);
    const struct jval *lines = jval_get(root, "lines");
    struct str line, after;
    int err = jval_is_array(lines) ? 0 : ERR_UNAVAILABLE;
    for (size_t i = 0; !err && i < jval_count(lines); i++)
        err = jval_str(jval_at(lines, i), &line) ? take_line(r, line) : ERR_UNAVAILABLE;
    buf_reset(&r->after);
    r->last = !jval_get_str(root, "after", &after);
    if (!r->last)
        buf_str(&r->after, after);
    jval_free(root);
    return err;
}

static void end_section(struct archive_rows *r)
{
    put_section_end(r);
    r->count = 0;
    if (++r->section < SECTIONS)
        sum_begin(&r->rows);
    else
        put_last(r);
}

static void on_page(void *arg, int err, struct str body)
{
    struct archive_rows *r = arg;
    if (!err)
        err = take_page(r, body);
    if (!err && r->last)
        end_section(r);
    /* A page may have come to nothing. */
    bool more = !err && r->text.n == 0;
    if (more)
        err = ask(r);
    if (!more || err)
        give(r, err);
}

static int ask_service(struct archive_rows *r, const char *service, const char *table)
{
    const struct caller caller = {.user = r->user, .session = str_of(r->session)};
    struct buf args = {0};
    struct jsonw w = jsonw_on(&args);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "table", table);
    if (r->after.n > 0)
        jsonw_str(&w, "after", buf_view(&r->after));
    jsonw_obj_end(&w);
    int err = rpc_call(r->media->process.rpc, service, "own_rows", &caller, buf_view(&args), ASK_MS, on_page, r);
    buf_fini(&args);
    return err;
}

static void on_own(void *arg, int err, const struct db_result *result)
{
    struct buf page = {0};
    err = file_judge(err, result);
    if (!err)
        own_rows_put(result, &page);
    on_page(arg, err, buf_view(&page));
    buf_fini(&page);
}

static int ask_own(struct archive_rows *r, const char *table)
{
    struct db_params p = {0};
    db_p_int(&p, r->user);
    db_p_cstr(&p, table);
    db_p_cstr(&p, r->after.n > 0 ? buf_c(&r->after) : NULL);
    db_p_int(&p, OWN_ROWS_MOST);
    return db_query(r->media->db, "SELECT line, key FROM media.own_rows($1::bigint, $2, $3::text[], $4::int)", &p,
                    on_own, r);
}

static int ask(struct archive_rows *r)
{
    const char *service = sections[r->section].service, *table = sections[r->section].table;
    return service ? ask_service(r, service, table) : ask_own(r, table);
}

/* ---- the beginning, and on ---- */

static void on_begun(void *arg, int err, const struct db_result *result)
{
    struct archive_rows *r = arg;
    err = file_judge(err, result);
    if (!err && db_int(result, 0, 1) > ARCHIVE_FILES_MAX)
        err = ERR_TOO_LARGE;
    if (!err) {
        r->begun = true;
        put_first(r, db_str(result, 0, 0));
        err = ask(r);
    }
    if (err)
        give(r, err);
}

static int begin(struct archive_rows *r)
{
    struct db_params p = {0};
    db_p_int(&p, r->user);
    return db_query(r->media->db,
                    "SELECT public.schema_version(), (SELECT count(*) FROM media.file "
                    "WHERE owner = $1::bigint AND state = 2 AND doomed_at IS NULL)",
                    &p, on_begun, r);
}

int archive_rows_next(struct archive_rows *rows, archive_rows_fn *fn, void *arg)
{
    assert(rows->section < SECTIONS);
    buf_reset(&rows->text);
    rows->fn = fn;
    rows->arg = arg;
    return rows->begun ? ask(rows) : begin(rows);
}
