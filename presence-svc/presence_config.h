/* Configuration of presence-svc. */
#ifndef PARLEY_PRESENCE_CONFIG_H
#define PARLEY_PRESENCE_CONFIG_H

#include "config.h"
#include "process.h"

struct presence_config {
    struct process_config process;
};

extern const struct config_row presence_config_rows[];
extern const size_t presence_config_count;

#endif
