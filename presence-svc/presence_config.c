/* Configuration of presence-svc: the table. */
#include "presence_config.h"

#include <stddef.h>

const struct config_row presence_config_rows[] = {
    PROCESS_CONFIG_ROWS(struct presence_config),
};
const size_t presence_config_count = sizeof presence_config_rows / sizeof *presence_config_rows;
