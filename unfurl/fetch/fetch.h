/* One document out of the world, by HTTP, bounded in everything: bytes, time, redirects, and where it may go. */
#ifndef PARLEY_FETCH_FETCH_H
#define PARLEY_FETCH_FETCH_H

#include <stdbool.h>
#include <stddef.h>

enum {
    FETCH_PAGE_BYTES = 512 << 10, /* what is beyond is not read: what tells of a page stands first */
    FETCH_IMAGE_BYTES = 5 << 20,  /* a larger one is none */
    FETCH_REDIRECTS_MAX = 4,
    FETCH_CONNECT_MS = 3000,
    FETCH_TOTAL_MS = 5000 /* all redirects included */
};

enum fetch_what { FETCH_PAGE, FETCH_IMAGE };

/* How the program ends. */
enum {
    FETCH_EXIT_REFUSED = 65, /* it may not be asked for, or is none of what was wanted */
    FETCH_EXIT_AWAY = 69,    /* nobody answered, or not in time */
    FETCH_EXIT_SETUP = 71
};

struct fetched {
    char *bytes; /* of max */
    size_t n, max;
    char type[128]; /* Content-Type */
    char *url;      /* where it was in the end; NULL: nowhere */
};

/* `base` may be NULL. `allow`: addresses that tests give in spite of all rules; NULL in what people run. 0 or an exit
 * status; in both cases fetch_fini(). */
int fetch(struct fetched *f, enum fetch_what what, const char *base, const char *url, const char *allow);
void fetch_fini(struct fetched *f);

#endif
