/* Judges what the reader says. */
#include "told.h"

static bool is_text(struct str s, size_t max)
{
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 || s.p[i] == 0x7f)
            return false;
    return s.n > 0 && s.n <= max && str_utf8(s);
}

bool told_parse(struct str text, struct told *told_r)
{
    *told_r = (struct told){0};
    struct {
        const char *word;
        struct str *to;
        size_t max;
    } parts[] = {{"title", &told_r->title, TOLD_TITLE_MAX},
                 {"description", &told_r->description, TOLD_DESCRIPTION_MAX},
                 {"site", &told_r->site, TOLD_SITE_MAX},
                 {"image", &told_r->image, TOLD_IMAGE_MAX}};
    while (text.n > 0) {
        struct str line, word;
        text = str_cut(text, '\n', &line);
        struct str rest = str_cut(line, ' ', &word);
        struct str *to = NULL;
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
            if (str_is(word, parts[i].word) && is_text(rest, parts[i].max))
                to = parts[i].to;
        if (to == NULL || to->n > 0)
            return false;
        *to = rest;
    }
    return true;
}
