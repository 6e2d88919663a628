/* A registered, logged-in person for tests, and the REST calls the tests make most. All but person_ask() assert
 * success. */
#ifndef PARLEY_TEST_PERSON_H
#define PARLEY_TEST_PERSON_H

#include "http_client.h"

struct person {
    char *name, *id, *token, *session, *refresh;
};

#define PASSWORD "correct horse battery"

/* Registers `name` through the gateway at `port`. */
struct person person_register(int port, const char *name);
/* Logs in once more: another login session of the same account. */
struct person person_login(int port, const char *name);
void person_fini(struct person *p);

/* Room ids, the caller's to free. */
char *room_create(int port, const struct person *p, const char *name, const char *kind);
char *room_dm(int port, const struct person *p, const struct person *other);
void room_join(int port, const struct person *p, const char *room);
/* Post by REST; the seq. */
int64_t room_post(int port, const struct person *p, const char *room, const char *text);
/* What a request comes to: "204", or "403 forbidden". Lives until the next but one. `p` NULL: without a login; `body`
 * may be NULL. */
const char *person_ask(int port, const struct person *p, const char *method, const char *path, const char *body);
/* A random UUID, the caller's to free. */
char *new_cmid(void);

#endif
