/* parley-admin: accounts from the server's shell. */
#include <stdio.h>
#include <string.h>

#include "operator.h"
#include "process.h"

int main(int argc, char **argv)
{
    int code;
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
        operator_usage(stdout);
        return OPERATOR_OK;
    }
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        printf("parley-admin %s\n", process_version());
        return OPERATOR_OK;
    }
    struct errand *e = operator_read(argc, argv, &code);
    return e ? operator_run(e, argv[0]) : code;
}
