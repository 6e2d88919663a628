/* The table of media-svc's environment variables. */
#include "media_config.h"

#include <stddef.h>

/* clang-format off */
const struct config_row media_config_rows[MEDIA_CONFIG_ROWS] = {
    PROCESS_CONFIG_ROWS(struct media_config),
    {"PARLEY_LISTEN", CONFIG_STRING, offsetof(struct media_config, listen), "127.0.0.1:8082", 0, 0, 0,
     "Address of the public port: host:port or [v6]:port."},
    {"PARLEY_MEDIA_DATABASE_URL", CONFIG_STRING, offsetof(struct media_config, database_url), NULL, CONFIG_REQUIRED | CONFIG_SECRET, 0, 0,
     "PostgreSQL, as a login of role parley_media: postgresql://user:password@host:port/db."},
    {"PARLEY_MEDIA_DB_CONNECTIONS", CONFIG_INT, offsetof(struct media_config, db_connections), "4", 0, 1, 64,
     "Connections to PostgreSQL."},
    {"PARLEY_MEDIA_FILE_MAX", CONFIG_INT, offsetof(struct media_config, file_max), "536870912", 0, 1, INT64_C(1) << 40,
     "Bytes a file may have."},
    {"PARLEY_MEDIA_SPOOL_DIR", CONFIG_STRING, offsetof(struct media_config, spool_dir), "/var/tmp", 0, 0, 0,
     "Directory where files lie without a name while the decoder looks at them, two at a time. On a disk, not in memory."},
    {"PARLEY_MEDIA_STORE", CONFIG_STRING, offsetof(struct media_config, store), "pg", 0, 0, 0,
     "Where files lie in the end: pg, the database; s3, an object store, to which those move that are ready."},
    {"PARLEY_MEDIA_STORE_WAITING_MAX", CONFIG_INT, offsetof(struct media_config, store_waiting_max), "10737418240", 0, 0, INT64_C(1) << 50,
     "Bytes of files that may wait for an object store that does not answer; with more, no upload is begun."},
    {"PARLEY_MEDIA_SWEEP_S", CONFIG_INT, offsetof(struct media_config, sweep_s), "60", 0, 1, 3600,
     "Seconds between two looks for files that nobody needs any more."},
    {"PARLEY_MEDIA_UPLOADS_MAX", CONFIG_INT, offsetof(struct media_config, uploads_max), "20", 0, 1, 10000,
     "Unfinished uploads a person may have."},
    {"PARLEY_MEDIA_USER_MAX", CONFIG_INT, offsetof(struct media_config, user_max), "10737418240", 0, 1, INT64_C(1) << 50,
     "Bytes that all files of a person together may have."},
    {"PARLEY_S3_ACCESS_KEY", CONFIG_STRING, offsetof(struct media_config, s3_access_key), NULL, CONFIG_SECRET, 0, 0,
     "Object store: the access key."},
    {"PARLEY_S3_BUCKET", CONFIG_STRING, offsetof(struct media_config, s3_bucket), "", 0, 0, 0,
     "Object store: the bucket, which must exist."},
    {"PARLEY_S3_ENDPOINT", CONFIG_STRING, offsetof(struct media_config, s3_endpoint), "", 0, 0, 0,
     "Object store: http[s]://host[:port]. Keep it set as long as files lie there, also after going back to pg."},
    {"PARLEY_S3_PATH_STYLE", CONFIG_BOOL, offsetof(struct media_config, s3_path_style), "true", 0, 0, 0,
     "Object store: the bucket is in the path (true), or in front of the host's name (false)."},
    {"PARLEY_S3_PREFIX", CONFIG_STRING, offsetof(struct media_config, s3_prefix), "", 0, 0, 0,
     "Object store: what the names of all objects begin with, as media/."},
    {"PARLEY_S3_REGION", CONFIG_STRING, offsetof(struct media_config, s3_region), "us-east-1", 0, 0, 0,
     "Object store: the region that requests are signed for."},
    {"PARLEY_S3_SECRET_KEY", CONFIG_STRING, offsetof(struct media_config, s3_secret_key), NULL, CONFIG_SECRET, 0, 0,
     "Object store: the secret key."},
    {"PARLEY_TRUSTED_PROXIES", CONFIG_STRING, offsetof(struct media_config, trusted_proxies), "127.0.0.1/8,::1", 0, 0, 0,
     "Addresses or CIDR blocks whose X-Forwarded-For and X-Forwarded-Proto are believed, comma-separated."},
    {"PARLEY_UNFURL_ADDRESS", CONFIG_STRING, offsetof(struct media_config, unfurl_address), "127.0.0.1:8083", 0, 0, 0,
     "Where parley-unfurl is asked about links: host:port or [v6]:port; empty: nowhere, and links have no previews."},
};
/* clang-format on */
