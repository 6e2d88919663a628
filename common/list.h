/* An intrusive doubly linked ring. A head and a member are the same struct; an object that sits in a
 * list embeds one. Unlinked members point at themselves. No allocation, no ownership. */
#ifndef PARLEY_LIST_H
#define PARLEY_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *prev, *next;
};

static inline void list_init(struct list *l)
{
    l->prev = l->next = l;
}
static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

/* Insert `item` at the end of the ring that `head` heads. It must be unlinked. */
static inline void list_push(struct list *head, struct list *item)
{
    item->prev = head->prev;
    item->next = head;
    head->prev->next = item;
    head->prev = item;
}

/* Unlink; harmless on an unlinked member. */
static inline void list_remove(struct list *item)
{
    item->prev->next = item->next;
    item->next->prev = item->prev;
    list_init(item);
}

/* The object around a member. */
#define LIST_ITEM(ptr, type, field) ((type *)(void *)((char *)(ptr)-offsetof(type, field)))

/* Walk; the current item may be removed during its turn, no other may. `it` is a name, which takes no parentheses. */
/* NOLINTBEGIN(bugprone-macro-parentheses) */
#define LIST_EACH(head, it) \
    for (struct list *it = (head)->next, *it##_next = it->next; it != (head); it = it##_next, it##_next = it->next)
/* NOLINTEND(bugprone-macro-parentheses) */

#endif
