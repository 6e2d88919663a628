/* The first link of a text that is to have a preview. Not in code, not what is hidden between bars, not in quoted
 * lines, and not between angle brackets: so somebody says that he wants none. */
#ifndef PARLEY_MSG_LINK_H
#define PARLEY_MSG_LINK_H

#include "str.h"

enum { LINK_BYTES_MAX = 2048 };

/* A view of the text; empty: it has none.
 *   "see https://example.org/a_(b)."     https://example.org/a_(b)
 *   "[words](https://example.org/a)"     https://example.org/a
 *   "<https://example.org>"              none */
void link_find(struct str text, struct str *link_r);

#endif
