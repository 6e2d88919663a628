/* A request's life: authenticated, and answered in the words of the protocol. */
#include "call.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "alloc.h"
#include "authn.h"
#include "clock.h"
#include "err.h"
#include "jsonw.h"
#include "log.h"
#include "media.h"
#include "tus.h"
#include "visitor.h"

#define COOKIE "parley_media"

const char *const media_op_names[MEDIA_OPS] = {
    [MEDIA_OTHER] = "other",   [MEDIA_PROBE] = "probe", [MEDIA_OPTIONS] = "options", [MEDIA_MAKE] = "make",
    [MEDIA_OFFSET] = "offset", [MEDIA_PATCH] = "patch", [MEDIA_END] = "end",         [MEDIA_ORIGINAL] = "original",
    [MEDIA_SMALL] = "small",   [MEDIA_LARGE] = "large", [MEDIA_INFO] = "info",       [MEDIA_MINE] = "mine",
};

enum http_method call_method(const struct http_request *req)
{
    struct str other = http_header(req, "x-http-method-override");
    if (http_method(req) != HTTP_POST || other.n == 0)
        return http_method(req);
    if (str_is(other, "PATCH"))
        return HTTP_PATCH;
    return str_is(other, "DELETE") ? HTTP_DELETE : HTTP_OTHER;
}

struct call *call_begin(struct media *media, struct http_request *req)
{
    struct call *call = xcalloc(1, sizeof(*call));
    call->media = media;
    call->req = req;
    call->method = call_method(req);
    call->begun_us = clock_mono_us();
    media->open++;
    return call;
}

static void call_end(struct call *call)
{
    metric_observe_us(call->media->m.op_latency[call->op], clock_mono_us() - call->begun_us);
    call->media->open--;
    free(call);
}

/* ---- answers ---- */

void call_header(struct http_response *res, struct str name, struct str value)
{
    res->headers[res->header_count][0] = name;
    res->headers[res->header_count++][1] = value;
}

static void put_version(struct call *call, struct http_response *res)
{
    if (call->tus)
        call_header(res, STR("tus-resumable"), STR(TUS_VERSION));
}

void call_respond(struct call *call, struct http_response *res)
{
    put_version(call, res);
    http_respond(call->req, res);
    call_end(call);
}

int call_respond_stream(struct call *call, struct http_response *res, const struct http_source *source, void *arg)
{
    int err = http_respond_stream(call->req, res, source, arg);
    call_end(call);
    return err;
}

/* The person has the same id. */
static void log_failure(const struct call *call, int err)
{
    const char *id = http_request_id(call->req);
    long long user = call->claims.user, took_us = clock_mono_us() - call->begun_us;
    if (err == ERR_INTERNAL || err == ERR_TIMEOUT)
        log_warn(NULL, "request failed", "request=%s op=%s user=%lld code=%s took_us=%lld", id,
                 media_op_names[call->op], user, err_code(err), took_us);
    else
        log_debug(NULL, "request refused", "request=%s op=%s user=%lld code=%s took_us=%lld", id,
                  media_op_names[call->op], user, err_code(err), took_us);
}

void call_fail(struct call *call, int err, const char *detail)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    metric_add(call->media->m.op_errors[call->op], 1);
    log_failure(call, err);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "code", err_code(err));
    jsonw_cstr(&w, "message", detail ? detail : err_text(err));
    jsonw_cstr(&w, "request_id", http_request_id(call->req));
    jsonw_obj_end(&w);
    struct http_response res = {
        .status = err_http_status(err), .type = STR("application/json"), .body = buf_view(&text)};
    if (res.status == 401)
        call_header(&res, STR("www-authenticate"), STR("Bearer"));
    char retry[24];
    snprintf(retry, sizeof(retry), "%lld", (long long)(call->retry_ms > 1000 ? (call->retry_ms + 999) / 1000 : 1));
    if (res.status == 503 || res.status == 429)
        call_header(&res, STR("retry-after"), str_of(retry));
    if (res.status == 412)
        call_header(&res, STR("tus-version"), STR(TUS_VERSION));
    call_respond(call, &res);
    buf_fini(&text);
}

/* ---- who asks ---- */

/* The value of our cookie in a Cookie header; empty: none. */
static struct str cookie_of(struct str header)
{
    while (header.n > 0) {
        struct str pair, key;
        header = str_cut(header, ';', &pair);
        while (pair.n > 0 && pair.p[0] == ' ')
            pair.p++, pair.n--;
        struct str value = str_cut(pair, '=', &key);
        if (str_is(key, COOKIE))
            return value;
    }
    return (struct str){"", 0};
}

static struct str token_of(const struct http_request *req, bool by_cookie)
{
    struct str scheme, token = str_cut(http_header(req, "authorization"), ' ', &scheme);
    if (scheme.n == 6 && strncasecmp(scheme.p, "bearer", 6) == 0)
        return token;
    return by_cookie ? cookie_of(http_header(req, "cookie")) : (struct str){"", 0};
}

/* The scope that is asked for waits where the claims will be. */
static void judged(void *arg, int err, const struct token_claims *claims)
{
    struct call *call = arg;
    uint32_t wanted = call->claims.scopes;
    if (!err && (claims->scopes & wanted) != wanted)
        err = ERR_SCOPE_MISSING;
    if (err) {
        call_fail(call, err, NULL);
        return;
    }
    call->claims = *claims;
    err = visitor_asks(call->media->visitors, claims->user, &call->retry_ms);
    if (err) {
        metric_add(call->media->m.held_back, 1);
        call_fail(call, err, NULL);
        return;
    }
    call->judged(call);
}

int call_enter(struct call *call)
{
    int err = visitor_enters(call->media->visitors, call->claims.user);
    if (err)
        metric_add(call->media->m.held_back, 1);
    return err;
}

void call_authenticate(struct call *call, bool by_cookie, enum scope scope, void (*next)(struct call *call))
{
    struct token_claims claims = {0};
    struct str token = token_of(call->req, by_cookie);
    call->judged = next;
    call->claims.scopes = 1U << scope;
    int err = token.n > 0 ? authn_judge(call->media->authn, token, &claims, judged, call) : ERR_UNAUTHORIZED;
    if (err != AUTHN_LATER)
        judged(call, err, &claims);
}
