/* parley-unfurl: asks the world what linked pages say of themselves. */
#include "unfurl.h"

int main(int argc, char **argv)
{
    static struct unfurl unfurl;
    process_start(&unfurl.process, "unfurl", unfurl_config_rows, UNFURL_CONFIG_ROWS, &unfurl.config, argc, argv);
    int err = unfurl_init(&unfurl);
    if (!err)
        process_run(&unfurl.process, NULL, unfurl_drain, &unfurl);
    unfurl_fini(&unfurl);
    int code = process_end(&unfurl.process);
    return err ? 1 : code;
}
