/* Asks for a document by libcurl and follows redirects by itself, as each is judged like the first. */
#include "fetch.h"

#include <curl/curl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "target.h"

#define AGENT "Parley link preview/1.0 (a person linked to this page in a chat)"

struct transfer {
    struct fetched *to;
    CURL *curl;
    enum fetch_what what;
    const char *allow;
    bool refused; /* an address, or the type of what came */
    bool full;
};

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The one door to the network: this very address is connected to, whatever a name resolved to before or will resolve
 * to next. */
static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *t = arg;
    if (purpose == CURLSOCKTYPE_IPCXN && address->socktype == SOCK_STREAM &&
        (address_is_public(&address->addr) || (t->allow != NULL && address_is_listed(&address->addr, t->allow))))
        return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    t->refused = true;
    return CURL_SOCKET_BAD;
}

static bool is_type(const char *type, const char *name)
{
    size_t n = strlen(name);
    return strncasecmp(type, name, n) == 0 && (name[n - 1] == '/' || strchr("; \t", type[n]) != NULL);
}

static bool is_wanted(enum fetch_what what, const char *type)
{
    if (type == NULL)
        return false;
    return what == FETCH_IMAGE ? is_type(type, "image/")
                               : is_type(type, "text/html") || is_type(type, "application/xhtml+xml");
}

static size_t take(char *bytes, size_t size, size_t count, void *arg)
{
    struct transfer *t = arg;
    struct fetched *f = t->to;
    size_t n = size * count, room = f->max - f->n;
    char *type = NULL;
    long status = 0;
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    if (status != 200)
        return n; /* of a redirect: nobody reads it */
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
    t->refused = t->refused || !is_wanted(t->what, type);
    if (t->refused)
        return 0;
    memcpy(f->bytes + f->n, bytes, n < room ? n : room);
    f->n += n < room ? n : room;
    t->full = n > room;
    return t->full ? 0 : n;
}

/* Bodies that are not kept are bounded, too. */
static int progress(void *arg, curl_off_t total, curl_off_t now, curl_off_t up_total, curl_off_t up)
{
    (void)arg, (void)total, (void)up_total, (void)up;
    return now > FETCH_IMAGE_BYTES + (64 << 10);
}

static bool set_up(struct transfer *t, CURLU *url, int64_t left_ms)
{
    CURL *c = t->curl;
    curl_easy_reset(c);
    return curl_easy_setopt(c, CURLOPT_CURLU, url) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FORBID_REUSE, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, AGENT) == CURLE_OK &&
           /* Compressed, a page of a few bytes may be any number; what is kept of it is bounded all the same. */
           curl_easy_setopt(c, CURLOPT_ACCEPT_ENCODING, t->what == FETCH_PAGE ? "gzip, deflate" : NULL) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)FETCH_CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)left_ms) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETFUNCTION, open_socket) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_OPENSOCKETDATA, t) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, t) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress) == CURLE_OK;
}

/* What of a transfer is enough: of a page its beginning. */
static int judge(const struct transfer *t, CURLcode rc)
{
    const struct fetched *f = t->to;
    if (t->refused)
        return FETCH_EXIT_REFUSED;
    if (rc == CURLE_OK || (t->what == FETCH_PAGE && f->n > 0))
        return f->n > 0 ? 0 : FETCH_EXIT_REFUSED;
    return t->full || rc == CURLE_ABORTED_BY_CALLBACK ? FETCH_EXIT_REFUSED : FETCH_EXIT_AWAY;
}

/* 0: done, or, with *next_r, it is elsewhere. */
static int ask(struct transfer *t, CURLU *url, int64_t left_ms, char **next_r)
{
    char *type = NULL, *next = NULL;
    long status = 0;
    CURLcode rc;
    if (!set_up(t, url, left_ms))
        return FETCH_EXIT_SETUP;
    rc = curl_easy_perform(t->curl);
    curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(t->curl, CURLINFO_REDIRECT_URL, &next);
    if (!t->refused && status >= 301 && status <= 308 && next != NULL) {
        *next_r = strdup(next);
        return *next_r != NULL ? 0 : FETCH_EXIT_SETUP;
    }
    if (!t->refused && status != 0 && status != 200)
        return status >= 500 ? FETCH_EXIT_AWAY : FETCH_EXIT_REFUSED;
    curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
    strncpy(t->to->type, type != NULL ? type : "", sizeof t->to->type - 1);
    return judge(t, rc);
}

/* Until it is there, or nowhere. */
static int follow(struct transfer *t, const char *base, const char *first)
{
    int64_t until = now_ms() + FETCH_TOTAL_MS;
    char *next = strdup(first);
    int rc = FETCH_EXIT_REFUSED;
    for (int i = 0; i <= FETCH_REDIRECTS_MAX && next != NULL; i++) {
        CURLU *url = target_parse(i == 0 ? base : NULL, next, t->allow != NULL);
        int64_t left = until - now_ms();
        free(next);
        next = NULL;
        rc = url == NULL ? FETCH_EXIT_REFUSED : left <= 0 ? FETCH_EXIT_AWAY : ask(t, url, left, &next);
        if (rc == 0 && next == NULL && curl_url_get(url, CURLUPART_URL, &t->to->url, 0) != CURLUE_OK)
            rc = FETCH_EXIT_SETUP;
        curl_url_cleanup(url);
    }
    if (next != NULL) /* and so on */
        rc = FETCH_EXIT_REFUSED;
    free(next);
    return rc;
}

int fetch(struct fetched *f, enum fetch_what what, const char *base, const char *url, const char *allow)
{
    struct transfer t = {.to = f, .what = what, .allow = allow};
    int rc = FETCH_EXIT_SETUP;
    *f = (struct fetched){.max = what == FETCH_PAGE ? FETCH_PAGE_BYTES : FETCH_IMAGE_BYTES};
    f->bytes = malloc(f->max);
    t.curl = curl_easy_init();
    if (f->bytes != NULL && t.curl != NULL)
        rc = follow(&t, base, url);
    curl_easy_cleanup(t.curl);
    return rc;
}

void fetch_fini(struct fetched *f)
{
    free(f->bytes);
    curl_free(f->url);
}
