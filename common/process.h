/* What every process of Parley has: configuration rows of its own beside the common ones, logging, the loop, the
 * bus, metrics, and an admin port with /healthz, /readyz, /metrics and /trace. main() is: process_start → the service's
 * own init → process_run → the service's fini → process_end. */
#ifndef PARLEY_PROCESS_H
#define PARLEY_PROCESS_H

#include "bus.h"
#include "config.h"
#include "hops.h"
#include "loop.h"
#include "metrics.h"
#include "rpc.h"

/* First member of each service's config struct. */
struct process_config {
    const char *admin_listen; /* PARLEY_ADMIN_LISTEN: host:port, empty: none */
    const char *log_level;    /* PARLEY_LOG_LEVEL */
    const char *redis_url;    /* PARLEY_REDIS_URL */
    int64_t drain_ms;         /* PARLEY_DRAIN_MS */
};
/* The common rows; a service's table starts with these (PROCESS_CONFIG_ROWS(struct x_config)). A process whose table
 * has no PARLEY_REDIS_URL (PROCESS_CONFIG_ROWS_ALONE) has no bus and no rpc. */
#define PROCESS_CONFIG_ROWS_ALONE(type)                                                                                 \
    {"PARLEY_ADMIN_LISTEN",                                                                                             \
     CONFIG_STRING,                                                                                                     \
     offsetof(type, process.admin_listen),                                                                              \
     "",                                                                                                                \
     0,                                                                                                                 \
     0,                                                                                                                 \
     0,                                                                                                                 \
     "Address of the admin port (/healthz, /readyz, /metrics, /trace), host:port; empty: none. Never make it public."}, \
        {"PARLEY_DRAIN_MS",                                                                                             \
         CONFIG_INT,                                                                                                    \
         offsetof(type, process.drain_ms),                                                                              \
         "13000",                                                                                                       \
         0,                                                                                                             \
         0,                                                                                                             \
         600000,                                                                                                        \
         "How long a stopping process lets work in hand finish."},                                                      \
    {                                                                                                                   \
        "PARLEY_LOG_LEVEL", CONFIG_STRING, offsetof(type, process.log_level), "info", 0, 0, 0,                          \
            "error, warn, info or debug."                                                                               \
    }
#define PROCESS_CONFIG_ROWS(type)                                                                                    \
    PROCESS_CONFIG_ROWS_ALONE(type),                                                                                 \
    {                                                                                                                \
        "PARLEY_REDIS_URL", CONFIG_STRING, offsetof(type, process.redis_url), NULL, CONFIG_REQUIRED | CONFIG_SECRET, \
            0, 0,                                                                                                    \
            "Redis: redis://[:password@]host:port[/db], unix:///path, or nodes of a Redis Cluster: "                 \
            "redis+cluster://[:password@]host:port,host:port."                                                       \
    }

struct process {
    const char *name; /* "msg-svc" */
    char id[20];      /* name-less, random, new at each start: consumer and inbox name */
    struct loop *loop;
    struct metrics *metrics;
    struct hops *hops; /* /trace of the admin port */
    struct bus *bus;   /* NULL, and so is rpc: it stands alone */
    struct rpc *rpc;
    bool draining;
    struct process_state *state;
};

/* Ready to serve, beyond the bus: asked by /readyz. NULL reason: yes. */
typedef const char *process_ready_fn(void *arg);
/* SIGTERM or SIGINT arrived, called once: stop taking work; when nothing is left call process_drained(). After
 * PARLEY_DRAIN_MS it ends regardless; a second signal ends it at once. */
typedef void process_drain_fn(void *arg);

/* The version of Parley that this is built from: that of the CMake project, the one place that has it. */
const char *process_version(void);

/* Handles --help, --version, --print-config, --config-markdown (exit 0), other options (exit 64) and bad configuration
 * (exit 78, each line said), fills *config, raises the file limit, starts logging, loop, bus, rpc and the admin port.
 * Exits with 1 when the admin port cannot be bound. */
void process_start(struct process *p, const char *name, const struct config_row *rows, size_t count, void *config,
                   int argc, char **argv);
/* Runs until drained. `fn`s may be NULL. Logs "ready" once bus and service first are. */
void process_run(struct process *p, process_ready_fn *ready, process_drain_fn *drain, void *arg);
void process_drained(struct process *p);
/* Mirror of process_start; returns main's exit code: 1 when process_run was never reached. */
int process_end(struct process *p);

#endif
