/* What s3.c and s3_probe.c share. */
#ifndef PARLEY_MEDIA_S3_INTERNAL_H
#define PARLEY_MEDIA_S3_INTERNAL_H

#include "list.h"
#include "s3.h"

enum { PROBE_MS = 10000, PROBE_AGAIN_MS = 1000 };

struct s3 {
    struct loop *loop;
    struct fetcher *fetcher;
    struct s3_config config;
    struct s3_signer signer;
    struct timer *probe;
    struct list waiting, calls; /* not yet begun, begun */
    size_t waiting_count, running;
    struct metric *requests[S3_METHODS], *seconds[S3_METHODS], *errors, *up;
    bool https, ending, proven, probing;
    char host[300], trouble[400];
};

/* The store does what it is asked. */
void s3_well(struct s3 *s3);
/* Everything due is called with ERR_UNAVAILABLE, and nothing more is begun. */
void s3_cancel_all(struct s3 *s3);

#endif
