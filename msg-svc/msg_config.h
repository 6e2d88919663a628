/* msg-svc's configuration. */
#ifndef PARLEY_MSG_CONFIG_H
#define PARLEY_MSG_CONFIG_H

#include "process.h"

struct msg_config {
    struct process_config process;
    int64_t batch_size;
    const char *database_url;
    int64_t pool_size;
    int64_t open_max;
    int64_t room_capacity;
    int64_t room_bytes;
    int64_t clean_every_s;
    const char *search_languages;
    int64_t search_pool_size;
    bool link_previews;
};

extern const struct config_row msg_config_rows[];
extern const size_t msg_config_count;

#endif
