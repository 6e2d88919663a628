/* auth-svc: who people are. */
#include <stdlib.h>

#include "auth.h"

int main(int argc, char **argv)
{
    struct auth *a = calloc(1, sizeof(*a));
    if (!a)
        return EXIT_FAILURE;
    process_start(&a->process, "auth-svc", auth_config_rows, AUTH_CONFIG_ROWS, &a->config, argc, argv);
    if (auth_init(a)) {
        /* What process_start names is 78 as well: the configuration is wrong. */
        exit(78);
    }
    process_run(&a->process, auth_ready, auth_drain, a);
    auth_fini(a);
    int code = process_end(&a->process);
    free(a);
    return code;
}
