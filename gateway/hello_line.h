/* Those who said hello and wait for their rooms to be asked of msg-svc. Only some are asked for at a time: after a
 * reconnect storm the rest stands in line here, in the order they came, instead of in the way of everybody's messages.
 * Nobody is refused for it; who has stood for the length of a state's deadline goes and comes back. */
#ifndef PARLEY_GATEWAY_HELLO_LINE_H
#define PARLEY_GATEWAY_HELLO_LINE_H

#include <stdbool.h>

#include "list.h"

struct gateway;
struct session;

/* Embedded in the gateway, and in each session. */
struct hello_line {
    struct list waiting;
    unsigned asking;
};
struct hello_place {
    struct list link;
    bool asking;
};

void hello_line_init(struct hello_line *line);
void hello_place_init(struct hello_place *place);
/* It is to be asked for, in this turn or a later one: by op_hello_ask(). */
void hello_line_join(struct hello_line *line, struct hello_place *place);
/* It is answered, or wants no answer any more. Idempotent. */
void hello_line_leave(struct hello_line *line, struct hello_place *place);
/* Each turn: the next one whose turn it is; NULL: nobody's. */
struct hello_place *hello_line_next(struct hello_line *line);

#endif
