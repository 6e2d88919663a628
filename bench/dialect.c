/* The table of dialects, and the one that has no words: of the limit server. */
#include "dialect.h"

#include <string.h>

static void ignore(struct client *c, struct str frame)
{
    (void)c;
    (void)frame;
}

static void publish(struct client *c, const struct message *message)
{
    client_send(c, WS_TEXT, message->body);
}

static const struct dialect dialect_limit = {
    .name = "limit",
    .path = "/",
    .publisher_path = "/pub",
    .opened = client_ready,
    .login = ignore,
    .publish = publish,
};

const struct dialect *dialect_find(const char *name)
{
    static const struct dialect *const all[] = {&dialect_limit, &dialect_parley, &dialect_nats, &dialect_mqtt,
                                                &dialect_socketio};
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (strcmp(all[i]->name, name) == 0)
            return all[i];
    return NULL;
}
