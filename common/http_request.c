/* One HTTP request as its handler sees it, and the answer. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "alloc.h"
#include "clock.h"
#include "err.h"
#include "httpd_internal.h"
#include "jsonw.h"
#include "log.h"

/* ---- life ---- */

static void make_id(char id[65])
{
    unsigned char bytes[12];
    if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
        abort();
    for (size_t i = 0; i < sizeof(bytes); i++)
        snprintf(id + i * 2, 3, "%02x", bytes[i]);
}

struct http_request *http_request_create(struct http_conn *conn)
{
    struct http_request *req = xcalloc(1, sizeof(*req));
    req->httpd = conn->httpd;
    req->conn = conn;
    req->method = HTTP_OTHER;
    req->began_us = clock_mono_us();
    http_address_print(&conn->peer, req->address);
    make_id(req->id);
    list_push(&conn->httpd->requests, &req->link);
    return req;
}

/* An id that a proxy gave passes when it can do no harm in a log line or a header. */
static bool id_ok(struct str id)
{
    if (id.n < 8 || id.n > 64)
        return false;
    for (size_t i = 0; i < id.n; i++) {
        char c = id.p[i];
        bool alnum = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (!alnum && c != '.' && c != '_' && c != '-')
            return false;
    }
    return true;
}

static void read_proxy_headers(struct http_request *req)
{
    const struct http_networks *trusted = &req->httpd->trusted;
    const struct http_address *peer = &req->conn->peer;
    struct http_address client = http_client_address(trusted, peer, http_head_last(&req->head, "x-forwarded-for"));
    http_address_print(&client, req->address);
    req->secure = http_networks_have(trusted, peer) && str_is(http_head_last(&req->head, "x-forwarded-proto"), "https");
}

int http_request_read(struct http_request *req, struct str bytes)
{
    int err = http_head_parse(bytes, &req->head);
    if (err)
        return err;
    req->method = http_method_of(req->head.method);
    struct str id = http_head_get(&req->head, "x-request-id");
    if (id_ok(id)) {
        memcpy(req->id, id.p, id.n);
        req->id[id.n] = '\0';
    }
    read_proxy_headers(req);

    struct str query;
    buf_reset(&req->path);
    err = http_target_split(req->head.target, &req->path, &query);
    if (err)
        return err;
    http_params_fini(&req->params);
    return http_params_parse(query, &req->params);
}

void http_request_destroy(struct http_request **req_p)
{
    struct http_request *req = *req_p;
    if (!req)
        return;
    *req_p = NULL;
    list_remove(&req->link);
    if (req->httpd)
        req->httpd->body_bytes -= req->reserved;
    http_params_fini(&req->params);
    buf_fini(&req->path);
    buf_fini(&req->bytes);
    free(req);
}

/* ---- what it says ---- */

enum http_method http_method(const struct http_request *req)
{
    return req->method;
}

struct str http_path(const struct http_request *req)
{
    return buf_view(&req->path);
}

bool http_query(const struct http_request *req, const char *name, struct str *value_r)
{
    return http_params_get(&req->params, name, value_r);
}

struct str http_header(const struct http_request *req, const char *lower_name)
{
    return http_head_get(&req->head, lower_name);
}

struct str http_body(const struct http_request *req)
{
    return req->body;
}

struct str http_address(const struct http_request *req)
{
    return str_of(req->address);
}

bool http_secure(const struct http_request *req)
{
    return req->secure;
}

bool http_origin_ok(const struct http_request *req)
{
    /* Without a server there is no client either, and nothing can be allowed to it. */
    if (!req->httpd)
        return false;
    if (!http_head_has(&req->head, "origin"))
        return true;
    struct str origin = http_head_get(&req->head, "origin");
    return origin.n > 0 &&
           http_origin_allowed(origin, http_head_get(&req->head, "host"), req->secure, req->httpd->origins);
}

const char *http_request_id(const struct http_request *req)
{
    return req->id;
}

/* ---- the answer ---- */

static const char *reason_of(int status)
{
    static const struct {
        int status;
        const char *reason;
    } rows[] = {{200, "OK"},
                {201, "Created"},
                {202, "Accepted"},
                {204, "No Content"},
                {206, "Partial Content"},
                {301, "Moved Permanently"},
                {302, "Found"},
                {303, "See Other"},
                {304, "Not Modified"},
                {307, "Temporary Redirect"},
                {308, "Permanent Redirect"},
                {400, "Bad Request"},
                {401, "Unauthorized"},
                {403, "Forbidden"},
                {404, "Not Found"},
                {405, "Method Not Allowed"},
                {408, "Request Timeout"},
                {409, "Conflict"},
                {411, "Length Required"},
                {412, "Precondition Failed"},
                {413, "Content Too Large"},
                {415, "Unsupported Media Type"},
                {416, "Range Not Satisfiable"},
                {422, "Unprocessable Content"},
                {426, "Upgrade Required"},
                {429, "Too Many Requests"},
                {431, "Request Header Fields Too Large"},
                {460, "Checksum Mismatch"},
                {500, "Internal Server Error"},
                {503, "Service Unavailable"},
                {504, "Gateway Timeout"}};
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].status == status)
            return rows[i].reason;
    return "Status";
}

/* A line break in a value would let it forge headers: such a header is left out, and somebody must look. */
static void put_header(struct http_request *req, struct buf *out, struct str name, struct str value)
{
    for (size_t i = 0; i < value.n; i++) {
        if ((unsigned char)value.p[i] < 0x20 && value.p[i] != '\t') {
            log_error(NULL, "response header refused", "request=%s name=%.*s", req->id, (int)name.n, name.p);
            return;
        }
    }
    buf_str(out, name);
    buf_cstr(out, ": ");
    buf_str(out, value);
    buf_cstr(out, "\r\n");
}

void http_count_answer(struct http_request *req, int status)
{
    struct httpd_metrics *m = &req->httpd->m;
    size_t class = status >= 100 && status < 600 ? (size_t)status / 100 : 5;
    httpd_metric(m->requests[class], 1);
    if (m->request_time)
        metric_observe_us(m->request_time, clock_mono_us() - req->began_us);
}

void http_answer_head(struct http_request *req, const struct http_response *res)
{
    struct buf *out = &req->conn->out;
    bool cache_said = false;
    /* A server that no longer accepts sends its clients elsewhere, one answer later. */
    if (!req->conn->httpd->listener)
        req->conn->keep_alive = false;
    http_body_settle(req->conn);
    buf_printf(out, "HTTP/1.1 %d %s\r\n", res->status, reason_of(res->status));
    if (res->type.n > 0)
        put_header(req, out, STR("content-type"), res->type);
    /* These two have no body, and no length of one (RFC 9110 §8.6). */
    if (res->length == HTTP_UNMEASURED)
        buf_cstr(out, req->head.http10 ? "" : "transfer-encoding: chunked\r\n");
    else if (res->status != 204 && res->status != 304)
        buf_printf(out, "content-length: %" PRId64 "\r\n", res->length > 0 ? res->length : (int64_t)res->body.n);
    for (size_t i = 0; i < res->header_count; i++) {
        put_header(req, out, res->headers[i][0], res->headers[i][1]);
        if (str_is(res->headers[i][0], "cache-control"))
            cache_said = true;
    }
    if (!cache_said)
        buf_cstr(out, "cache-control: no-store\r\n");
    buf_cstr(out, "x-content-type-options: nosniff\r\nreferrer-policy: no-referrer\r\n");
    buf_printf(out, "x-request-id: %s\r\n", req->id);
    if (!req->conn->keep_alive)
        buf_cstr(out, "connection: close\r\n");
    else if (req->head.http10)
        buf_cstr(out, "connection: keep-alive\r\n");
    buf_cstr(out, "\r\n");
}

void http_respond(struct http_request *req, const struct http_response *res)
{
    assert(res->status >= 200 && res->status < 600 && res->header_count <= 16);
    if (req->httpd)
        http_count_answer(req, res->status);
    struct http_conn *conn = req->conn;
    if (conn) {
        http_answer_head(req, res);
        bool bodiless = req->method == HTTP_HEAD || res->status == 204 || res->status == 304;
        if (!bodiless && res->body_static)
            conn->out_static = res->body;
        else if (!bodiless)
            buf_str(&conn->out, res->body);
    }
    http_request_destroy(&req);
    if (conn)
        http_conn_answer(conn);
}

void http_respond_error(struct http_request *req, int err, const char *detail)
{
    struct buf body = {0};
    struct jsonw w = jsonw_on(&body);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "code", err_code(err));
    jsonw_cstr(&w, "message", detail ? detail : err_text(err));
    jsonw_cstr(&w, "request_id", req->id);
    jsonw_obj_end(&w);
    struct http_response res = {
        .status = err_http_status(err), .type = STR("application/json"), .body = buf_view(&body)};
    /* RFC 9110 §15.5.22: the answer names what to upgrade to. */
    if (err == ERR_UPGRADE_REQUIRED) {
        res.headers[res.header_count][0] = STR("upgrade");
        res.headers[res.header_count++][1] = STR("websocket");
        res.headers[res.header_count][0] = STR("sec-websocket-version");
        res.headers[res.header_count++][1] = STR("13");
    }
    http_respond(req, &res);
    buf_fini(&body);
}
