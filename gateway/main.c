/* parley-gateway: the edge of Parley, where clients connect. */
#include "gateway.h"

int main(int argc, char **argv)
{
    static struct gateway gw;
    process_start(&gw.process, "gateway", gateway_config_rows, GATEWAY_CONFIG_ROWS, &gw.config, argc, argv);
    int err = gateway_init(&gw);
    if (!err)
        process_run(&gw.process, gateway_ready, gateway_drain, &gw);
    gateway_fini(&gw);
    int code = process_end(&gw.process);
    return err ? 1 : code;
}
