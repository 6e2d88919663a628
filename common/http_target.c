/* Decodes request targets: the path, and the parameters of the query. Declared in http_head.h. */
#include <string.h>
#include <strings.h>

#include "err.h"
#include "http_head.h"

int http_percent_decode(struct str s, bool plus, struct buf *out)
{
    size_t start = out->n;
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (c == '%') {
            int high = i + 2 < s.n ? str_hex_digit(s.p[i + 1]) : -1;
            int low = high >= 0 ? str_hex_digit(s.p[i + 2]) : -1;
            if (low < 0)
                return ERR_BAD_REQUEST;
            c = (char)(high * 16 + low);
            i += 2;
        } else if (c == '+' && plus) {
            c = ' ';
        }
        if (c == '\0')
            return ERR_BAD_REQUEST;
        buf_char(out, c);
    }
    /* An empty buffer may have no memory at all. */
    if (out->n > start && !str_utf8((struct str){out->p + start, out->n - start}))
        return ERR_BAD_REQUEST;
    return 0;
}

static bool path_ok(struct str path)
{
    if (path.n == 0 || path.p[0] != '/')
        return false;
    for (size_t i = 0; i < path.n; i++)
        if ((unsigned char)path.p[i] < 0x20 || path.p[i] == 0x7f)
            return false;
    struct str rest = {path.p + 1, path.n - 1}, segment;
    while (rest.n > 0) {
        rest = str_cut(rest, '/', &segment);
        /* An empty segment is fine only as the end of "/rooms/", and that never comes out of the cut. */
        if (segment.n == 0 || str_is(segment, ".") || str_is(segment, ".."))
            return false;
    }
    return true;
}

/* "http://host:1/path" is what clients send to a proxy; a server must take it too (RFC 9112 §3.2.2). */
static struct str drop_authority(struct str target)
{
    static const char *const schemes[] = {"http://", "https://"};
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        size_t n = strlen(schemes[i]);
        if (target.n <= n || strncasecmp(target.p, schemes[i], n) != 0)
            continue;
        const char *slash = memchr(target.p + n, '/', target.n - n);
        if (!slash)
            return STR("/");
        return (struct str){slash, target.n - (size_t)(slash - target.p)};
    }
    return target;
}

int http_target_split(struct str target, struct buf *path, struct str *query_r)
{
    for (size_t i = 0; i < target.n; i++)
        if (target.p[i] <= 0x20 || target.p[i] >= 0x7f || target.p[i] == '#')
            return ERR_BAD_REQUEST;
    struct str raw;
    *query_r = str_cut(drop_authority(target), '?', &raw);
    size_t start = path->n;
    int err = http_percent_decode(raw, false, path);
    if (err)
        return err;
    if (path->n == start)
        return ERR_BAD_REQUEST;
    return path_ok((struct str){path->p + start, path->n - start}) ? 0 : ERR_BAD_REQUEST;
}

int http_params_parse(struct str query, struct http_params *params)
{
    struct str rest = query, pair, name;
    while (rest.n > 0) {
        rest = str_cut(rest, '&', &pair);
        if (pair.n == 0)
            continue;
        if (params->count == HTTP_QUERY_MAX_PARAMS)
            return ERR_BAD_REQUEST;
        struct str value = str_cut(pair, '=', &name);
        size_t i = params->count;
        params->at[i].name = params->text.n;
        int err = http_percent_decode(name, true, &params->text);
        if (err)
            return err;
        params->at[i].name_n = params->text.n - params->at[i].name;
        params->at[i].value = params->text.n;
        err = http_percent_decode(value, true, &params->text);
        if (err)
            return err;
        params->at[i].value_n = params->text.n - params->at[i].value;
        params->count++;
    }
    return 0;
}

bool http_params_get(const struct http_params *params, const char *name, struct str *value_r)
{
    const char *text = params->text.p ? params->text.p : "";
    struct str wanted = str_of(name);
    for (size_t i = 0; i < params->count; i++) {
        struct str got = {text + params->at[i].name, params->at[i].name_n};
        if (!str_eq(got, wanted))
            continue;
        *value_r = (struct str){text + params->at[i].value, params->at[i].value_n};
        return true;
    }
    return false;
}

void http_params_fini(struct http_params *params)
{
    buf_fini(&params->text);
    params->count = 0;
}
