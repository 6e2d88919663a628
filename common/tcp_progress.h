/* How far the other end of a TCP connection has come: of the kernel's own count. */
#ifndef PARLEY_TCP_PROGRESS_H
#define PARLEY_TCP_PROGRESS_H

#include <stdint.h>

/* Bytes its kernel has acknowledged so far; 0 when this one cannot tell. */
uint64_t tcp_bytes_acked(int fd);
/* Have the kernel take no more than about `bytes` that it cannot send yet: what a client does not read waits with its
 * sender, who knows what may be left out, and not in the kernel's memory, where nobody does. */
void tcp_keep_unsent(int fd, int bytes);

#endif
