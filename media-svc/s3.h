/* One bucket of an S3-compatible object store: signed requests, a bounded number at once and the rest in a bounded
 * queue, tried again when that can help, and a probe that tells whether the store answers. Callbacks come exactly once,
 * later; a function that returns an error calls none. Loop thread only. */
#ifndef PARLEY_MEDIA_S3_H
#define PARLEY_MEDIA_S3_H

#include "fetch.h"
#include "metrics.h"
#include "s3_sign.h"

struct s3;

struct s3_config {
    const char *endpoint; /* http[s]://host[:port] */
    const char *bucket, *region, *access_key, *secret_key;
    const char *prefix; /* of every object's name */
    bool path_style;    /* the bucket is in the path, not in the host's name */
};

/* 0; ERR_BAD_REQUEST: the configuration makes no sense, which was logged. Probes at once, and then every few seconds.
 */
int s3_create(struct s3 **s3_r, struct loop *loop, const struct s3_config *config, struct metrics *metrics);
/* What is due is called with ERR_UNAVAILABLE first. */
void s3_destroy(struct s3 **s3);

/* It was reached with this configuration once, and what was written could be read. */
bool s3_proven(const struct s3 *s3);
/* NULL: the last probe went well; else what is wrong, in words. */
const char *s3_trouble(const struct s3 *s3);

enum s3_method { S3_GET, S3_PUT, S3_POST, S3_DELETE, S3_METHODS };

struct s3_request {
    enum s3_method method;
    const char *object;          /* its name behind the prefix; copied */
    const struct s3_pair *query; /* in the order of their names; copied */
    size_t query_count;
    struct str body; /* the caller's until it is called back */
    int64_t at, end; /* of a GET: the bytes that are wanted; end 0: all */
    size_t max_answer;
    bool once; /* trying again could do more than what is asked for */
};

/* 0: done, and the answer. ERR_NOT_FOUND: there is no such object, or nothing at that place. ERR_UNAVAILABLE:
 * everything else, told of by s3_trouble() or the log. The views are good for the time of the call. */
typedef void s3_fn(void *arg, int err, const struct fetch_answer *answer);
/* ERR_BUSY: too many wait already. */
int s3_ask(struct s3 *s3, const struct s3_request *request, s3_fn *fn, void *arg);

#endif
