/* One line of a message around what was found in it. */
#ifndef PARLEY_SEARCH_SNIPPET_H
#define PARLEY_SEARCH_SNIPPET_H

#include "search_plan.h"

enum { SNIPPET_UNITS = 240, SNIPPET_LEAD = 60, SNIPPET_MARKS = 32 };

struct search_snippet {
    struct buf text;                  /* on one line; "…" where something was cut off */
    uint32_t marks[SNIPPET_MARKS][2]; /* [from, to) in UTF-16 units of `text`, rising, apart from each other */
    size_t marks_n;
};

/* Of a message that search_plan found. *snippet_r is zeroed by the caller, who ends it with search_snippet_fini(). */
void search_snippet(const struct search_plan *plan, struct str body, struct search_snippet *snippet_r);
void search_snippet_fini(struct search_snippet *snippet);

#endif
