/* What a page says of itself in its head: Open Graph, Twitter's words, and those of HTML. Pure: bytes in, texts out.
 * The texts are UTF-8 without line ends, control characters or characters that turn text around, and cut. */
#ifndef PARLEY_READ_PAGE_H
#define PARLEY_READ_PAGE_H

#include <stddef.h>

enum {
    PAGE_TITLE_MAX = 300, /* bytes */
    PAGE_DESCRIPTION_MAX = 600,
    PAGE_SITE_MAX = 120,
    PAGE_IMAGE_MAX = 2048
};

enum page_part { PAGE_TITLE, PAGE_DESCRIPTION, PAGE_SITE, PAGE_IMAGE, PAGE_PARTS };

struct page {
    char text[PAGE_PARTS][PAGE_IMAGE_MAX + 1]; /* "": it does not say */
    unsigned rank[PAGE_PARTS];                 /* of who said it; 0: nobody */
    size_t title_bytes;                        /* of what stands between <title> and its end */
    char title[4 * PAGE_TITLE_MAX];
    int in_title;
};

/* "title", "description", "site", "image". */
const char *page_part_name(enum page_part part);

/* Once, before page_read(): what of the parser needs more than memory. */
void page_prepare(void);
/* Reads UTF-8. */
void page_read(struct page *page, const char *html, size_t n);

#endif
