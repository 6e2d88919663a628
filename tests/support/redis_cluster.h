/* A private Redis Cluster for tests: masters that share the slots in order, each with replicas of its own, on free
 * loopback ports. A master that is gone is replaced within some four seconds; one that the machine leaves alone for a
 * second is not. Asserts as redis_server.h does. */
#ifndef PARLEY_TEST_REDIS_CLUSTER_H
#define PARLEY_TEST_REDIS_CLUSTER_H

struct redis_server;
struct redis_cluster;

/* Returns when every node says that all is well. 5 masters and 5 replicas in all at the most. */
struct redis_cluster *redis_cluster_start(int masters, int replicas_each);
void redis_cluster_stop(struct redis_cluster **cluster);

/* redis+cluster://… of the first and the last node; valid as long as the cluster. */
const char *redis_cluster_url(const struct redis_cluster *cluster);

/* Node i: masters come first, then their replicas in the same order. (Who is master may change.) */
struct redis_server *redis_cluster_node(const struct redis_cluster *cluster, int i);
int redis_cluster_size(const struct redis_cluster *cluster);
/* Which living master, by the others' word, has this slot; -1: none, or they do not agree. */
int redis_cluster_owner(const struct redis_cluster *cluster, unsigned slot);

/* Send one command to node i, as redis_server_command() does, and assert that it says this. */
void redis_cluster_tell(const struct redis_cluster *cluster, int i, const char *command, const char *answer);
/* Move a slot and its keys from a master to another, in the steps that are done by hand; `between` (or NULL) is called
 * when the keys are there and the slot is not. */
void redis_cluster_move(const struct redis_cluster *cluster, unsigned slot, int from, int to, void (*between)(void));

#endif
