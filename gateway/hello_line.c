/* Keeps those who said hello in line. */
#include "hello_line.h"

enum { MAX_ASKING = 64 };

void hello_line_init(struct hello_line *line)
{
    list_init(&line->waiting);
    line->asking = 0;
}

void hello_place_init(struct hello_place *place)
{
    list_init(&place->link);
    place->asking = false;
}

void hello_line_join(struct hello_line *line, struct hello_place *place)
{
    hello_line_leave(line, place);
    list_push(&line->waiting, &place->link);
}

void hello_line_leave(struct hello_line *line, struct hello_place *place)
{
    list_remove(&place->link);
    line->asking -= place->asking;
    place->asking = false;
}

struct hello_place *hello_line_next(struct hello_line *line)
{
    if (list_empty(&line->waiting) || line->asking >= MAX_ASKING)
        return NULL;
    struct hello_place *place = LIST_ITEM(line->waiting.next, struct hello_place, link);
    list_remove(&place->link);
    place->asking = true;
    line->asking++;
    return place;
}
