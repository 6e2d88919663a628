/* Configuration of media-svc. */
#ifndef PARLEY_MEDIA_CONFIG_H
#define PARLEY_MEDIA_CONFIG_H

#include "config.h"
#include "process.h"

struct media_config {
    struct process_config process;
    const char *listen;
    const char *database_url;
    const char *trusted_proxies;
    const char *spool_dir;
    const char *store;
    const char *s3_endpoint, *s3_bucket, *s3_region, *s3_access_key, *s3_secret_key, *s3_prefix;
    int64_t db_connections;
    int64_t file_max, user_max;      /* bytes */
    int64_t uploads_max;             /* unfinished, of a person */
    int64_t requests_per_s, at_once; /* of a person */
    int64_t sweep_s;
    int64_t store_waiting_max, cache_max; /* bytes */
    const char *unfurl_address;           /* of the worker of link previews */
    bool s3_path_style;
};

enum { MEDIA_CONFIG_ROWS = 26 };
extern const struct config_row media_config_rows[MEDIA_CONFIG_ROWS];

#endif
