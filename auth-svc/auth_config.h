/* The environment variables of auth-svc. */
#ifndef PARLEY_AUTH_CONFIG_H
#define PARLEY_AUTH_CONFIG_H

#include "config.h"
#include "process.h"

struct auth_config {
    struct process_config process;
    const char *database_url, *key_secret;
    int64_t db_connections;
    int64_t login_tries_per_account, login_tries_per_address, register_per_address;
};

enum { AUTH_CONFIG_ROWS = 10 };
extern const struct config_row auth_config_rows[AUTH_CONFIG_ROWS];
/* Of parley-admin, which signs nothing and so is told no key. */
enum { OPERATOR_CONFIG_ROWS = 5 };
extern const struct config_row operator_config_rows[OPERATOR_CONFIG_ROWS];

#endif
