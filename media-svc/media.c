/* Puts media-svc together, finds out what a request asks for, and takes it all down again. */
#include "media.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "archive.h"
#include "blob_s3.h"
#include "cache.h"
#include "call.h"
#include "download.h"
#include "err.h"
#include "finisher.h"
#include "log.h"
#include "mover.h"
#include "sweeper.h"
#include "tus.h"
#include "unfurler.h"
#include "upload.h"
#include "visitor.h"

#define FILES "/media/files"
#define MINE "/media/mine"

enum {
    STALL_MS = 30000, /* a body or an answer of which nothing moves */
    MAX_BODY = 4096,  /* of what is not a file */
    MAX_CONNECTIONS = 10000,
    MAX_VISITORS = 20000,
    MAX_CALLS = 64,
    STATEMENT_MS = 10000,
    DRAIN_LOOK_MS = 20
};

void media_buffered(struct media *media, int64_t change)
{
    metric_add(media->m.buffered, change);
    int64_t now = metric_value(media->m.buffered);
    if (now > metric_value(media->m.buffered_peak))
        metric_set(media->m.buffered_peak, now);
}

/* ---- requests ---- */

static void respond_text(struct call *call, int status, struct str body)
{
    struct http_response res = {.status = status, .type = STR("text/plain; charset=utf-8"), .body = body};
    call_respond(call, &res);
}

static void probe(struct call *call, bool only_alive)
{
    call->op = MEDIA_PROBE;
    const char *why = only_alive ? NULL : media_ready(call->media);
    if (!why && call->media->process.draining && !only_alive)
        why = "stopping";
    const char *trouble = only_alive || !call->media->s3 ? NULL : s3_trouble(call->media->s3);
    if (why)
        respond_text(call, 503, str_of(why));
    else if (trouble)
        respond_text(call, 200, str_of(trouble));
    else
        respond_text(call, 200, STR("ok\n"));
}

static void not_allowed(struct call *call)
{
    call_fail(call, ERR_METHOD_NOT_ALLOWED, NULL);
}

static void give_original(struct call *call)
{
    download_file(call, FILE_ORIGINAL);
}

static void give_small(struct call *call)
{
    download_file(call, FILE_SMALL);
}

static void give_large(struct call *call)
{
    download_file(call, FILE_LARGE);
}

/* What is behind a file's id in the path. */
static void read_file(struct call *call, struct str rest)
{
    static const struct {
        const char *path;
        enum media_op op;
        void (*give)(struct call *call);
    } parts[] = {
        {"", MEDIA_ORIGINAL, give_original},
        {"/small", MEDIA_SMALL, give_small},
        {"/large", MEDIA_LARGE, give_large},
        {"/info", MEDIA_INFO, download_info},
    };
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (str_is(rest, parts[i].path)) {
            call->op = parts[i].op;
            call_authenticate(call, true, SCOPE_READ, parts[i].give);
            return;
        }
    }
    call_fail(call, ERR_NOT_FOUND, NULL);
}

/* Every request of tus says which version it speaks; of another one nothing is done. */
static bool speaks_tus(struct call *call)
{
    call->tus = true;
    if (str_is(http_header(call->req, "tus-resumable"), TUS_VERSION))
        return true;
    call_fail(call, ERR_TUS_VERSION, NULL);
    return false;
}

static void collection(struct call *call)
{
    call->op = call->method == HTTP_OPTIONS ? MEDIA_OPTIONS : call->method == HTTP_POST ? MEDIA_MAKE : MEDIA_OTHER;
    if (call->method == HTTP_OPTIONS)
        upload_options(call);
    else if (call->method != HTTP_POST)
        not_allowed(call);
    else if (speaks_tus(call))
        call_authenticate(call, false, SCOPE_WRITE, upload_make);
}

/* rest: of the path, behind the id. */
static void one_file(struct call *call, struct str rest)
{
    bool reads = call->method == HTTP_GET || call->method == HTTP_HEAD;
    bool asks = call->method == HTTP_HEAD && http_header(call->req, "tus-resumable").n > 0;
    call->op = rest.n > 0                     ? MEDIA_OTHER
               : asks                         ? MEDIA_OFFSET
               : call->method == HTTP_PATCH   ? MEDIA_PATCH
               : call->method == HTTP_DELETE  ? MEDIA_END
               : call->method == HTTP_OPTIONS ? MEDIA_OPTIONS
                                              : MEDIA_OTHER;
    if (call->method == HTTP_OPTIONS && rest.n == 0)
        upload_options(call);
    else if (reads && (!asks || rest.n > 0))
        read_file(call, rest);
    else if (rest.n > 0 || (!asks && call->method != HTTP_PATCH && call->method != HTTP_DELETE))
        not_allowed(call);
    else if (speaks_tus(call))
        call_authenticate(call, asks, SCOPE_WRITE,
                          asks                         ? upload_offset
                          : call->method == HTTP_PATCH ? upload_patch
                                                       : upload_end);
}

/* What the server has of whoever asks: for a login alone, no access token. */
static void mine(struct call *call, bool size)
{
    call->op = MEDIA_MINE;
    if (call->method != HTTP_GET)
        not_allowed(call);
    else
        call_authenticate(call, true, SCOPE_LOGIN, size ? archive_size : archive_give);
}

/* The id in "/media/files/ID…" and what is behind it. False: the path is none of a file. */
static bool file_of(struct str path, struct file_id *id_r, struct str *rest_r)
{
    size_t n = strlen(FILES "/");
    if (path.n < n + FILE_ID_TEXT - 1 || !str_starts(path, STR(FILES "/")))
        return false;
    *rest_r = (struct str){path.p + n + FILE_ID_TEXT - 1, path.n - n - FILE_ID_TEXT + 1};
    return file_id_parse((struct str){path.p + n, FILE_ID_TEXT - 1}, id_r) && (rest_r->n == 0 || rest_r->p[0] == '/');
}

static void handle(void *arg, struct http_request *req)
{
    struct call *call = call_begin(arg, req);
    struct str path = http_path(req), rest;
    if (str_is(path, "/healthz") || str_is(path, "/readyz"))
        probe(call, str_is(path, "/healthz"));
    else if (str_is(path, FILES) || str_is(path, FILES "/"))
        collection(call);
    else if (str_is(path, MINE) || str_is(path, MINE "/size"))
        mine(call, !str_is(path, MINE));
    else if (file_of(path, &call->id, &rest))
        one_file(call, rest);
    else
        call_fail(call, ERR_NOT_FOUND, NULL);
}

/* Bytes of files are taken in pieces; all else has bodies that fit into a hand. */
static bool is_early(void *arg, const struct http_request *req)
{
    (void)arg;
    return call_method(req) == HTTP_PATCH;
}

/* ---- life ---- */

static void make_metrics(struct media *media)
{
    struct metrics *m = media->process.metrics;
    struct media_metrics *g = &media->m;
    g->made = metrics_counter(m, "parley_media_uploads_total", NULL, "Uploads begun.");
    g->finished = metrics_counter(m, "parley_media_ready_total", NULL, "Files made ready.");
    g->decoded = metrics_counter(m, "parley_media_decoded_total", NULL, "Files that the decoder understood.");
    g->undecoded = metrics_counter(m, "parley_media_undecoded_total", NULL,
                                   "Files that the decoder refused or died of: they have no preview.");
    g->uploaded = metrics_counter(m, "parley_media_uploaded_bytes_total", NULL, "Bytes of files stored.");
    g->served = metrics_counter(m, "parley_media_served_bytes_total", NULL, "Bytes of files given out.");
    g->freed = metrics_counter(m, "parley_media_deleted_total", NULL, "Files deleted.");
    g->freed_bytes = metrics_counter(m, "parley_media_freed_bytes_total", NULL, "Bytes of deleted files.");
    for (size_t i = 0; i < MEDIA_OPS; i++) {
        char label[32];
        snprintf(label, sizeof(label), "op=\"%s\"", media_op_names[i]);
        g->op_latency[i] = metrics_histogram(m, "parley_media_op_seconds", label,
                                             "Requests by what they ask, until the answer, or its body, begins.");
        g->op_errors[i] = metrics_counter(m, "parley_media_op_errors_total", label, "Requests answered by an error.");
    }
    static const char links[] = "parley_media_links_total", help[] = "Links asked about, by what came of it.";
    g->links_known = metrics_counter(m, links, "result=\"known\"", help);
    g->links_found = metrics_counter(m, links, "result=\"found\"", help);
    g->links_empty = metrics_counter(m, links, "result=\"empty\"", help);
    g->links_away = metrics_counter(m, links, "result=\"away\"", help);
    g->held_back = metrics_counter(m, "parley_media_held_back_total", NULL,
                                   "Requests refused because their person made too many, or had too many under way.");
    g->uploading = metrics_gauge(m, "parley_media_uploading", NULL, "Bodies of uploads under way.");
    g->downloading = metrics_gauge(m, "parley_media_downloading", NULL, "Answers with files under way.");
    g->buffered = metrics_gauge(m, "parley_media_buffered_bytes", NULL, "Bytes of files in this process.");
    g->buffered_peak = metrics_gauge(m, "parley_media_buffered_peak_bytes", NULL, "The most there ever were.");
}

static void bus_changed(void *arg, bool ready, uint64_t epoch)
{
    struct media *media = arg;
    (void)epoch;
    if (ready)
        authn_hurry(media->authn);
}

static void look_whether_drained(void *arg)
{
    struct media *media = arg;
    if (media->open == 0 && rpc_server_open(media->server) == 0)
        process_drained(&media->process);
}

static const struct rpc_row calls[] = {{"unfurl", unfurler_call}};
/* With MEDIA_STORE=pg and an endpoint, files that were moved earlier are read from there, and no more are moved. */
static int make_store(struct media *media)
{
    const struct media_config *c = &media->config;
    const struct s3_config config = {
        .endpoint = c->s3_endpoint,
        .bucket = c->s3_bucket,
        .region = c->s3_region,
        .access_key = c->s3_access_key,
        .secret_key = c->s3_secret_key,
        .prefix = c->s3_prefix,
        .path_style = c->s3_path_style,
    };
    bool moves = strcmp(c->store, "s3") == 0;
    if (!moves && strcmp(c->store, "pg") != 0) {
        log_error(NULL, "PARLEY_MEDIA_STORE is neither pg nor s3", "");
        return ERR_BAD_REQUEST;
    }
    int err = 0;
    if (moves || c->s3_endpoint[0])
        err = s3_create(&media->s3, media->process.loop, &config, media->process.metrics);
    if (!err && media->s3)
        blob_s3_create(&media->blob_s3, media->s3, media->db);
    if (!err && moves)
        mover_create(&media->mover, media);
    return err;
}

int media_init(struct media *media)
{
    struct process *p = &media->process;
    const struct db_config database = {
        .url = media->config.database_url,
        .name = "media-svc",
        .size = (size_t)media->config.db_connections,
        .statement_timeout_ms = STATEMENT_MS,
        /* A plan made for its values would copy the bytes of a chunk several times. */
        .options = "-c plan_cache_mode=force_generic_plan",
    };
    const struct httpd_config http = {
        .listen = media->config.listen,
        .trusted_proxies = media->config.trusted_proxies,
        .max_body = MAX_BODY,
        .max_connections = MAX_CONNECTIONS,
        .stall_ms = STALL_MS,
        .early = is_early,
    };
    make_metrics(media);
    list_init(&media->archives);
    timer_make(&media->drain, p->loop, look_whether_drained, media);
    authn_create(&media->authn, p->loop, p->bus, p->rpc, NULL, media);
    bus_on_state(p->bus, bus_changed, media);
    int err = finisher_create(&media->finisher, media);
    if (!err)
        err = db_create(&media->db, p->loop, &database, p->metrics);
    if (!err)
        err = make_store(media);
    if (err)
        return err;
    blob_create(&media->blob, media->db, media->blob_s3);
    cache_create(&media->cache, p->loop, media->config.spool_dir, media->config.cache_max, p->metrics);
    visitors_create(&media->visitors, media->config.requests_per_s, media->config.at_once, MAX_VISITORS);
    sweeper_create(&media->sweeper, media);
    unfurler_create(&media->unfurler, media);
    rpc_server_create(&media->server, p->loop, p->bus, "media", p->id, calls, sizeof(calls) / sizeof(*calls), MAX_CALLS,
                      media, p->metrics);
    return httpd_create(&media->httpd, p->loop, &http, handle, NULL, media, p->metrics);
}

const char *media_ready(void *arg)
{
    const struct media *media = arg;
    if (!bus_ready(media->process.bus))
        return "no connection to Redis";
    if (!db_ready(media->db))
        return "no connection to PostgreSQL";
    /* Once it has worked, what it does later is no reason to send nobody: uploads and most of the rest go on. */
    if (media->mover && !s3_proven(media->s3))
        return s3_trouble(media->s3);
    return authn_ready(media->authn) ? NULL : "no keys and no ended logins from auth-svc yet";
}

void media_drain(void *arg)
{
    struct media *media = arg;
    httpd_stop_accepting(media->httpd);
    rpc_server_pause(media->server);
    /* Whoever asked asks again, and another replica answers. */
    unfurler_stop(media->unfurler);
    timer_start(media->drain, 0, DRAIN_LOOK_MS);
}

/* What is on the loop. Answers of msg-svc still due are given when the bus ends, in process_end(); they find no
 * database any more, and need none. */
void media_fini(struct media *media)
{
    bus_off_state(media->process.bus, media);
    finisher_stop(media->finisher);
    sweeper_stop(media->sweeper);
    unfurler_stop(media->unfurler);
    mover_stop(media->mover);
    cache_stop(media->cache);
    httpd_destroy(&media->httpd);
    authn_destroy(&media->authn);
    s3_destroy(&media->s3);
    db_destroy(&media->db);
    rpc_server_destroy(&media->server);
    timer_destroy(&media->drain);
}
