/* The table of the gateway's environment variables. */
#include "gateway_config.h"

#include <stddef.h>

#include "str.h"

/* clang-format off */
const struct config_row gateway_config_rows[GATEWAY_CONFIG_ROWS] = {
    PROCESS_CONFIG_ROWS(struct gateway_config),
    {"PARLEY_LISTEN", CONFIG_STRING, offsetof(struct gateway_config, listen), "127.0.0.1:8081", 0, 0, 0,
     "Address of the public port: host:port or [v6]:port."},
    {"PARLEY_MAX_CONNECTIONS", CONFIG_INT, offsetof(struct gateway_config, max_connections), "0", 0, 0, 10000000,
     "Connections this gateway holds; beyond, accepting waits. 0: what the file limit allows."},
    {"PARLEY_MAX_PER_ADDRESS", CONFIG_INT, offsetof(struct gateway_config, max_per_address), "2000", 0, 1, 10000000,
     "WebSocket connections one client address may hold on this gateway."},
    {"PARLEY_MAX_PER_USER", CONFIG_INT, offsetof(struct gateway_config, max_per_user), "64", 0, 1, 100000,
     "WebSocket connections one user may hold on this gateway."},
    {"PARLEY_OPENAPI_FILE", CONFIG_STRING, offsetof(struct gateway_config, openapi_file), "", 0, 0, 0,
     "File served at /api/v1/openapi.yaml; empty: none."},
    {"PARLEY_ORIGINS", CONFIG_STRING, offsetof(struct gateway_config, origins), "", 0, 0, 0,
     "Further origins whose pages may use this server, comma-separated, e.g. https://chat.example.org."},
    {"PARLEY_RATE_PERCENT", CONFIG_INT, offsetof(struct gateway_config, rate_percent), "100", 0, 1, 1000000,
     "Rate limits of users and addresses, in percent of those the protocol documents."},
    {"PARLEY_SECURE_COOKIES", CONFIG_STRING, offsetof(struct gateway_config, secure_cookies), "auto", 0, 0, 0,
     "Secure __Host- cookies: on, off, or auto (when the request came over TLS)."},
    {"PARLEY_SHARE_PORT", CONFIG_BOOL, offsetof(struct gateway_config, share_port), "false", 0, 0, 0,
     "Several gateways may listen on one address, and the kernel deals out the connections (SO_REUSEPORT)."},
    {"PARLEY_TRUSTED_PROXIES", CONFIG_STRING, offsetof(struct gateway_config, trusted_proxies), "127.0.0.1/8,::1", 0, 0, 0,
     "Addresses or CIDR blocks whose X-Forwarded-For and X-Forwarded-Proto are believed, comma-separated."},
    {"PARLEY_WEB_DIR", CONFIG_STRING, offsetof(struct gateway_config, web_dir), "", 0, 0, 0,
     "Directory of the built web client; empty or missing: API only."},
};
/* clang-format on */

const char *gateway_config_wrong(const struct gateway_config *config)
{
    struct str secure = str_of(config->secure_cookies);
    if (!str_is(secure, "auto") && !str_is(secure, "on") && !str_is(secure, "off"))
        return "PARLEY_SECURE_COOKIES is not auto, on or off";
    if (!*config->listen)
        return "PARLEY_LISTEN is empty";
    return NULL;
}
