/* Walks through a page with libxml2's HTML parser, which builds no tree here: only what it meets is told. */
#include "page.h"

#include <libxml/HTMLparser.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Whose word counts, the greatest first. */
static const struct {
    const char *name;
    enum page_part part;
    unsigned rank;
} words[] = {
    {"og:title", PAGE_TITLE, 4},
    {"twitter:title", PAGE_TITLE, 3},
    {"og:description", PAGE_DESCRIPTION, 4},
    {"twitter:description", PAGE_DESCRIPTION, 3},
    {"description", PAGE_DESCRIPTION, 2},
    {"og:site_name", PAGE_SITE, 4},
    {"application-name", PAGE_SITE, 2},
    {"og:image", PAGE_IMAGE, 4},
    {"og:image:url", PAGE_IMAGE, 4},
    {"og:image:secure_url", PAGE_IMAGE, 4},
    {"twitter:image", PAGE_IMAGE, 3},
    {"twitter:image:src", PAGE_IMAGE, 3},
};

static const size_t maxima[PAGE_PARTS] = {PAGE_TITLE_MAX, PAGE_DESCRIPTION_MAX, PAGE_SITE_MAX, PAGE_IMAGE_MAX};

const char *page_part_name(enum page_part part)
{
    static const char *const names[] = {"title", "description", "site", "image"};
    return names[part];
}

/* ---- texts ---- */

/* Bytes of the character that begins here; 0: it is no UTF-8. */
static size_t char_bytes(const unsigned char *p, size_t n)
{
    static const unsigned least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : p[0] < 0xf5 ? 4 : 0;
    if (length < 2)
        return length;
    if (length > n)
        return 0;
    unsigned c = p[0] & (0x7fU >> length);
    for (size_t i = 1; i < length; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return 0;
        c = c << 6 | (p[i] & 0x3fU);
    }
    return c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff) ? 0 : length;
}

/* Space, or nothing to be seen: control characters, and those that turn text around or break lines. */
static bool is_gap(const unsigned char *p, size_t length)
{
    if (length == 1)
        return p[0] <= 0x20 || p[0] == 0x7f;
    if (length == 2)
        return p[0] == 0xc2 && p[1] <= 0xa0;
    if (length != 3 || p[0] != 0xe2)
        return length == 3 && p[0] == 0xef && p[1] == 0xbb && p[2] == 0xbf;
    unsigned c = 0x2000U | (p[1] & 0x3fU) << 6 | (p[2] & 0x3fU);
    return p[1] <= 0x81 && (c <= 0x200a || (c >= 0x200e && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
                            (c >= 0x205f && c <= 0x206f));
}

/* Gaps become one space; too long a text ends with an ellipsis. An address is taken whole or not at all. */
static void clean(char *out, size_t max, const char *text, size_t n, bool whole)
{
    const unsigned char *p = (const unsigned char *)text;
    size_t to = 0;
    bool gap = false;
    for (size_t at = 0, length; at<n; at += length> 0 ? length : 1) {
        length = char_bytes(p + at, n - at);
        if (length == 0 || is_gap(p + at, length)) {
            gap = to > 0;
            continue;
        }
        if (to + gap + length > max - 3) {
            to = whole ? 0 : to;
            memcpy(out + to, whole ? "" : "…", whole ? 0 : 3);
            to += whole ? 0 : 3;
            break;
        }
        if (gap)
            out[to++] = ' ';
        gap = false;
        memcpy(out + to, p + at, length);
        to += length;
    }
    out[to] = '\0';
}

static void say(struct page *page, enum page_part part, unsigned rank, const char *text, size_t n)
{
    char cleaned[PAGE_IMAGE_MAX + 1];
    if (rank <= page->rank[part])
        return; /* of two that are equal the first counts */
    clean(cleaned, maxima[part], text, n, part == PAGE_IMAGE);
    if (cleaned[0] == '\0')
        return;
    memcpy(page->text[part], cleaned, strlen(cleaned) + 1);
    page->rank[part] = rank;
}

/* ---- what the parser meets ---- */

static const char *attribute(const xmlChar **attributes, const char *name)
{
    for (size_t i = 0; attributes != NULL && attributes[i] != NULL; i += 2)
        if (strcasecmp((const char *)attributes[i], name) == 0)
            return (const char *)attributes[i + 1];
    return NULL;
}

static void on_meta(struct page *page, const xmlChar **attributes)
{
    const char *content = attribute(attributes, "content");
    const char *names[] = {attribute(attributes, "property"), attribute(attributes, "name")};
    for (size_t k = 0; content != NULL && k < 2; k++)
        for (size_t i = 0; names[k] != NULL && i < sizeof words / sizeof *words; i++)
            if (strcasecmp(names[k], words[i].name) == 0)
                say(page, words[i].part, words[i].rank, content, strlen(content));
}

static void on_start(void *arg, const xmlChar *name, const xmlChar **attributes)
{
    struct page *page = arg;
    if (strcmp((const char *)name, "meta") == 0)
        on_meta(page, attributes);
    else if (strcmp((const char *)name, "title") == 0)
        page->in_title = page->title_bytes == 0;
    else if (strcmp((const char *)name, "body") == 0)
        page->in_title = 0;
}

static void on_end(void *arg, const xmlChar *name)
{
    struct page *page = arg;
    if (strcmp((const char *)name, "title") == 0)
        page->in_title = 0;
}

static void on_text(void *arg, const xmlChar *text, int n)
{
    struct page *page = arg;
    size_t room = sizeof page->title - page->title_bytes, bytes = n > 0 ? (size_t)n : 0;
    if (!page->in_title)
        return;
    bytes = bytes < room ? bytes : room;
    memcpy(page->title + page->title_bytes, text, bytes);
    page->title_bytes += bytes;
}

void page_prepare(void)
{
    xmlInitParser();
}

void page_read(struct page *page, const char *html, size_t n)
{
    enum { STEP = 4096 };
    htmlSAXHandler sax = {.startElement = on_start, .endElement = on_end, .characters = on_text, .cdataBlock = on_text};
    *page = (struct page){0};
    htmlParserCtxtPtr parser = htmlCreatePushParserCtxt(&sax, page, NULL, 0, NULL, XML_CHAR_ENCODING_UTF8);
    if (parser == NULL)
        return;
    htmlCtxtUseOptions(parser, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                                   HTML_PARSE_IGNORE_ENC);
    for (size_t at = 0; at < n; at += STEP)
        htmlParseChunk(parser, html + at, (int)(n - at < STEP ? n - at : STEP), 0);
    htmlParseChunk(parser, NULL, 0, 1);
    htmlFreeParserCtxt(parser);
    say(page, PAGE_TITLE, 1, page->title, page->title_bytes);
}
