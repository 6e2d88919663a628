/* The table of parley-unfurl's environment variables. */
#include "unfurl_config.h"

#include <stddef.h>

const struct config_row unfurl_config_rows[UNFURL_CONFIG_ROWS] = {
    PROCESS_CONFIG_ROWS_ALONE(struct unfurl_config),
    {"PARLEY_UNFURL_LISTEN", CONFIG_STRING, offsetof(struct unfurl_config, listen), "127.0.0.1:8083", 0, 0, 0,
     "Address where media-svc asks: host:port or [v6]:port. For nobody else."},
};
