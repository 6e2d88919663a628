/* A private PostgreSQL cluster for tests, on a free loopback port, in a directory of its own, with the schema of
 * deploy/sql applied. As root it runs as the user postgres. It dies with the process that started it. What cannot
 * be started is said on stderr and ends the process: no test can go on without it. */
#ifndef PARLEY_TEST_POSTGRES_SERVER_H
#define PARLEY_TEST_POSTGRES_SERVER_H

#include <stdbool.h>
#include <sys/types.h>

struct postgres_server;

/* Returns when it accepts connections. `durable`: with fsync, for tests that crash it. */
struct postgres_server *postgres_server_start(bool durable);
/* Stops it and removes the directory. */
void postgres_server_stop(struct postgres_server **server);

int postgres_server_port(const struct postgres_server *server);
/* Of the postmaster. */
pid_t postgres_server_pid(const struct postgres_server *server);
/* Connection string of a role ("parley_auth", …), or of the owner for NULL. Valid until the next call. */
const char *postgres_server_url(struct postgres_server *server, const char *role);

/* End it by a signal (SIGINT: fast, SIGQUIT: immediate, SIGKILL: a crash) and wait until it is gone. */
void postgres_server_kill(struct postgres_server *server, int signum);
/* Kill every process of it by SIGKILL, the postmaster first of all held so that it cannot tell the others, and wait
 * until all are gone. */
void postgres_server_crash(struct postgres_server *server);
/* Start it again, same port and data; returns when it accepts connections. */
void postgres_server_restart(struct postgres_server *server);

/* Run SQL as the owner; what it printed, unaligned, without the last newline. The caller frees it. */
char *postgres_server_sql(struct postgres_server *server, const char *sql);

#endif
