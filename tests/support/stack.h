/* The real system for one test: private PostgreSQL and Redis, the real programs, on free loopback ports. No balancer,
 * so that a test can choose its gateway; ./parley up is what the end-to-end tests use. Everything dies with the test.
 */
#ifndef PARLEY_TEST_STACK_H
#define PARLEY_TEST_STACK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct postgres_server;
struct redis_cluster;
struct redis_server;
struct stack;

struct stack_options {
    int gateways, msg_svcs; /* 0: 2 gateways, 1 msg-svc */
    int media_svcs;
    bool cluster;           /* Redis is three masters, each with a replica: stack_cluster(), not stack_redis() */
    int unfurls;            /* of those the first is asked about links */
    const char *const *env; /* NULL-ended "NAME=value" lines for every program; or NULL */
};

/* Starts and waits until every program is ready; asserts it is within 60 s. `options` may be NULL. */
struct stack *stack_start(const struct stack_options *options);
void stack_stop(struct stack **stack);

/* Public port of gateway i, from 0. */
int stack_port(const struct stack *stack, int i);
const int *stack_ports(const struct stack *stack);
int stack_gateways(const struct stack *stack);
/* Public port of a media-svc, from 0. */
int stack_media_port(const struct stack *stack, int i);
/* Where the worker of link previews is asked. */
int stack_unfurl_port(const struct stack *stack);
/* Admin port of a program: "gateway-0", "msg-svc-0", "auth-svc-0", "presence-svc-0", "media-svc-0". */
int stack_admin_port(const struct stack *stack, const char *name);

/* Send a signal and wait for its death. */
void stack_kill(struct stack *stack, const char *name, int signum);
void stack_signal(struct stack *stack, const char *name, int signum);
/* Start it again at the same ports; returns at once. */
void stack_restart(struct stack *stack, const char *name);
bool stack_alive(struct stack *stack, const char *name);
/* Until /readyz of the program says yes; asserts it does within 30 s. */
void stack_wait_ready(struct stack *stack, const char *name);

/* 0: it does not run. */
pid_t stack_pid(const struct stack *stack, const char *name);

/* Its own servers, to be stopped and asked; see redis_server.h, redis_cluster.h, postgres_server.h. */
struct redis_server *stack_redis(struct stack *stack);
struct redis_cluster *stack_cluster(struct stack *stack);
struct postgres_server *stack_postgres(struct stack *stack);

/* A program's metric, by its name and labels as they stand on the admin port; -1: no answer, or none of that name. */
int64_t stack_metric(const struct stack *stack, const char *name, const char *metric);

/* Run SQL as the owner of the database; the first field of the first row, the caller's to free ("" when none). */
char *stack_sql(struct stack *stack, const char *sql);

/* A port that nobody listens on now, and that no outgoing connection takes. */
int stack_free_port(void);

/* Wait, at most timeout_ms, until fn says yes; it is asked every 20 ms. */
typedef bool stack_cond_fn(void *arg);
bool stack_until(stack_cond_fn *fn, void *arg, int timeout_ms);

#endif
