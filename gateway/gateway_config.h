/* What the gateway is told by environment variables. Constant after start. */
#ifndef PARLEY_GATEWAY_CONFIG_H
#define PARLEY_GATEWAY_CONFIG_H

#include "process.h"

struct gateway_config {
    struct process_config process;
    const char *listen;
    const char *openapi_file;
    const char *origins;
    const char *secure_cookies; /* auto, on, off */
    const char *trusted_proxies;
    const char *web_dir;
    int64_t max_connections;
    int64_t max_per_address;
    int64_t max_per_user;
    int64_t rate_percent;
    bool share_port;
};

enum { GATEWAY_CONFIG_ROWS = 15 };
extern const struct config_row gateway_config_rows[GATEWAY_CONFIG_ROWS];

/* Values that only together or only by meaning are wrong. NULL: good; else what to say. */
const char *gateway_config_wrong(const struct gateway_config *config);

#endif
