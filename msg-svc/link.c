/* Scans texts for links. */
#include "link.h"

#include <string.h>
#include <strings.h>

#include "code_span.h"

enum { SEARCHES_MAX = 200 };

static bool begins(struct str text, size_t at, const char *word)
{
    size_t n = strlen(word);
    return text.n - at >= n && strncasecmp(text.p + at, word, n) == 0;
}

/* Bytes of "http://" or "https://" here; 0: neither, or within a word. */
static size_t scheme_at(struct str text, size_t at)
{
    if (text.p[at] != 'h' && text.p[at] != 'H')
        return 0;
    unsigned char before = at > 0 ? (unsigned char)text.p[at - 1] : ' ';
    if ((before >= '0' && before <= '9') || (before >= 'a' && before <= 'z') || (before >= 'A' && before <= 'Z'))
        return 0;
    return begins(text, at, "https://") ? 8 : begins(text, at, "http://") ? 7 : 0;
}

static bool ends_link(char c)
{
    return (unsigned char)c <= 0x20 || c == 0x7f || strchr("<>\"`|\\^{}", c) != NULL;
}

/* From here to where the link ends: a bracket that closes what is open outside of it is not its own. */
static size_t link_bytes(struct str text, size_t at)
{
    size_t n = 0, open = 0;
    for (; at + n < text.n && !ends_link(text.p[at + n]); n++) {
        if (text.p[at + n] == '(')
            open++;
        else if (text.p[at + n] == ')' && open-- == 0)
            break;
    }
    /* The end of a sentence, or of emphasis. */
    while (n > 0 && strchr("?!.,:;*_~']", text.p[at + n - 1]) != NULL)
        n--;
    return n;
}

static bool is_host(char c)
{
    return (unsigned char)c >= 0x80 || c == '[' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
           (c >= 'A' && c <= 'Z');
}

/* Behind the bars that close what is hidden, or behind these when nothing does. */
static size_t behind_bars(struct str text, size_t at)
{
    const char *end = memmem(text.p + at + 2, text.n - at - 2, "||", 2);
    return end != NULL ? (size_t)(end - text.p) + 2 : at + 2;
}

static size_t behind_line(struct str text, size_t at)
{
    const char *end = memchr(text.p + at, '\n', text.n - at);
    return end != NULL ? (size_t)(end - text.p) : text.n;
}

/* Behind what has no links: where it begins here, else at the same place. */
static size_t skip(struct str text, size_t at)
{
    if (text.p[at] == '`')
        return code_span_end(text, at);
    if (text.p[at] == '|' && begins(text, at, "||"))
        return behind_bars(text, at);
    if (text.p[at] == '>' && (at == 0 || text.p[at - 1] == '\n'))
        return behind_line(text, at);
    return at;
}

void link_find(struct str text, struct str *link_r)
{
    *link_r = (struct str){"", 0};
    size_t searches = 0;
    for (size_t at = 0; at < text.n && searches < SEARCHES_MAX;) {
        size_t behind = skip(text, at);
        if (behind > at) {
            at = behind;
            searches++;
            continue;
        }
        size_t scheme = scheme_at(text, at), n = scheme > 0 ? link_bytes(text, at) : 0;
        bool wanted =
            n > scheme && n <= LINK_BYTES_MAX && is_host(text.p[at + scheme]) && (at == 0 || text.p[at - 1] != '<');
        if (wanted) {
            *link_r = (struct str){text.p + at, n};
            return;
        }
        at += n > 0 ? n : 1;
    }
}
