/* Finds the text of an element in an answer of an object store. */
#include "s3_xml.h"

#include <string.h>

static bool ends_name(char c)
{
    return c == '>' || c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* What is behind the begin tag of the first such element; false: there is none. */
static bool find(struct str xml, const char *name, struct str *rest_r)
{
    size_t n = strlen(name);
    while (xml.n > 0) {
        struct str before;
        xml = str_cut(xml, '<', &before);
        if (xml.n <= n || memcmp(xml.p, name, n) != 0 || !ends_name(xml.p[n]))
            continue;
        struct str tag;
        size_t left = xml.n;
        *rest_r = str_cut(xml, '>', &tag);
        /* Without an end there is no tag; one that ends with "/" has nothing in it. */
        return tag.n < left && tag.p[tag.n - 1] != '/';
    }
    return false;
}

static void put_char(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_char(out, (char)c);
        return;
    }
    int more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
    static const unsigned char marks[] = {0, 0xC0, 0xE0, 0xF0};
    buf_char(out, (char)(marks[more] | c >> (6 * more)));
    while (more-- > 0)
        buf_char(out, (char)(0x80 | (c >> (6 * more) & 0x3F)));
}

/* "#65" or "#x41"; false: no such character. */
static bool put_reference(struct str digits, struct buf *out)
{
    bool hex = digits.n > 1 && digits.p[1] == 'x';
    uint32_t c = 0, base = hex ? 16 : 10;
    size_t first = hex ? 2 : 1;
    if (digits.n <= first || digits.n > first + 7)
        return false;
    for (size_t i = first; i < digits.n; i++) {
        int value = str_hex_digit(digits.p[i]);
        if (value < 0 || value >= (int)base)
            return false;
        c = c * base + (uint32_t)value;
    }
    if (c == 0 || c > 0x10FFFF)
        return false;
    put_char(out, c);
    return true;
}

static bool put_entity(struct str name, struct buf *out)
{
    static const struct {
        const char *name;
        char c;
    } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
    if (name.n > 0 && name.p[0] == '#')
        return put_reference(name, out);
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (!str_is(name, known[i].name))
            continue;
        buf_char(out, known[i].c);
        return true;
    }
    return false;
}

static bool put_text(struct str text, struct buf *out)
{
    while (text.n > 0) {
        struct str plain, entity;
        size_t left = text.n;
        text = str_cut(text, '&', &plain);
        buf_str(out, plain);
        if (plain.n == left)
            break;
        left = text.n;
        text = str_cut(text, ';', &entity);
        if (entity.n == left || !put_entity(entity, out))
            return false;
    }
    return true;
}

bool s3_xml_text(struct str xml, const char *name, struct buf *out)
{
    struct str rest, text;
    size_t n = strlen(name), before = out->n;
    if (!find(xml, name, &rest))
        return false;
    struct str end = str_cut(rest, '<', &text);
    bool ended = end.n > n + 1 && end.p[0] == '/' && memcmp(end.p + 1, name, n) == 0 && ends_name(end.p[n + 1]);
    if (!ended || text.n > S3_XML_TEXT_MAX)
        return false;
    /* A buffer that nothing was ever put into has no bytes to point at. */
    bool good = put_text(text, out) && (out->n == before || str_utf8((struct str){out->p + before, out->n - before}));
    if (!good)
        out->n = before;
    return good;
}

void s3_xml_escape(struct str text, struct buf *out)
{
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '&')
            buf_cstr(out, "&amp;");
        else if (text.p[i] == '<')
            buf_cstr(out, "&lt;");
        else if (text.p[i] == '>')
            buf_cstr(out, "&gt;");
        else
            buf_char(out, text.p[i]);
    }
}
