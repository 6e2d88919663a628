/* The configuration of parley-unfurl. */
#ifndef PARLEY_UNFURL_CONFIG_H
#define PARLEY_UNFURL_CONFIG_H

#include "process.h"

struct unfurl_config {
    struct process_config process;
    const char *listen;
};

enum { UNFURL_CONFIG_ROWS = 4 };
extern const struct config_row unfurl_config_rows[UNFURL_CONFIG_ROWS];

#endif
