/* One request to media-svc between its arrival and its answer: who asks, for which file, and the ways to answer. Each
 * is answered exactly once, which frees it; whether the client is still there makes no difference to that. */
#ifndef PARLEY_MEDIA_CALL_H
#define PARLEY_MEDIA_CALL_H

#include "file_id.h"
#include "httpd.h"
#include "scope.h"
#include "token.h"

struct media;

/* What requests are counted as. */
enum media_op {
    MEDIA_OTHER,
    MEDIA_PROBE,
    MEDIA_OPTIONS,
    MEDIA_MAKE,
    MEDIA_OFFSET,
    MEDIA_PATCH,
    MEDIA_END,
    MEDIA_ORIGINAL,
    MEDIA_SMALL,
    MEDIA_LARGE,
    MEDIA_INFO,
    MEDIA_MINE,
    MEDIA_OPS
};
extern const char *const media_op_names[MEDIA_OPS];

struct call {
    struct media *media;
    struct http_request *req;
    enum http_method method; /* X-HTTP-Method-Override is heeded */
    bool tus;                /* the answer has Tus-Resumable */
    struct file_id id;
    struct token_claims claims;
    enum media_op op;
    int64_t begun_us;
    int64_t retry_ms; /* of ERR_RATE_LIMITED */
    void (*judged)(struct call *call);
};

/* The method that is meant: a client that can only POST may say another one in a header (tus 1.0). */
enum http_method call_method(const struct http_request *req);

struct call *call_begin(struct media *media, struct http_request *req);
/* Find out who asks, then go on with `next`: by the access token in Authorization, or, `by_cookie`, the one in the
 * cookie parley_media. Answers by itself when that is nobody, or one whose token lacks the scope. */
void call_authenticate(struct call *call, bool by_cookie, enum scope scope, void (*next)(struct call *call));

/* A body of the person's is to go either way. ERR_BUSY: too many of them do. visitor_leaves() when it has ended. */
int call_enter(struct call *call);

/* Add a header; both views live until the answer. */
void call_header(struct http_response *res, struct str name, struct str value);
void call_respond(struct call *call, struct http_response *res);
/* The body comes from `source`; answered when the call returns. What http_respond_stream() returns. */
int call_respond_stream(struct call *call, struct http_response *res, const struct http_source *source, void *arg);
void call_fail(struct call *call, int err, const char *detail);

#endif
