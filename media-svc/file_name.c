/* Cleans names of files and writes Content-Disposition. */
#include "file_name.h"

#include <string.h>

enum { ENDING_MAX = 16 };

/* Characters that change how the rest of a name is shown: "gnp.exe" could be made to look like "exe.png". */
static bool turns(uint32_t c)
{
    return c == 0x61c || c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
}

static struct str last_segment(struct str name)
{
    for (size_t i = name.n; i > 0; i--)
        if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
            return (struct str){name.p + i, name.n - i};
    return name;
}

/* The ending with its dot, when it is a short one; else empty. */
static struct str ending_of(struct str name)
{
    for (size_t i = name.n; i > 1 && name.n - i < ENDING_MAX; i--)
        if (name.p[i - 1] == '.')
            return (struct str){name.p + i - 1, name.n - i + 1};
    return (struct str){"", 0};
}

static struct str trim(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s.p++, s.n--;
    while (s.n > 0 && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '.'))
        s.n--;
    return s;
}

void file_name_clean(struct str name, struct buf *out)
{
    struct buf kept = {0};
    struct str from = last_segment(name);
    for (size_t at = 0, next = 0; at < from.n; at = next) {
        uint32_t c = str_next_char(from, &next);
        if (!is_control(c) && !turns(c))
            buf_put(&kept, from.p + at, next - at);
    }
    struct str good = trim((struct str){kept.p ? kept.p : "", kept.n});
    if (good.n == 0)
        good = STR("file");
    struct str ending = ending_of(good);
    if (good.n > FILE_NAME_MAX) {
        size_t n = FILE_NAME_MAX - ending.n;
        /* Not in the middle of a character. */
        while (n > 0 && ((unsigned char)good.p[n] & 0xc0) == 0x80)
            n--;
        buf_put(out, good.p, n);
        buf_str(out, ending);
    } else {
        buf_str(out, good);
    }
    buf_fini(&kept);
}

static bool is_attr_char(unsigned char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return c != '\0' && strchr("!#$&+-.^_`|~", c) != NULL;
}

void file_name_disposition(const char *how, struct str name, struct buf *out)
{
    buf_cstr(out, how);
    buf_cstr(out, "; filename=\"");
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        /* One sign for each character that old browsers could read in two ways; of several bytes, for the first. */
        if ((c & 0xc0) == 0x80)
            continue;
        buf_char(out, c >= 0x20 && c < 0x7f && c != '"' && c != '\\' && c != '%' ? (char)c : '_');
    }
    buf_cstr(out, "\"; filename*=UTF-8''");
    for (size_t i = 0; i < name.n; i++) {
        unsigned char c = (unsigned char)name.p[i];
        if (is_attr_char(c))
            buf_char(out, (char)c);
        else
            buf_printf(out, "%%%02X", c);
    }
}
