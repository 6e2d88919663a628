/* A loopback port that nobody listens on. Another server may take it before the caller does, but nobody who connects.
 */
#ifndef PARLEY_TEST_FREE_PORT_H
#define PARLEY_TEST_FREE_PORT_H

/* Any below those that the kernel chooses; dies when there is none. */
int free_port(void);

#endif
