/* Answers the REST paths of the contract by asking the services behind them. */
#include "rest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "authn.h"
#include "clock.h"
#include "cookie.h"
#include "err.h"
#include "ingest.h"
#include "json_cut.h"
#include "jsonw.h"
#include "log.h"
#include "rate_limit.h"
#include "rest_args.h"
#include "route.h"

#define API STR("/api/v1")

enum {
    CALL_MS = 10000,
    READ_MS = 5000,       /* what only reads is asked again at once by who needs it */
    WINDOWED_RETRY_S = 60 /* services count over windows of minutes; when a window ends they do not say */
};

/* One request between its arrival and its answer; it lives until it is answered and no callback is due. */
struct rest_call {
    struct list open; /* of gateway.rest_calls */
    struct gateway *gw;
    struct http_request *req; /* NULL: answered */
    const struct route *route;
    struct route_match match; /* its views live as long as the request */
    struct buf args;          /* JSON object, its end still open */
    struct jval *body;
    struct token_claims claims;
    int64_t begun_us;
    char ref[32];
    unsigned due;  /* callbacks that hold it */
    bool windowed; /* it was a service that had counted too many tries */
};

/* Free it when it is answered and nothing calls back any more. The last thing a function does with it. */
static void rest_settle(struct rest_call *c)
{
    if (c->req || c->due > 0)
        return;
    buf_fini(&c->args);
    jval_free(c->body);
    free(c);
}

/* ---- answers ---- */

/* Of what changes a room, for `parley trace`. */
static void note_sent(const struct rest_call *c, int64_t took_us)
{
    struct hop hop = {.kind = HOP_SENT, .at_us = {hops_wall_us(c->begun_us)}};
    hop.at_us[1] = hop.at_us[0] + took_us;
    snprintf(hop.request, sizeof(hop.request), "%s", http_request_id(c->req));
    hops_note(c->gw->process.hops, &hop);
}

/* `id` is what the person sees with an error: the services say it, too. */
static void log_answer(const struct rest_call *c, int err, int64_t took_us)
{
    const char *id = http_request_id(c->req);
    const struct route *r = c->route;
    if (err == ERR_INTERNAL || err == ERR_TIMEOUT)
        log_warn(NULL, "request failed", "request=%s route=%s user=%" PRId64 " code=%s took_us=%" PRId64, id,
                 r->pattern, c->claims.user, err_code(err), took_us);
    else
        log_debug(NULL, "request answered", "request=%s route=%s user=%" PRId64 " code=%s took_us=%" PRId64, id,
                  r->pattern, c->claims.user, err_code(err), took_us);
}

/* Before the answer is given. */
static void count_answer(const struct rest_call *c, int err)
{
    int64_t took_us = clock_mono_us() - c->begun_us;
    rest_metrics_answered(c->gw, c->route, err, took_us);
    log_answer(c, err, took_us);
    if (c->route->ingest)
        note_sent(c, took_us);
}

static void answered(struct rest_call *c)
{
    list_remove(&c->open);
    c->gw->rest_open--;
    c->req = NULL;
    rest_settle(c);
}

static void add_header(struct http_response *res, struct str name, struct str value)
{
    res->headers[res->header_count][0] = name;
    res->headers[res->header_count++][1] = value;
}

/* {"code","message","request_id"}, with one more header that is not of every error. */
static void respond_error(struct http_request *req, int err, const char *detail, struct str name, struct str value)
{
    struct buf text = {0};
    struct jsonw w = jsonw_on(&text);
    jsonw_obj(&w, NULL);
    jsonw_cstr(&w, "code", err_code(err));
    jsonw_cstr(&w, "message", detail ? detail : err_text(err));
    jsonw_cstr(&w, "request_id", http_request_id(req));
    jsonw_obj_end(&w);
    struct http_response res = {
        .status = err_http_status(err), .type = STR("application/json"), .body = buf_view(&text)};
    add_header(&res, STR("cache-control"), STR("no-store"));
    if (name.n > 0)
        add_header(&res, name, value);
    http_respond(req, &res);
    buf_fini(&text);
}

static bool secure_cookies(const struct rest_call *c)
{
    struct str mode = str_of(c->gw->config.secure_cookies);
    return str_is(mode, "on") || (str_is(mode, "auto") && http_secure(c->req));
}

/* Answers, and may free the call. */
static void rest_fail(struct rest_call *c, int err, const char *detail)
{
    struct buf cookie = {0};
    char retry[24];
    count_answer(c, err);
    if (err_http_status(err) == 401 && (c->route->cookie == COOKIE_ROTATE || c->route->cookie == COOKIE_CLEAR)) {
        cookie_clear(&cookie, secure_cookies(c));
        respond_error(c->req, err, detail, STR("set-cookie"), buf_view(&cookie));
    } else if (err_http_status(err) == 401 && c->route->login) {
        respond_error(c->req, err, detail, STR("www-authenticate"), STR("Bearer"));
    } else if (err == ERR_RATE_LIMITED || err == ERR_BUSY || err == ERR_UNAVAILABLE) {
        snprintf(retry, sizeof(retry), "%d", c->windowed ? WINDOWED_RETRY_S : 1);
        respond_error(c->req, err, detail, STR("retry-after"), str_of(retry));
    } else {
        respond_error(c->req, err, detail, (struct str){0}, (struct str){0});
    }
    buf_fini(&cookie);
    answered(c);
}

/* The refresh token moves from the answer's body into a cookie, and the access token is copied into one. False: the
 * answer is not as it should be. */
static bool move_token(struct rest_call *c, struct str body, struct buf *text, struct buf *cookie, struct buf *media)
{
    static const char *const hidden[] = {"refresh_token", "refresh_expires_in", NULL};
    struct str token, access;
    int64_t max_age, access_age;
    struct jval *root = jval_parse(body);
    bool good = jval_get_str(root, "refresh_token", &token) && cookie_token_ok(token) &&
                jval_get_int(root, "refresh_expires_in", &max_age) && jval_get_str(root, "access_token", &access) &&
                cookie_access_ok(access) && jval_get_int(root, "expires_in", &access_age);
    if (good) {
        cookie_set(cookie, secure_cookies(c), token, max_age);
        cookie_set_media(media, secure_cookies(c), access, access_age);
        json_cut(body, hidden, text);
    }
    jval_free(root);
    return good;
}

static void rest_succeed(struct rest_call *c, struct str body)
{
    struct buf text = {0}, cookie = {0}, media = {0};
    struct http_response res = {.status = c->route->status};
    if (c->route->cookie == COOKIE_SET || c->route->cookie == COOKIE_ROTATE) {
        if (!move_token(c, body, &text, &cookie, &media)) {
            rest_fail(c, ERR_INTERNAL, NULL);
            return;
        }
        body = buf_view(&text);
    } else if (c->route->cookie == COOKIE_CLEAR) {
        cookie_clear(&cookie, secure_cookies(c));
        cookie_clear_media(&media, secure_cookies(c));
    }
    if (res.status != 204) {
        res.type = STR("application/json");
        res.body = body;
    }
    add_header(&res, STR("cache-control"), STR("no-store"));
    if (cookie.n > 0)
        add_header(&res, STR("set-cookie"), buf_view(&cookie));
    if (media.n > 0)
        add_header(&res, STR("set-cookie"), buf_view(&media));
    count_answer(c, 0);
    http_respond(c->req, &res);
    buf_fini(&text);
    buf_fini(&cookie);
    buf_fini(&media);
    answered(c);
}

/* ---- asking the service ---- */

static void rest_done(void *arg, int err, struct str body)
{
    struct rest_call *c = arg;
    char detail[200];
    c->due--;
    if (!c->req) {
        rest_settle(c);
    } else if (err) {
        c->windowed = err == ERR_RATE_LIMITED;
        snprintf(detail, sizeof(detail), "%.*s", (int)(body.n < sizeof(detail) ? body.n : 0), body.p);
        rest_fail(c, err, *detail && str_utf8(str_of(detail)) ? detail : NULL);
    } else {
        rest_succeed(c, body);
    }
}

static struct caller rest_caller(const struct rest_call *c)
{
    return (struct caller){
        .user = c->claims.user,
        .session = str_of(c->claims.session),
        .address = http_address(c->req),
        .agent = http_header(c->req, "user-agent"),
        .trace = str_of(http_request_id(c->req)),
    };
}

static void rest_ask(struct rest_call *c)
{
    struct caller caller = rest_caller(c);
    buf_char(&c->args, '}');
    c->due = 1;
    unsigned deadline_ms = c->route->method == HTTP_GET ? READ_MS : CALL_MS;
    int err = rpc_call(c->gw->process.rpc, c->route->service, c->route->call, &caller, buf_view(&c->args), deadline_ms,
                       rest_done, c);
    if (!err)
        return;
    c->due = 0;
    rest_fail(c, err, NULL);
}

static void rest_put(void *arg, int err)
{
    struct rest_call *c = arg;
    c->due--;
    /* Of other errors the outcome is not known: the answer comes, or the deadline does. */
    if (err == ERR_BUSY && c->req) {
        rpc_forget(c->gw->process.rpc, c->ref);
        c->due--; /* rest_done */
        rest_fail(c, err, NULL);
    } else {
        rest_settle(c);
    }
}

/* An act has its arguments as JSON; a message and the changes of membership, which are older, in fields. */
static bool takes_args(const char *kind)
{
    static const char *const without[] = {"send", "join", "leave", "add", "remove"};
    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
        if (strcmp(kind, without[i]) == 0)
            return false;
    return true;
}

/* The room that an invitation leads to: its token begins with the number. 0: it is none. */
static int64_t invited_to(struct str token)
{
    struct str number;
    int64_t room = 0;
    str_cut(token, '-', &number);
    return str_i64(number, &room) && room > 0 ? room : 0;
}

/* What the body says of a message, or of the person it is about. */
static void take_body(const struct rest_call *c, struct ingest_entry *e, struct str *target)
{
    jval_get_str(rest_body_with(c->route, c->body, "user"), "user", target);
    jval_get_str(rest_body_with(c->route, c->body, "body"), "body", &e->body);
    jval_get_str(rest_body_with(c->route, c->body, "cmid"), "cmid", &e->cmid);
    jval_get_int(rest_body_with(c->route, c->body, "thread"), "thread", &e->thread);
    jval_get_int(rest_body_with(c->route, c->body, "quote"), "quote", &e->quote);
    jval_get_id(rest_body_with(c->route, c->body, "from_room"), "from_room", &e->from_room);
    jval_get_int(rest_body_with(c->route, c->body, "from_seq"), "from_seq", &e->from_seq);
}

/* A poll or a sticker. */
static bool is_more_than_text(const struct rest_call *c)
{
    return jval_get(rest_body_with(c->route, c->body, "poll"), "poll") ||
           jval_get(rest_body_with(c->route, c->body, "sticker"), "sticker");
}

static void rest_ingest(struct rest_call *c)
{
    struct caller caller = rest_caller(c);
    struct str target = {0}; /* who is added or removed, or an invitation */
    char files[INGEST_FILES_TEXT];
    struct ingest_entry entry = {
        .kind = c->route->ingest,
        .inbox = rpc_inbox(c->gw->process.rpc),
        .user = c->claims.user,
        .device = STR("rest"),
        .trace = caller.trace,
        .address = caller.address,
    };
    bool is_act = takes_args(entry.kind), invited = strcmp(c->route->params[0].name, "token") == 0;
    take_body(c, &entry, &target);
    if (!is_act)
        entry.files = ingest_files(jval_get(rest_body_with(c->route, c->body, "files"), "files"), files);
    buf_char(&c->args, '}');
    if (invited) {
        target = c->match.params[0];
        entry.room = invited_to(target);
    } else {
        str_i64(c->match.params[0], &entry.room);
    }
    if (entry.room <= 0) {
        rest_fail(c, invited ? ERR_INVITE_NOT_FOUND : ERR_ROOM_NOT_FOUND, NULL);
        return;
    }
    if (c->route->param_count > 1)
        target = c->match.params[1];
    if (is_act || target.n > 0)
        entry.body = is_act ? (struct str){0} : target;
    if (is_act || is_more_than_text(c))
        entry.args = buf_view(&c->args);
    int err = rpc_expect(c->gw->process.rpc, CALL_MS, rest_done, c, c->ref);
    if (err) {
        rest_fail(c, err, NULL);
        return;
    }
    entry.ref = str_of(c->ref);
    c->due = 2; /* rest_done, rest_put */
    err = ingest_add(c->gw->ingest, &entry, rest_put, c);
    if (!err)
        return;
    rpc_forget(c->gw->process.rpc, c->ref);
    c->due = 0;
    rest_fail(c, err, NULL);
}

/* The refresh cookie becomes an argument. False: it is needed and not there. */
static bool rest_cookie(struct rest_call *c)
{
    struct str token;
    if (c->route->cookie != COOKIE_ROTATE && c->route->cookie != COOKIE_CLEAR)
        return true;
    if (!cookie_find(http_header(c->req, "cookie"), secure_cookies(c), &token))
        return c->route->cookie == COOKIE_CLEAR;
    /* The paths with a cookie take no other arguments. */
    buf_cstr(&c->args, "\"refresh_token\":\"");
    buf_str(&c->args, token);
    buf_char(&c->args, '"');
    return true;
}

/* ---- what is asked ---- */

static bool get_query(void *req, const char *name, struct str *value_r)
{
    return http_query(req, name, value_r);
}

/* 0, or the error and what to say. */
static int rest_read(struct rest_call *c, const char **bad_r)
{
    struct str body = http_body(c->req), type;
    bool changes = http_method(c->req) != HTTP_GET && http_method(c->req) != HTTP_HEAD;
    if (changes && body.n == 0 && c->route->body_count > 0)
        return ERR_BAD_JSON;
    if (changes && body.n > 0) {
        str_cut(http_header(c->req, "content-type"), ';', &type);
        while (type.n > 0 && type.p[type.n - 1] == ' ')
            type.n--;
        if (type.n != 16 || strncasecmp(type.p, "application/json", 16) != 0)
            return ERR_UNSUPPORTED_TYPE;
        c->body = jval_parse(body);
        if (!c->body || !jval_is_object(c->body))
            return ERR_BAD_JSON;
    }
    struct jsonw w = jsonw_on(&c->args);
    return rest_args(c->route, c->match.params, get_query, c->req, c->body, &w, bad_r) ? 0 : ERR_BAD_REQUEST;
}

static void rest_lacks_scope(struct rest_call *c)
{
    char detail[96];
    if (c->route->scope == SCOPE_LOGIN)
        snprintf(detail, sizeof(detail), "No access token may do that: log in.");
    else
        snprintf(detail, sizeof(detail), "This token has not the scope \"%s\".", scope_name(c->route->scope));
    rest_fail(c, ERR_SCOPE_MISSING, detail);
}

/* Who asks is known, and pays for it before anything is read. */
static void rest_run(struct rest_call *c)
{
    char key[RATE_KEY_MAX], detail[96];
    int64_t retry_ms;
    const char *bad = NULL;
    if (c->claims.user)
        rate_key_user(c->claims.user, key);
    else
        rate_key_address(http_address(c->req), key);
    if (!rate_limit_take(c->gw->rates, key, rate_bucket_rest(c->route->rate), c->route->rate, &retry_ms)) {
        metric_add(c->gw->m.limited, 1);
        rest_fail(c, ERR_RATE_LIMITED, NULL);
        return;
    }
    if (c->claims.user && !scope_in(c->claims.scopes, c->route->scope)) {
        rest_lacks_scope(c);
        return;
    }
    int err = rest_read(c, &bad);
    if (err == ERR_BAD_REQUEST && bad)
        snprintf(detail, sizeof(detail), "The field \"%s\" is missing or wrong.", bad);
    if (err)
        rest_fail(c, err, err == ERR_BAD_REQUEST && bad ? detail : NULL);
    else if (!rest_cookie(c))
        rest_fail(c, ERR_UNAUTHORIZED, NULL);
    else if (c->route->ingest)
        rest_ingest(c);
    else
        rest_ask(c);
}

/* ---- who asks ---- */

/* May a request of nobody known be looked at? One that turns out to be nobody's takes a token; those of people with a
 * good token take none, so that they can come behind one address in any number. */
static bool nobody_may(const struct rest_call *c)
{
    char key[RATE_KEY_MAX];
    int64_t retry_ms;
    rate_key_address(http_address(c->req), key);
    return rate_limit_has(c->gw->rates, key, rate_bucket_nobody(), RATE_AUTH, &retry_ms);
}

static void nobody_asked(const struct rest_call *c)
{
    char key[RATE_KEY_MAX];
    int64_t retry_ms;
    rate_key_address(http_address(c->req), key);
    /* None left: it was looked at together with others. */
    (void)rate_limit_take(c->gw->rates, key, rate_bucket_nobody(), RATE_AUTH, &retry_ms);
}

static void rest_judged(struct rest_call *c, int err, const struct token_claims *claims)
{
    if (err == 0)
        c->claims = *claims;
    else if (err_http_status(err) == 401)
        nobody_asked(c);
    /* Logging out works with a token that is good for nothing else any more. */
    if (err == 0 || !c->route->login)
        rest_run(c);
    else
        rest_fail(c, err, NULL);
}

static void rest_judged_later(void *arg, int err, const struct token_claims *claims)
{
    struct rest_call *c = arg;
    c->due--;
    if (c->req)
        rest_judged(c, err, claims);
    else
        rest_settle(c);
}

static void rest_authenticate(struct rest_call *c)
{
    struct str header = http_header(c->req, "authorization"), scheme;
    struct str token = str_cut(header, ' ', &scheme);
    struct token_claims claims = {0};
    bool bearer = scheme.n == 6 && strncasecmp(scheme.p, "bearer", 6) == 0 && token.n > 0;
    /* Paths without login ignore a token; only logging out may be by it. */
    if (!c->route->login && (c->route->cookie != COOKIE_CLEAR || !bearer)) {
        rest_run(c);
        return;
    }
    if ((!bearer || !authn_knows(c->gw->auth, token)) && !nobody_may(c)) {
        metric_add(c->gw->m.limited, 1);
        rest_fail(c, ERR_RATE_LIMITED, NULL);
        return;
    }
    int err = bearer ? authn_judge(c->gw->auth, token, &claims, rest_judged_later, c) : ERR_UNAUTHORIZED;
    if (err == AUTHN_LATER)
        c->due++;
    else
        rest_judged(c, err, &claims);
}

static void rest_api(struct gateway *gw, struct http_request *req, struct str path)
{
    struct route_match m;
    char allow[ROUTE_ALLOW_MAX];
    int err = route_find((int)http_method(req), path, &m, allow);
    if (err) {
        rest_metrics_answered(gw, NULL, err, 0);
        respond_error(req, err, NULL, err == ERR_METHOD_NOT_ALLOWED ? STR("allow") : (struct str){0}, str_of(allow));
        return;
    }
    struct rest_call *c = xcalloc(1, sizeof(*c));
    c->gw = gw;
    c->req = req;
    c->route = m.route;
    c->match = m;
    c->begun_us = clock_mono_us();
    list_init(&c->open);
    list_push(&gw->rest_calls, &c->open);
    gw->rest_open++;
    bool changes = http_method(req) != HTTP_GET && http_method(req) != HTTP_HEAD;
    if (changes && !http_origin_ok(req))
        rest_fail(c, ERR_BAD_ORIGIN, NULL);
    else
        rest_authenticate(c);
}

void rest_abandon(struct gateway *gw)
{
    while (!list_empty(&gw->rest_calls))
        rest_fail(LIST_ITEM(gw->rest_calls.next, struct rest_call, open), ERR_UNAVAILABLE, NULL);
}

void rest_handle(void *gateway, struct http_request *req)
{
    struct str path = http_path(req);
    if (str_is(path, "/api/v1/openapi.yaml") || !str_starts(path, STR("/api/"))) {
        pages_handle(gateway, req);
        return;
    }
    /* Other versions of the API are not there. */
    path = str_starts(path, API) ? (struct str){path.p + API.n, path.n - API.n} : STR("/");
    rest_api(gateway, req, path);
}
