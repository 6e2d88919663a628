/* Finds a port for a server that a test starts. */
#include "free_port.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "die.h"

/* Linux gives the ports above to whoever connects somewhere, at any moment. */
enum { LOWEST = 10240, HIGHEST = 32767, TRIES = 1000 };

static bool is_free(int port)
{
    struct sockaddr_in a = {
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool is = fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0;
    if (fd >= 0)
        close(fd);
    return is;
}

int free_port(void)
{
    for (int i = 0; i < TRIES; i++) {
        uint16_t any;
        if (getrandom(&any, sizeof(any), 0) != sizeof(any))
            continue;
        int port = LOWEST + any % (HIGHEST - LOWEST + 1);
        if (is_free(port))
            return port;
    }
    DIE("no free port");
}
