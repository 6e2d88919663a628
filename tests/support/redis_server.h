/* A private Redis for tests: on a free loopback port and a Unix socket, nothing on disk. Starts within some ten
 * milliseconds, so each test can have its own. It dies with the process that started it. What cannot be started is
 * said on stderr and ends the process: no test can go on without it. */
#ifndef PARLEY_TEST_REDIS_SERVER_H
#define PARLEY_TEST_REDIS_SERVER_H

#include <sys/types.h>

struct redis_server;

/* Returns when it answers. `password` may be NULL: none. */
struct redis_server *redis_server_start(const char *password);
/* With further words of its command line, NULL-ended, which outlive it; or NULL. */
struct redis_server *redis_server_start_with(const char *password, const char *const *options);
/* Stops it and removes its directory. */
void redis_server_stop(struct redis_server **server);

int redis_server_port(const struct redis_server *server);
/* 0 while it was killed. */
pid_t redis_server_pid(const struct redis_server *server);
/* redis://… and unix://…; valid as long as the server. */
const char *redis_server_url(const struct redis_server *server);
const char *redis_server_unix_url(const struct redis_server *server);

/* End it by a signal and wait until it is gone. */
void redis_server_kill(struct redis_server *server, int signum);
/* Start it again on the same port, with an empty memory (one of a cluster still knows which it is); returns when it
 * answers. */
void redis_server_restart(struct redis_server *server);

/* Send one command, its words split at spaces. Strings and numbers as text, nil as "(nil)", errors with a leading
 * "-", arrays with one element a line. The caller frees it. */
char *redis_server_command(struct redis_server *server, const char *command);

#endif
