/* Checks names of rooms. */
#include "room_name.h"

#include <string.h>

static bool is_forbidden(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0x200e || c == 0x200f ||
           (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

bool room_name_ok(struct str name)
{
    if (!str_utf8(name))
        return false;
    size_t chars = 0;
    for (size_t at = 0; at < name.n; chars++)
        if (is_forbidden(str_next_char(name, &at)))
            return false;
    return chars <= ROOM_NAME_CHARS;
}

/* White space beyond ASCII that keyboards and pasted text bring. */
static const char *const spaces[] = {" ", "\t", "\n", "\r", "\xc2\xa0", "\xe2\x80\x83", "\xe3\x80\x80"};

static size_t space_at_start(struct str s)
{
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++)
        if (str_starts(s, str_of(spaces[i])))
            return strlen(spaces[i]);
    return 0;
}

static size_t space_at_end(struct str s)
{
    for (size_t i = 0; i < sizeof spaces / sizeof spaces[0]; i++) {
        size_t n = strlen(spaces[i]);
        if (s.n >= n && memcmp(s.p + s.n - n, spaces[i], n) == 0)
            return n;
    }
    return 0;
}

struct str room_name_trim(struct str name)
{
    size_t n;
    while ((n = space_at_start(name)) > 0)
        name = (struct str){name.p + n, name.n - n};
    while ((n = space_at_end(name)) > 0)
        name.n -= n;
    return name;
}

bool room_text_ok(struct str s, size_t chars, bool lines)
{
    size_t count = 0;
    if (!str_utf8(s))
        return false;
    for (size_t at = 0; at < s.n; count++) {
        uint32_t c = str_next_char(s, &at);
        bool line = c == '\n' || c == '\t' || c == '\r';
        if (c == 0x7f || (c < 0x20 && !(line && lines)))
            return false;
    }
    return count <= chars;
}
