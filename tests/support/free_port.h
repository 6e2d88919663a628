/* A loopback port that nobody listens on. Another may take it before the caller does. */
#ifndef PARLEY_TEST_FREE_PORT_H
#define PARLEY_TEST_FREE_PORT_H

/* One of the kernel's choice; dies when there is none. */
int free_port(void);

#endif
