/* The table of msg-svc's environment variables. */
#include "msg_config.h"

#include "plan.h"

const struct config_row msg_config_rows[] = {
    PROCESS_CONFIG_ROWS(struct msg_config),
    {"PARLEY_LINK_PREVIEWS", CONFIG_BOOL, offsetof(struct msg_config, link_previews), "true", 0, 0, 0,
     "Whether pages that people link to are asked what they say of themselves; false: nothing is asked for."},
    {"PARLEY_MEDIA_ROOM_MAX", CONFIG_INT, offsetof(struct msg_config, room_bytes), "0", 0, 0, INT64_C(1) << 50,
     "Bytes that the files of a room's messages together may have; 0: any number."},
    {"PARLEY_MSG_BATCH_SIZE", CONFIG_INT, offsetof(struct msg_config, batch_size), "512", 0, 1, PLAN_MAX,
     "Entries a transaction of the write path takes at most."},
    {"PARLEY_MSG_CLEAN_EVERY_S", CONFIG_INT, offsetof(struct msg_config, clean_every_s), "3600", 0, 1, 86400,
     "Seconds from one removal of old rows to the next: users' own logs after 30 days, dead letters after 90, the "
     "order of a device's sends after 7."},
    {"PARLEY_MSG_DATABASE_URL", CONFIG_STRING, offsetof(struct msg_config, database_url), NULL,
     CONFIG_REQUIRED | CONFIG_SECRET, 0, 0,
     "PostgreSQL, as a login of role parley_msg: postgresql://user:password@host:port/db."},
    {"PARLEY_MSG_OPEN_MAX", CONFIG_INT, offsetof(struct msg_config, open_max), "256", 0, 1, 10000,
     "Requests in hand at once; beyond it they wait in Redis."},
    {"PARLEY_MSG_POOL_SIZE", CONFIG_INT, offsetof(struct msg_config, pool_size), "4", 0, 1, 64,
     "Database connections for requests, beside the one that writes rooms."},
    {"PARLEY_MSG_ROOM_CAPACITY", CONFIG_INT, offsetof(struct msg_config, room_capacity), "10000", 0, 2, 10000000,
     "Members a room takes."},
    {"PARLEY_SEARCH_LANGUAGES", CONFIG_STRING, offsetof(struct msg_config, search_languages), "", 0, 0, 0,
     "Languages whose words search reduces to their stems, as in \"english, german\"; empty: none, words are found as "
     "they are written, in part or whole. A change indexes all messages anew, while the old index serves."},
    {"PARLEY_SEARCH_POOL_SIZE", CONFIG_INT, offsetof(struct msg_config, search_pool_size), "2", 0, 1, 64,
     "Database connections for searches, so that they never hold up other requests."},
};
const size_t msg_config_count = sizeof msg_config_rows / sizeof msg_config_rows[0];
