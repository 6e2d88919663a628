/* Asks the kernel how much of what was written to a TCP socket has arrived. A file of its own because the kernel's
 * header, which alone has that field, does not go together with the C library's. */
#include "tcp_progress.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

uint64_t tcp_bytes_acked(int fd)
{
    struct tcp_info info = {0};
    socklen_t n = sizeof(info);
    return getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &n) == 0 ? info.tcpi_bytes_acked : 0;
}

void tcp_keep_unsent(int fd, int bytes)
{
    /* A kernel or a socket without it takes more; nothing else changes. */
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &bytes, sizeof(bytes));
}
