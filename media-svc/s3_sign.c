/* Signs requests as AWS Signature Version 4 says. */
#include "s3_sign.h"

#include <openssl/crypto.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "log.h"

enum { DIGEST = SHA256_DIGEST_LENGTH, DAY = 8 };

/* Without these there is no way to go on, and they fail only when there is no memory. */
static void must(bool ok)
{
    if (ok)
        return;
    log_error(NULL, "no digest from OpenSSL", "");
    abort();
}

static void put_hex(const unsigned char *digest, char text_r[S3_DIGEST_TEXT])
{
    for (size_t i = 0; i < DIGEST; i++)
        snprintf(text_r + 2 * i, 3, "%02x", digest[i]);
}

void s3_digest(struct str bytes, char text_r[S3_DIGEST_TEXT])
{
    unsigned char digest[DIGEST];
    must(EVP_Digest(bytes.p, bytes.n, digest, NULL, EVP_sha256(), NULL) == 1);
    put_hex(digest, text_r);
}

void s3_date(int64_t unix_s, char text_r[S3_DATE_TEXT])
{
    struct tm tm = {0};
    time_t t = (time_t)unix_s;
    gmtime_r(&t, &tm);
    strftime(text_r, S3_DATE_TEXT, "%Y%m%dT%H%M%SZ", &tm);
}

static bool is_plain(char c)
{
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
           c == '_' || c == '~';
}

void s3_escape(struct str text, bool keep_slashes, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        if (is_plain(text.p[i]) || (keep_slashes && text.p[i] == '/'))
            buf_char(out, text.p[i]);
        else
            buf_printf(out, "%%%02X", (unsigned char)text.p[i]);
    }
}

void s3_query(const struct s3_pair *query, size_t count, struct buf *out)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            buf_char(out, '&');
        s3_escape(query[i].name, false, out);
        buf_char(out, '=');
        s3_escape(query[i].value, false, out);
    }
}

static void put_names(const struct s3_signed *r, struct buf *out)
{
    for (size_t i = 0; i < r->header_count; i++) {
        if (i > 0)
            buf_char(out, ';');
        buf_str(out, r->headers[i].name);
    }
}

static void canonical(const struct s3_signed *r, struct buf *out)
{
    buf_str(out, r->method);
    buf_char(out, '\n');
    s3_escape(r->path, true, out);
    buf_char(out, '\n');
    s3_query(r->query, r->query_count, out);
    buf_char(out, '\n');
    for (size_t i = 0; i < r->header_count; i++) {
        buf_str(out, r->headers[i].name);
        buf_char(out, ':');
        buf_str(out, r->headers[i].value);
        buf_char(out, '\n');
    }
    buf_char(out, '\n');
    put_names(r, out);
    buf_char(out, '\n');
    buf_cstr(out, r->digest);
}

static void mac(unsigned char key_r[DIGEST], struct str key, struct str text)
{
    must(HMAC(EVP_sha256(), key.p, (int)key.n, (const unsigned char *)text.p, text.n, key_r, NULL) != NULL);
}

/* The secret for a day, a region and a service, and by it the signature of `text`. */
static void signature(const struct s3_signer *s, struct str day, struct str text, char hex_r[S3_DIGEST_TEXT])
{
    const struct str steps[] = {day, s->region, s->service, STR("aws4_request"), text};
    unsigned char key[DIGEST];
    struct buf first = {0};
    buf_cstr(&first, "AWS4");
    buf_str(&first, s->secret_key);
    struct str with = buf_view(&first);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        mac(key, with, steps[i]);
        with = (struct str){(const char *)key, sizeof(key)};
    }
    put_hex(key, hex_r);
    OPENSSL_cleanse(first.p, first.n);
    OPENSSL_cleanse(key, sizeof(key));
    buf_fini(&first);
}

static void put_scope(const struct s3_signer *s, struct str day, struct buf *out)
{
    buf_str(out, day);
    buf_char(out, '/');
    buf_str(out, s->region);
    buf_char(out, '/');
    buf_str(out, s->service);
    buf_cstr(out, "/aws4_request");
}

void s3_sign(const struct s3_signer *signer, const struct s3_signed *request, struct buf *out)
{
    const struct str day = {request->date, DAY};
    struct buf form = {0}, text = {0};
    char hex[S3_DIGEST_TEXT];
    canonical(request, &form);
    s3_digest(buf_view(&form), hex);
    buf_printf(&text, "AWS4-HMAC-SHA256\n%s\n", request->date);
    put_scope(signer, day, &text);
    buf_printf(&text, "\n%s", hex);
    signature(signer, day, buf_view(&text), hex);
    buf_cstr(out, "AWS4-HMAC-SHA256 Credential=");
    buf_str(out, signer->access_key);
    buf_char(out, '/');
    put_scope(signer, day, out);
    buf_cstr(out, ",SignedHeaders=");
    put_names(request, out);
    buf_printf(out, ",Signature=%s", hex);
    buf_fini(&form);
    buf_fini(&text);
}
