/* Reads the head of an HTTP/1 request: request line, header fields and what they say about the body. */
#include "http_head.h"

#include <string.h>
#include <strings.h>

#include "err.h"

static bool is_token_char(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_token(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!is_token_char(s.p[i]))
            return false;
    return s.n > 0;
}

/* Visible characters, space, tab and bytes above ASCII: no control character can hide in a value. */
static bool is_value(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if ((c < 0x20 && c != '\t') || c == 0x7f)
            return false;
    }
    return true;
}

static struct str trim(struct str s)
{
    while (s.n > 0 && (s.p[0] == ' ' || s.p[0] == '\t')) {
        s.p++;
        s.n--;
    }
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

static bool name_is(struct str s, const char *name)
{
    return s.n == strlen(name) && strncasecmp(s.p, name, s.n) == 0;
}

int http_head_length(struct str bytes, size_t *scanned, size_t *length_r)
{
    /* RFC 9112 §2.2: an empty line before the request line is forgiven. It is part of the head's length. */
    size_t start = 0;
    while (start + 1 < bytes.n && start < 4 && bytes.p[start] == '\r' && bytes.p[start + 1] == '\n')
        start += 2;
    size_t from = *scanned > 3 ? *scanned - 3 : 0;
    if (from < start)
        from = start;
    *length_r = 0;
    if (from < bytes.n) {
        const char *end = memmem(bytes.p + from, bytes.n - from, "\r\n\r\n", 4);
        if (end)
            *length_r = (size_t)(end - bytes.p) + 4;
    }
    *scanned = bytes.n;
    if (*length_r > HTTP_HEAD_MAX_BYTES || (*length_r == 0 && bytes.n >= HTTP_HEAD_MAX_BYTES))
        return ERR_HEADERS_TOO_LARGE;
    return 0;
}

static int parse_request_line(struct str line, struct http_head *head)
{
    struct str version = str_cut(line, ' ', &head->method);
    version = str_cut(version, ' ', &head->target);
    if (!is_token(head->method) || head->target.n == 0)
        return ERR_BAD_REQUEST;
    head->http10 = str_is(version, "HTTP/1.0");
    if (!head->http10 && !str_is(version, "HTTP/1.1"))
        return ERR_BAD_REQUEST;
    return head->target.n > HTTP_TARGET_MAX_BYTES ? ERR_HEADERS_TOO_LARGE : 0;
}

/* Headers that say one thing: a second one is a way to tell two readers two things. */
static bool comes_once(struct str name)
{
    static const char *const names[] = {"host",   "content-length",    "content-type",         "authorization",
                                        "origin", "sec-websocket-key", "sec-websocket-version"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (name_is(name, names[i]))
            return true;
    return false;
}

static int parse_field(struct str line, struct http_head *head)
{
    struct http_field field;
    const char *colon = memchr(line.p, ':', line.n);
    if (!colon)
        return ERR_BAD_REQUEST;
    field.name = (struct str){line.p, (size_t)(colon - line.p)};
    field.value = trim((struct str){colon + 1, line.n - field.name.n - 1});
    /* A line that begins with white space would continue the one before; that form is obsolete and refused. */
    if (!is_token(field.name) || !is_value(field.value))
        return ERR_BAD_REQUEST;
    if (comes_once(field.name)) {
        for (size_t i = 0; i < head->count; i++) {
            struct str other = head->fields[i].name;
            if (other.n == field.name.n && strncasecmp(other.p, field.name.p, other.n) == 0)
                return ERR_BAD_REQUEST;
        }
    }
    if (head->count == HTTP_HEAD_MAX_HEADERS)
        return ERR_HEADERS_TOO_LARGE;
    head->fields[head->count++] = field;
    return 0;
}

/* Cut the next line, which ends with CR LF. False: there is none. */
static bool next_line(struct str *rest, struct str *line_r)
{
    const char *end = memmem(rest->p, rest->n, "\r\n", 2);
    if (!end)
        return false;
    line_r->p = rest->p;
    line_r->n = (size_t)(end - rest->p);
    rest->n -= line_r->n + 2;
    rest->p = end + 2;
    return true;
}

int http_head_parse(struct str bytes, struct http_head *head)
{
    struct str rest = bytes, line = {NULL, 0};
    head->count = 0;
    do {
        if (!next_line(&rest, &line))
            return ERR_BAD_REQUEST;
    } while (line.n == 0);
    int err = parse_request_line(line, head);
    while (!err) {
        if (!next_line(&rest, &line))
            return ERR_BAD_REQUEST;
        if (line.n == 0)
            break;
        err = parse_field(line, head);
    }
    if (!err && !head->http10 && !http_head_has(head, "host"))
        err = ERR_BAD_REQUEST;
    return err;
}

struct str http_head_get(const struct http_head *head, const char *lower_name)
{
    for (size_t i = 0; i < head->count; i++)
        if (name_is(head->fields[i].name, lower_name))
            return head->fields[i].value;
    return (struct str){"", 0};
}

struct str http_head_last(const struct http_head *head, const char *lower_name)
{
    for (size_t i = head->count; i > 0; i--)
        if (name_is(head->fields[i - 1].name, lower_name))
            return head->fields[i - 1].value;
    return (struct str){"", 0};
}

bool http_head_has(const struct http_head *head, const char *lower_name)
{
    for (size_t i = 0; i < head->count; i++)
        if (name_is(head->fields[i].name, lower_name))
            return true;
    return false;
}

bool http_head_lists(const struct http_head *head, const char *lower_name, const char *token)
{
    for (size_t i = 0; i < head->count; i++) {
        if (!name_is(head->fields[i].name, lower_name))
            continue;
        struct str rest = head->fields[i].value, item;
        while (rest.n > 0) {
            rest = str_cut(rest, ',', &item);
            if (name_is(trim(item), token))
                return true;
        }
    }
    return false;
}

enum http_method http_method_of(struct str name)
{
    static const struct {
        const char *name;
        enum http_method method;
    } methods[] = {{"GET", HTTP_GET},     {"HEAD", HTTP_HEAD},     {"POST", HTTP_POST},      {"PUT", HTTP_PUT},
                   {"PATCH", HTTP_PATCH}, {"DELETE", HTTP_DELETE}, {"OPTIONS", HTTP_OPTIONS}};
    for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
        if (str_is(name, methods[i].name))
            return methods[i].method;
    return HTTP_OTHER;
}

int http_body_length(const struct http_head *head, size_t max_body, size_t *length_r)
{
    *length_r = 0;
    bool has_length = http_head_has(head, "content-length");
    if (http_head_has(head, "transfer-encoding"))
        return has_length ? ERR_BAD_REQUEST : ERR_LENGTH_REQUIRED;
    if (!has_length)
        return 0;
    struct str text = http_head_get(head, "content-length");
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < '0' || text.p[i] > '9')
            return ERR_BAD_REQUEST;
    if (text.n == 0)
        return ERR_BAD_REQUEST;
    while (text.n > 1 && text.p[0] == '0') {
        text.p++;
        text.n--;
    }
    /* Digits that do not fit in 64 bits are a length too, and surely too large. */
    int64_t length;
    if (!str_i64(text, &length) || (uint64_t)length > max_body)
        return ERR_TOO_LARGE;
    *length_r = (size_t)length;
    return 0;
}

bool http_keep_alive(const struct http_head *head)
{
    if (http_head_lists(head, "connection", "close"))
        return false;
    return !head->http10 || http_head_lists(head, "connection", "keep-alive");
}
