/* Answers what is not the API: probes, the API's description and the files of the web client. */
#include "err.h"
#include "rest.h"
#include "static_files.h"

/* The client needs nothing but itself: no inline code, no other site, never in a frame. A WebSocket of the same origin
 * is 'self'. */
#define POLICY                                                                                                                      \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; font-src 'self'; "                        \
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; " \
    "form-action 'self'"

static void add_header(struct http_response *res, struct str name, struct str value)
{
    res->headers[res->header_count][0] = name;
    res->headers[res->header_count++][1] = value;
}

static void respond_text(struct http_request *req, int status, const char *text)
{
    struct http_response res = {.status = status, .type = STR("text/plain; charset=utf-8"), .body = str_of(text)};
    add_header(&res, STR("cache-control"), STR("no-store"));
    http_respond(req, &res);
}

/* Is the tag among those the client holds? */
static bool holds(struct str if_none_match, struct str etag)
{
    while (if_none_match.n > 0) {
        struct str tag;
        if_none_match = str_cut(if_none_match, ',', &tag);
        while (tag.n > 0 && tag.p[0] == ' ')
            tag.p++, tag.n--;
        if (str_starts(tag, STR("W/")))
            tag.p += 2, tag.n -= 2;
        while (tag.n > 0 && tag.p[tag.n - 1] == ' ')
            tag.n--;
        if (str_eq(tag, etag) || str_is(tag, "*"))
            return true;
    }
    return false;
}

static void respond_file(struct http_request *req, const struct static_choice *file)
{
    struct http_response res = {.status = 200, .type = file->type, .body = file->body, .body_static = true};
    if (holds(http_header(req, "if-none-match"), file->etag))
        res = (struct http_response){.status = 304};
    else if (file->encoding.n > 0)
        add_header(&res, STR("content-encoding"), file->encoding);
    add_header(&res, STR("etag"), file->etag);
    add_header(&res, STR("cache-control"),
               file->immutable ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
    if (file->varies)
        add_header(&res, STR("vary"), STR("accept-encoding"));
    add_header(&res, STR("content-security-policy"), STR(POLICY));
    add_header(&res, STR("x-frame-options"), STR("DENY"));
    add_header(&res, STR("permissions-policy"),
               STR("camera=(), display-capture=(), geolocation=(), microphone=(self), payment=(), usb=()"));
    add_header(&res, STR("cross-origin-opener-policy"), STR("same-origin"));
    http_respond(req, &res);
}

void pages_handle(struct gateway *gw, struct http_request *req)
{
    struct str path = http_path(req);
    struct static_choice file;
    const char *why;
    if (http_method(req) != HTTP_GET && http_method(req) != HTTP_HEAD) {
        http_respond_error(req, ERR_METHOD_NOT_ALLOWED, NULL);
    } else if (str_is(path, "/healthz")) {
        respond_text(req, 200, "alive\n");
    } else if (str_is(path, "/readyz")) {
        why = gateway_ready(gw);
        respond_text(req, why ? 503 : 200, why ? why : "ready\n");
    } else if (str_is(path, "/api/v1/openapi.yaml") && gw->openapi) {
        struct http_response res = {.status = 200,
                                    .type = STR("application/yaml"),
                                    .body = {gw->openapi, gw->openapi_bytes},
                                    .body_static = true};
        add_header(&res, STR("cache-control"), STR("no-cache"));
        http_respond(req, &res);
    } else if (!str_starts(path, STR("/api/")) && !str_is(path, "/metrics") &&
               static_files_find(gw->files, path, http_header(req, "accept-encoding"), &file)) {
        respond_file(req, &file);
    } else {
        http_respond_error(req, ERR_NOT_FOUND, NULL);
    }
}
