/* What people write of themselves. */
#include "prose.h"

#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/ucal.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>

#include "err.h"
#include "username.h"

enum { EMOJI_UNITS = 64, ZONE_UNITS = 65, EMOJI_SIGN = 0xfe0f, KEYCAP = 0x20e3, JOINER = 0x200d };

/* Where the text ends without the space behind it. */
static size_t trimmed_end(struct str s)
{
    size_t end = 0;
    for (size_t at = 0; at < s.n;)
        if (!u_isUWhiteSpace((UChar32)str_next_char(s, &at)))
            end = at;
    return end;
}

static size_t trimmed_start(struct str s)
{
    size_t start = 0;
    for (size_t at = 0; at < s.n; start = at)
        if (!u_isUWhiteSpace((UChar32)str_next_char(s, &at)))
            break;
    return start;
}

int prose_parse(struct str typed, int max, bool lines, struct buf *out)
{
    struct str text = {typed.p, trimmed_end(typed)};
    size_t start = trimmed_start(text);
    int count = 0;
    for (size_t at = start; at < text.n; count++) {
        uint32_t c = str_next_char(text, &at);
        if (!(lines && c == '\n') && !username_may_show(c))
            return ERR_TEXT_INVALID;
    }
    if (count > max)
        return ERR_TEXT_INVALID;
    if (start < text.n) /* There may be no bytes at all, and nothing can be added to no pointer. */
        buf_put(out, text.p + start, text.n - start);
    return 0;
}

/* Digits are emoji for Unicode when a keycap follows, so such a character alone makes none. */
static bool makes_emoji(UChar32 c)
{
    return c == KEYCAP || u_hasBinaryProperty(c, UCHAR_EXTENDED_PICTOGRAPHIC) ||
           u_hasBinaryProperty(c, UCHAR_REGIONAL_INDICATOR) || u_hasBinaryProperty(c, UCHAR_EMOJI_PRESENTATION);
}

static bool belongs_to_emoji(UChar32 c)
{
    bool tag = c >= 0xe0020 && c <= 0xe007f;
    return tag || c == EMOJI_SIGN || c == JOINER || makes_emoji(c) || u_hasBinaryProperty(c, UCHAR_EMOJI);
}

/* One character as people count them. */
static bool is_one_cluster(const UChar *text, int32_t n)
{
    UErrorCode e = U_ZERO_ERROR;
    UBreakIterator *it = ubrk_open(UBRK_CHARACTER, "", text, n, &e);
    bool one = U_SUCCESS(e) && ubrk_next(it) == n;
    ubrk_close(it);
    return one;
}

bool prose_is_emoji(struct str text)
{
    UChar wide[EMOJI_UNITS];
    int32_t n = 0;
    UErrorCode e = U_ZERO_ERROR;
    bool made = false;
    if (text.n == 0)
        return true;
    for (size_t at = 0; at < text.n;) {
        UChar32 c = (UChar32)str_next_char(text, &at);
        if (!belongs_to_emoji(c))
            return false;
        made = made || makes_emoji(c);
    }
    if (!made || text.n > EMOJI_UNITS)
        return false;
    u_strFromUTF8(wide, EMOJI_UNITS, &n, text.p, (int32_t)text.n, &e);
    return U_SUCCESS(e) && is_one_cluster(wide, n);
}

bool prose_is_time_zone(struct str name)
{
    UChar wide[ZONE_UNITS], canonical[ZONE_UNITS * 2];
    UBool known = false;
    int32_t n = 0;
    UErrorCode e = U_ZERO_ERROR;
    /* ICU would look no further than a NUL. */
    if (name.n == 0 || name.n >= ZONE_UNITS || memchr(name.p, 0, name.n) ||
        !(memchr(name.p, '/', name.n) || str_is(name, "UTC")))
        return false;
    u_strFromUTF8(wide, ZONE_UNITS, &n, name.p, (int32_t)name.n, &e);
    ucal_getCanonicalTimeZoneID(wide, n, canonical, ZONE_UNITS * 2, &known, &e);
    return U_SUCCESS(e) && known;
}
