/* The life of an object store's client: its configuration is judged, and the store is asked now and then whether it is
 * there, by an object of ours that it has to give back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "err.h"
#include "log.h"
#include "s3_internal.h"

enum { MARK_MAX = 4096 };

static const char mark[] = "A server of Parley keeps files here. Deleting this one is harmless.\n";
#define MARK_NAME "parley.txt"

/* ---- probing ---- */

static void probe_end(struct s3 *s3)
{
    s3->probing = false;
    if (!s3->ending)
        timer_start(s3->probe, s3->trouble[0] ? PROBE_AGAIN_MS : PROBE_MS, 0);
}

static void on_put(void *arg, int err, const struct fetch_answer *answer)
{
    struct s3 *s3 = arg;
    (void)answer;
    if (!err) {
        s3->proven = true;
        s3_well(s3);
    }
    probe_end(s3);
}

static void put_mark(struct s3 *s3)
{
    const struct s3_request put = {.method = S3_PUT, .object = MARK_NAME, .body = STR(mark), .max_answer = MARK_MAX};
    if (s3_ask(s3, &put, on_put, s3) != 0)
        probe_end(s3);
}

static void on_got(void *arg, int err, const struct fetch_answer *answer)
{
    struct s3 *s3 = arg;
    (void)answer;
    if (err == ERR_NOT_FOUND) {
        put_mark(s3);
        return;
    }
    if (!err)
        s3_well(s3);
    probe_end(s3);
}

/* What was never written may not be writable, so that comes first. */
static void probe(void *arg)
{
    struct s3 *s3 = arg;
    const struct s3_request get = {.method = S3_GET, .object = MARK_NAME, .max_answer = MARK_MAX};
    if (s3->probing)
        return;
    s3->probing = true;
    if (!s3->proven)
        put_mark(s3);
    else if (s3_ask(s3, &get, on_got, s3) != 0)
        probe_end(s3);
}

bool s3_proven(const struct s3 *s3)
{
    return s3->proven;
}

const char *s3_trouble(const struct s3 *s3)
{
    return s3->trouble[0] ? s3->trouble : NULL;
}

/* ---- configuration ---- */

static bool is_name(const char *text, const char *more)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";
    char set[sizeof(plain) + 8];
    snprintf(set, sizeof(set), "%s%s", plain, more);
    return text[strspn(text, set)] == 0;
}

static const char *judge(struct s3 *s3)
{
    const struct s3_config *c = &s3->config;
    const char *host = NULL;
    if (strncmp(c->endpoint, "https://", 8) == 0)
        host = c->endpoint + 8;
    else if (strncmp(c->endpoint, "http://", 7) == 0)
        host = c->endpoint + 7;
    if (!host)
        return "PARLEY_S3_ENDPOINT is not http:// or https:// and a host";
    size_t n = strcspn(host, "/");
    if (n == 0 || host[n + (host[n] == '/')] != 0)
        return "PARLEY_S3_ENDPOINT has a path, or no host";
    if (!c->bucket[0] || !is_name(c->bucket, "_"))
        return "PARLEY_S3_BUCKET is missing, or not a bucket's name";
    if (!c->region[0] || !is_name(c->region, "_"))
        return "PARLEY_S3_REGION is not a region's name";
    if (!c->access_key || !c->access_key[0] || !c->secret_key || !c->secret_key[0])
        return "PARLEY_S3_ACCESS_KEY and PARLEY_S3_SECRET_KEY are both needed";
    if (strpbrk(c->access_key, "\r\n ,/") != NULL)
        return "PARLEY_S3_ACCESS_KEY has a character that no access key has";
    if (!is_name(c->prefix, "_/"))
        return "PARLEY_S3_PREFIX may have letters, digits and - . _ / only";
    int length = c->path_style ? snprintf(s3->host, sizeof(s3->host), "%.*s", (int)n, host)
                               : snprintf(s3->host, sizeof(s3->host), "%s.%.*s", c->bucket, (int)n, host);
    if (length >= (int)sizeof(s3->host) || strpbrk(s3->host, "@?#\"\\ \r\n") != NULL)
        return "PARLEY_S3_ENDPOINT is not a host";
    s3->https = c->endpoint[4] == 's';
    return NULL;
}

static void make_metrics(struct s3 *s3, struct metrics *m)
{
    static const char *const labels[S3_METHODS] = {"method=\"get\"", "method=\"put\"", "method=\"post\"",
                                                   "method=\"delete\""};
    for (int i = 0; i < S3_METHODS; i++) {
        s3->requests[i] =
            metrics_counter(m, "parley_media_store_requests_total", labels[i], "Requests to the object store.");
        s3->seconds[i] =
            metrics_histogram(m, "parley_media_store_seconds", labels[i], "From a request to the store's answer.");
    }
    s3->errors = metrics_counter(m, "parley_media_store_errors_total", NULL,
                                 "Requests that the object store refused or did not answer, each try.");
    s3->up = metrics_gauge(m, "parley_media_store_up", NULL, "1: the object store does what it is asked.");
}

int s3_create(struct s3 **s3_r, struct loop *loop, const struct s3_config *config, struct metrics *metrics)
{
    enum { CONNECTIONS = 32 };
    struct s3 *s3 = xcalloc(1, sizeof(*s3));
    s3->loop = loop;
    s3->config = *config;
    list_init(&s3->waiting);
    list_init(&s3->calls);
    const char *wrong = judge(s3);
    int err = wrong ? ERR_BAD_REQUEST : fetcher_create(&s3->fetcher, loop, CONNECTIONS);
    if (wrong)
        log_error(NULL, "the object store cannot be used", "why=\"%s\"", wrong);
    if (err) {
        free(s3);
        return err;
    }
    s3->signer = (struct s3_signer){.access_key = str_of(config->access_key),
                                    .secret_key = str_of(config->secret_key),
                                    .region = str_of(config->region),
                                    .service = STR("s3")};
    make_metrics(s3, metrics);
    snprintf(s3->trouble, sizeof(s3->trouble), "not asked yet");
    timer_make(&s3->probe, loop, probe, s3);
    timer_start(s3->probe, 0, 0);
    *s3_r = s3;
    return 0;
}

void s3_destroy(struct s3 **s3_p)
{
    struct s3 *s3 = *s3_p;
    if (!s3)
        return;
    *s3_p = NULL;
    s3_cancel_all(s3);
    timer_destroy(&s3->probe);
    fetcher_destroy(&s3->fetcher);
    free(s3);
}
