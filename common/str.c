/* Views of bytes: compare, cut, read a number, check UTF-8. */
#include "str.h"

#include <string.h>

struct str str_of(const char *c)
{
    return (struct str){c, c != NULL ? strlen(c) : 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool str_is(struct str a, const char *c)
{
    return str_eq(a, str_of(c));
}

bool str_starts(struct str s, struct str prefix)
{
    return s.n >= prefix.n && str_eq((struct str){s.p, prefix.n}, prefix);
}

bool str_i64(struct str s, int64_t *value)
{
    int64_t v = 0;

    if (s.n == 0 || (s.p[0] == '0' && s.n > 1))
        return false;
    for (size_t i = 0; i < s.n; i++) {
        int digit = s.p[i] - '0';

        if (digit < 0 || digit > 9 || v > (INT64_MAX - digit) / 10)
            return false;
        v = v * 10 + digit;
    }
    *value = v;
    return true;
}

struct str str_decimal(int64_t value, char text[STR_NUMBER])
{
    /* The magnitude as unsigned: INT64_MIN has no positive twin. */
    uint64_t rest = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    size_t at = STR_NUMBER;

    do {
        text[--at] = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    if (value < 0)
        text[--at] = '-';
    return (struct str){text + at, STR_NUMBER - at};
}

struct str str_hex(uint64_t value, char text[STR_NUMBER])
{
    size_t at = STR_NUMBER;

    do {
        text[--at] = "0123456789abcdef"[value % 16];
        value /= 16;
    } while (value > 0);
    return (struct str){text + at, STR_NUMBER - at};
}

void str_copy(char *to, size_t size, struct str s)
{
    size_t n = s.n < size ? s.n : size - 1;

    if (n > 0)
        memcpy(to, s.p, n);
    to[n] = '\0';
}

struct str str_cut(struct str s, char c, struct str *head)
{
    const char *at = s.n > 0 ? memchr(s.p, c, s.n) : NULL;

    if (at == NULL) {
        *head = s;
        return (struct str){s.n > 0 ? s.p + s.n : s.p, 0};
    }
    *head = (struct str){s.p, (size_t)(at - s.p)};
    return (struct str){at + 1, s.n - head->n - 1};
}

/* Length of the sequence that `p` starts, of `left` bytes; 0 when it is not well-formed. The bounds of
 * the second byte are those of the Unicode Standard, table 3-7: they exclude overlong forms, surrogates
 * and what lies beyond U+10FFFF. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t n;

    if (p[0] < 0x80)
        return 1;
    if (p[0] < 0xc2 || p[0] > 0xf4)
        return 0;
    n = p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    if (n > left)
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xbf)
            return 0;
    }
    return n;
}

bool str_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.p;

    for (size_t i = 0; i < s.n;) {
        size_t n = utf8_length(p + i, s.n - i);

        if (n == 0)
            return false;
        i += n;
    }
    return true;
}

uint32_t str_next_char(struct str s, size_t *at)
{
    unsigned char first = (unsigned char)s.p[(*at)++];
    unsigned more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
    uint32_t c = first & (0x3fU >> more);

    if (first < 0x80)
        return first;
    while (more-- > 0)
        c = c << 6 | ((unsigned char)s.p[(*at)++] & 0x3fU);
    return c;
}

int str_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}
