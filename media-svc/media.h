/* The root of a media-svc process: everything it has, handed to each part instead of globals. Stateless but for what
 * flows through: all that counts is in PostgreSQL. Loop thread only. */
#ifndef PARLEY_MEDIA_H
#define PARLEY_MEDIA_H

#include "authn.h"
#include "blob.h"
#include "call.h"
#include "db.h"
#include "httpd.h"
#include "list.h"
#include "media_config.h"
#include "metrics.h"
#include "process.h"

struct cache;
struct finisher;
struct mover;
struct s3;
struct sweeper;
struct visitors;
struct unfurler;

struct media_metrics {
    struct metric *uploaded, *served, *made, *finished, *freed, *freed_bytes, *held_back, *decoded, *undecoded,
        *links_known, *links_found, *links_empty, *links_away; /* counters */
    struct metric *op_latency[MEDIA_OPS], *op_errors[MEDIA_OPS];
    struct metric *uploading, *downloading, *buffered, *buffered_peak; /* gauges */
};

struct media {
    struct process process;
    struct media_config config;
    struct db *db;
    struct s3 *s3; /* NULL: there is no object store */
    struct blob_s3 *blob_s3;
    struct blob *blob;
    struct cache *cache;
    struct authn *authn;
    struct finisher *finisher;
    struct sweeper *sweeper;
    struct visitors *visitors;
    struct unfurler *unfurler;
    struct rpc_server *server;
    struct mover *mover; /* NULL: files stay where they land */
    struct httpd *httpd;
    struct timer *drain;
    struct media_metrics m;
    size_t open;                   /* requests not yet answered, and answers not yet out */
    size_t uploading, downloading; /* bodies under way */
    struct list archives;          /* of people's own data, from the lease on */
    size_t archives_n;             /* of them */
};

/* 0, or an error that was logged. media_fini() in any case. */
int media_init(struct media *media);
void media_fini(struct media *media);
/* What the process is to be asked: process.h. */
const char *media_ready(void *media);
void media_drain(void *media);

/* Bytes of files in this process came (positive) or went. */
void media_buffered(struct media *media, int64_t change);

#endif
