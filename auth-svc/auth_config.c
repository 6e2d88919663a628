/* The tables of environment variables of auth-svc and parley-admin. */
#include "auth_config.h"

#include <stddef.h>

/* clang-format off */
#define DATABASE_ROW                                                                                                  \
    {"PARLEY_AUTH_DATABASE_URL", CONFIG_STRING, offsetof(struct auth_config, database_url), NULL, CONFIG_REQUIRED | CONFIG_SECRET, 0, 0, \
     "PostgreSQL, as the role parley_auth: postgresql://parley_auth:password@host:port/database."}

const struct config_row operator_config_rows[OPERATOR_CONFIG_ROWS] = {
    PROCESS_CONFIG_ROWS(struct auth_config),
    DATABASE_ROW,
};

const struct config_row auth_config_rows[AUTH_CONFIG_ROWS] = {
    PROCESS_CONFIG_ROWS(struct auth_config),
    DATABASE_ROW,
    {"PARLEY_AUTH_DB_CONNECTIONS", CONFIG_INT, offsetof(struct auth_config, db_connections), "4", 0, 1, 64,
     "Connections to PostgreSQL for queries; one more is for transactions."},
    {"PARLEY_KEY_SECRET", CONFIG_STRING, offsetof(struct auth_config, key_secret), NULL, CONFIG_REQUIRED | CONFIG_SECRET, 0, 0,
     "32 bytes as 64 hex digits: seals the private signing keys in the database. The same for every replica."},
    {"PARLEY_LOGIN_TRIES_PER_ACCOUNT", CONFIG_INT, offsetof(struct auth_config, login_tries_per_account), "10", 0, 1, 1000000,
     "Failed logins to one account from one address (IPv6: one /64) in 5 minutes; from all addresses together 10 times as many."},
    {"PARLEY_LOGIN_TRIES_PER_ADDRESS", CONFIG_INT, offsetof(struct auth_config, login_tries_per_address), "100", 0, 1, 1000000,
     "Failed logins from one address (IPv6: one /64) in 5 minutes, to whatever accounts."},
    {"PARLEY_REGISTER_PER_ADDRESS", CONFIG_INT, offsetof(struct auth_config, register_per_address), "60", 0, 1, 1000000,
     "Accounts registered from one address (IPv6: one /64) in an hour."},
};
/* clang-format on */
