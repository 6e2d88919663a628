/* How far the other end of a TCP connection has come: of the kernel's own count. */
#ifndef PARLEY_TCP_PROGRESS_H
#define PARLEY_TCP_PROGRESS_H

#include <stdint.h>

/* Bytes its kernel has acknowledged so far; 0 when this one cannot tell. */
uint64_t tcp_bytes_acked(int fd);

#endif
