/* A blocking HTTP client for tests, on libcurl. */
#include "http_client.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"

static size_t on_body(char *p, size_t size, size_t n, void *arg)
{
    buf_put(arg, p, size * n);
    return size * n;
}

static size_t on_header(char *p, size_t size, size_t n, void *arg)
{
    struct buf *b = arg;
    bool name = true;
    for (size_t i = 0; i < size * n; i++) {
        name = name && p[i] != ':';
        buf_char(b, name ? (char)tolower((unsigned char)p[i]) : p[i]);
    }
    return size * n;
}

static void add_header(struct curl_slist **list, const char *name, const char *value)
{
    struct buf line = {0};
    buf_printf(&line, "%s%s", name, value);
    *list = curl_slist_append(*list, buf_c(&line));
    buf_fini(&line);
}

static struct curl_slist *headers_of(const char *body, const struct http_extra *x)
{
    struct curl_slist *list = curl_slist_append(NULL, "Expect:");
    if (body)
        add_header(&list, "Content-Type: ", x->type ? x->type : "application/json");
    if (x->token)
        add_header(&list, "Authorization: Bearer ", x->token);
    if (x->cookie)
        add_header(&list, "Cookie: ", x->cookie);
    if (x->origin)
        add_header(&list, "Origin: ", x->origin);
    if (x->header)
        add_header(&list, "", x->header);
    for (const char *const *h = x->headers; h && *h; h++)
        add_header(&list, "", *h);
    return list;
}

struct http_answer http_ask(int port, const char *method, const char *path, const char *body,
                            const struct http_extra *extra)
{
    static const struct http_extra none;
    struct http_answer a = {0};
    struct buf url = {0};
    buf_printf(&url, "http://127.0.0.1:%d%s", port, path);
    struct curl_slist *headers = headers_of(body, extra ? extra : &none);
    CURL *curl = curl_easy_init();
    curl_easy_setopt(curl, CURLOPT_URL, buf_c(&url));
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, 20000L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &a.body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, &a.headers);
    if (body) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE,
                         (curl_off_t)(extra && extra->body_n > 0 ? extra->body_n : strlen(body)));
    } else if (strcmp(method, "HEAD") == 0) {
        curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    } else if (strcmp(method, "POST") == 0) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, "");
    }
    curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    a.status = (int)status;
    a.json = jval_parse(buf_view(&a.body));
    curl_easy_cleanup(curl);
    curl_slist_free_all(headers);
    buf_fini(&url);
    return a;
}

void http_answer_fini(struct http_answer *a)
{
    jval_free(a->json);
    buf_fini(&a->body);
    buf_fini(&a->headers);
    *a = (struct http_answer){0};
}

struct http_answer api(int port, const char *token, const char *method, const char *path, const char *body_fmt, ...)
{
    char *body = NULL;
    if (body_fmt) {
        va_list ap;
        va_start(ap, body_fmt);
        if (vasprintf(&body, body_fmt, ap) < 0)
            abort();
        va_end(ap);
    }
    struct buf full = {0};
    buf_printf(&full, "/api/v1%s", path);
    struct http_extra extra = {.token = token};
    struct http_answer a = http_ask(port, method, buf_c(&full), body, &extra);
    buf_fini(&full);
    free(body);
    return a;
}

char *answer_text(const struct http_answer *a, const char *key)
{
    struct str s = {"", 0};
    jval_get_str(a->json, key, &s);
    return xstrndup(s);
}

int64_t answer_int(const struct http_answer *a, const char *key)
{
    int64_t n = INT64_MIN;
    jval_get_int(a->json, key, &n);
    return n;
}

char *answer_header(const struct http_answer *a, const char *lower_name)
{
    struct buf want = {0}, all = {0};
    buf_printf(&want, "\n%s: ", lower_name);
    buf_str(&all, buf_view(&a->headers));
    const char *at = strstr(buf_c(&all), buf_c(&want));
    at = at ? at + want.n : "";
    char *value = xstrndup((struct str){at, strcspn(at, "\r\n")});
    buf_fini(&want);
    buf_fini(&all);
    return value;
}

char *answer_cookie(const struct http_answer *a, const char *name)
{
    struct buf want = {0}, all = {0};
    buf_printf(&want, "\nset-cookie: %s=", name);
    buf_str(&all, buf_view(&a->headers));
    const char *at = strstr(buf_c(&all), buf_c(&want));
    char *value = xstrdup("");
    if (at) {
        free(value);
        at += want.n;
        value = xstrndup((struct str){at, strcspn(at, ";\r\n")});
    }
    buf_fini(&want);
    buf_fini(&all);
    return value;
}
