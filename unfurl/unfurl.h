/* The worker of link previews: is asked over HTTP for what a page says of itself, has it fetched and read by programs
 * of their own (fetch/, read/), and answers. Knows nobody, keeps nothing, has no secret. Loop thread only. */
#ifndef PARLEY_UNFURL_H
#define PARLEY_UNFURL_H

#include "httpd.h"
#include "unfurl_config.h"

struct unfurl {
    struct process process;
    struct unfurl_config config;
    struct httpd *httpd;
    struct timer *drain;
    char *fetch_program, *read_program;
    struct metric *asked, *found, *refused, *away, *failed;
    size_t open;
};

/* 0, or an error that was logged. unfurl_fini() in any case. */
int unfurl_init(struct unfurl *unfurl);
void unfurl_drain(void *unfurl);
void unfurl_fini(struct unfurl *unfurl);

#endif
