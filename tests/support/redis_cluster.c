/* Starts, asks and removes a Redis Cluster for a test. */
#include "redis_cluster.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "free_port.h"
#include "redis_server.h"

enum { MAX_NODES = 10, SLOTS = 16384, WAIT_MS = 30000, STEP_US = 10000, MAX_KEYS = 100, MAX_OPTIONS = 16 };

struct redis_cluster {
    struct redis_server *nodes[MAX_NODES];
    char ids[MAX_NODES][48], bus_ports[MAX_NODES][8];
    const char *options[MAX_NODES][MAX_OPTIONS];
    int size;
    char url[80];
};

struct redis_server *redis_cluster_node(const struct redis_cluster *cluster, int i)
{
    return cluster->nodes[i];
}

int redis_cluster_size(const struct redis_cluster *cluster)
{
    return cluster->size;
}

const char *redis_cluster_url(const struct redis_cluster *cluster)
{
    return cluster->url;
}

void redis_cluster_tell(const struct redis_cluster *cluster, int i, const char *command, const char *answer)
{
    char *said = redis_server_command(cluster->nodes[i], command);
    if (strcmp(said, answer) != 0)
        DIE("node %d, %s: %s", i, command, said);
    free(said);
}

/* A line of CLUSTER INFO of node i is this. */
static bool info_is(const struct redis_cluster *c, int i, const char *line)
{
    char *info = redis_server_command(c->nodes[i], "CLUSTER INFO");
    bool is = strstr(info, line) != NULL;
    free(info);
    return is;
}

/* Until node i says so of all of them. */
static void wait_for(const struct redis_cluster *c, const char *line)
{
    int64_t end = clock_mono_ms() + WAIT_MS;
    for (int i = 0; i < c->size;) {
        if (info_is(c, i, line))
            i++;
        else if (clock_mono_ms() > end)
            DIE("node %d does not come to %s", i, line);
        else
            usleep(STEP_US);
    }
}

static bool is_replica_of(const struct redis_cluster *c, int i, int master)
{
    char *role = redis_server_command(c->nodes[i], "ROLE"), port[16];
    snprintf(port, sizeof port, "\n%d\n", redis_server_port(c->nodes[master]));
    bool is = strncmp(role, "slave", 5) == 0 && strstr(role, port) && strstr(role, "\nconnected");
    free(role);
    return is;
}

/* Its master may still be shaking hands. */
static void add_replica(const struct redis_cluster *c, int i, int master)
{
    char command[80];
    snprintf(command, sizeof command, "CLUSTER REPLICATE %s", c->ids[master]);
    for (int64_t end = clock_mono_ms() + WAIT_MS; !is_replica_of(c, i, master); usleep(STEP_US)) {
        free(redis_server_command(c->nodes[i], command));
        if (clock_mono_ms() > end)
            DIE("node %d does not replicate", i);
    }
}

static void introduce(const struct redis_cluster *c)
{
    char command[64];
    for (int i = 1; i < c->size; i++) {
        snprintf(command, sizeof command, "CLUSTER MEET 127.0.0.1 %d %s", redis_server_port(c->nodes[i]),
                 c->bus_ports[i]);
        redis_cluster_tell(c, 0, command, "OK");
    }
    snprintf(command, sizeof command, "cluster_known_nodes:%d\r", c->size);
    wait_for(c, command);
}

static void start_node(struct redis_cluster *c, int i)
{
    const char *const options[] = {"--cluster-enabled",
                                   "yes",
                                   "--cluster-node-timeout",
                                   "2000",
                                   "--cluster-port",
                                   c->bus_ports[i],
                                   "--cluster-replica-validity-factor",
                                   "0",
                                   "--repl-diskless-sync-delay",
                                   "0",
                                   NULL};
    char command[64];
    /* For what the nodes say to each other. */
    snprintf(c->bus_ports[i], sizeof c->bus_ports[i], "%d", free_port());
    memcpy(c->options[i], options, sizeof options);
    c->nodes[i] = redis_server_start_with(NULL, c->options[i]);
    char *id = redis_server_command(c->nodes[i], "CLUSTER MYID");
    snprintf(c->ids[i], sizeof c->ids[i], "%s", id);
    free(id);
    /* Two that both begin with none cannot tell whose slots are the newer. */
    snprintf(command, sizeof command, "CLUSTER SET-CONFIG-EPOCH %d", i + 1);
    redis_cluster_tell(c, i, command, "OK");
}

struct redis_cluster *redis_cluster_start(int masters, int replicas_each)
{
    struct redis_cluster *c = calloc(1, sizeof *c);
    char command[64];
    if (!c)
        DIE("out of memory");
    c->size = masters * (1 + replicas_each);
    for (int i = 0; i < c->size; i++)
        start_node(c, i);
    for (int i = 0; i < masters; i++) {
        snprintf(command, sizeof command, "CLUSTER ADDSLOTSRANGE %d %d", SLOTS * i / masters,
                 SLOTS * (i + 1) / masters - 1);
        redis_cluster_tell(c, i, command, "OK");
    }
    introduce(c);
    for (int i = masters; i < c->size; i++)
        add_replica(c, i, (i - masters) % masters);
    wait_for(c, "cluster_state:ok");
    snprintf(c->url, sizeof c->url, "redis+cluster://127.0.0.1:%d,127.0.0.1:%d", redis_server_port(c->nodes[0]),
             redis_server_port(c->nodes[c->size - 1]));
    return c;
}

void redis_cluster_stop(struct redis_cluster **cluster)
{
    struct redis_cluster *c = *cluster;
    if (!c)
        return;
    *cluster = NULL;
    for (int i = 0; i < c->size; i++)
        redis_server_stop(&c->nodes[i]);
    free(c);
}

/* The port of the master that node i thinks has a slot; 0: none. */
static int owner_port(const struct redis_cluster *c, int i, unsigned slot)
{
    char *text = redis_server_command(c->nodes[i], "CLUSTER SLOTS"), *save = NULL;
    long from = -1, to = -1;
    int port = 0;
    /* Lines: from, to, then of the master and each replica host, port, id and what else is told of it. */
    for (char *line = strtok_r(text, "\n", &save); line && !port; line = strtok_r(NULL, "\n", &save)) {
        char *next = NULL;
        long n = strtol(line, &next, 10);
        if (strcmp(line, "127.0.0.1") == 0 && from >= 0 && to >= 0) {
            line = strtok_r(NULL, "\n", &save);
            if (line && slot >= (unsigned long)from && slot <= (unsigned long)to)
                port = (int)strtol(line, NULL, 10);
            from = to = -1;
        } else if (next != line && *next == '\0') {
            from = to;
            to = n;
        }
    }
    free(text);
    return port;
}

int redis_cluster_owner(const struct redis_cluster *cluster, unsigned slot)
{
    int port = 0, owner = -1;
    for (int i = 0; i < cluster->size; i++) {
        if (redis_server_pid(cluster->nodes[i]) == 0)
            continue;
        int said = owner_port(cluster, i, slot);
        if (said == 0 || (port != 0 && said != port))
            return -1;
        port = said;
    }
    for (int i = 0; i < cluster->size; i++)
        if (redis_server_port(cluster->nodes[i]) == port && redis_server_pid(cluster->nodes[i]) != 0)
            owner = i;
    return owner;
}

static void set_slot(const struct redis_cluster *c, int at, unsigned slot, const char *what, int node)
{
    char command[96];
    snprintf(command, sizeof command, "CLUSTER SETSLOT %u %s %s", slot, what, c->ids[node]);
    redis_cluster_tell(c, at, command, "OK");
}

/* Keys that came meanwhile are moved in the next round. */
static void move_keys(const struct redis_cluster *c, unsigned slot, int from, int to)
{
    char command[256];
    snprintf(command, sizeof command, "CLUSTER GETKEYSINSLOT %u %d", slot, MAX_KEYS);
    for (;;) {
        char *keys = redis_server_command(c->nodes[from], command), *save = NULL;
        char *key = strtok_r(keys, "\n", &save);
        for (; key; key = strtok_r(NULL, "\n", &save)) {
            char migrate[256];
            snprintf(migrate, sizeof migrate, "MIGRATE 127.0.0.1 %d %s 0 5000 REPLACE", redis_server_port(c->nodes[to]),
                     key);
            free(redis_server_command(c->nodes[from], migrate));
        }
        bool any = keys[0] != '\0';
        free(keys);
        if (!any)
            return;
    }
}

void redis_cluster_move(const struct redis_cluster *cluster, unsigned slot, int from, int to, void (*between)(void))
{
    set_slot(cluster, to, slot, "IMPORTING", from);
    set_slot(cluster, from, slot, "MIGRATING", to);
    move_keys(cluster, slot, from, to);
    if (between)
        between();
    move_keys(cluster, slot, from, to);
    set_slot(cluster, to, slot, "NODE", to);
    set_slot(cluster, from, slot, "NODE", to);
}
