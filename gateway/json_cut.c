/* Leaves members of a JSON object out of its text. */
#include "json_cut.h"

/* End of the string that begins with the quote at i. */
static size_t skip_string(struct str s, size_t i)
{
    for (i++; i < s.n && s.p[i] != '"'; i++)
        if (s.p[i] == '\\')
            i++;
    return i < s.n ? i + 1 : s.n;
}

/* End of the member's name and value that begin at i: the comma or the brace behind it. */
static size_t skip_member(struct str s, size_t i)
{
    unsigned depth = 0;
    while (i < s.n) {
        char c = s.p[i];
        if (c == '"') {
            i = skip_string(s, i);
            continue;
        }
        if (depth == 0 && (c == ',' || c == '}'))
            break;
        if (c == '{' || c == '[')
            depth++;
        else if (c == '}' || c == ']')
            depth--;
        i++;
    }
    return i;
}

static size_t skip_space(struct str s, size_t i)
{
    while (i < s.n && (s.p[i] == ' ' || s.p[i] == '\t' || s.p[i] == '\n' || s.p[i] == '\r'))
        i++;
    return i;
}

static bool is_named(struct str member, const char *const *names)
{
    size_t end = skip_string(member, 0);
    if (end < 2)
        return false;
    for (; *names; names++)
        if (str_is((struct str){member.p + 1, end - 2}, *names))
            return true;
    return false;
}

void json_cut(struct str json, const char *const *names, struct buf *out)
{
    size_t i = skip_space(json, 0) + 1; /* behind the opening brace */
    bool comma = false;
    buf_char(out, '{');
    while (i < json.n) {
        i = skip_space(json, i);
        if (i >= json.n || json.p[i] != '"')
            break;
        size_t end = skip_member(json, i);
        struct str member = {json.p + i, end - i};
        if (!is_named(member, names)) {
            if (comma)
                buf_char(out, ',');
            buf_str(out, member);
            comma = true;
        }
        i = end + 1;
    }
    buf_char(out, '}');
}
