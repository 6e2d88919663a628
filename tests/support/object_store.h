/* A private S3-compatible object store for tests: OpenStack Swift (object_store.py), on a free loopback port, with a
 * bucket. It dies with the process that started it. */
#ifndef PARLEY_TEST_OBJECT_STORE_H
#define PARLEY_TEST_OBJECT_STORE_H

struct object_store;

/* Returns at once: what uses it waits until it answers. */
struct object_store *object_store_start(void);
/* Stops it and removes its directory. */
void object_store_stop(struct object_store **store);
/* It is away, with kill -9. */
void object_store_kill(struct object_store *store);
/* The same again, with what it held; returns at once. */
void object_store_restart(struct object_store *store);

/* Writing an object with this text in its name is an error of whoever does it (400), from now on. */
void object_store_refuse(const struct object_store *store, const char *text);

/* How media-svc is told of it: NAME=value lines, OBJECT_STORE_LINES of them. */
enum { OBJECT_STORE_LINES = 6 };
void object_store_env(const struct object_store *store, const char *lines_r[OBJECT_STORE_LINES]);

/* Things that take room in it, of whatever kind: objects and parts of them, the probe's one too. */
int object_store_count(const struct object_store *store);

#endif
