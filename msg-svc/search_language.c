/* Reads the list of languages of PARLEY_SEARCH_LANGUAGES. */
#include "search_language.h"

/* Each is a dictionary <name>_stem of PostgreSQL 14 and later. */
static const char *const known[] = {"arabic",    "armenian",   "basque",   "catalan", "danish",     "dutch",
                                    "english",   "finnish",    "french",   "german",  "greek",      "hindi",
                                    "hungarian", "indonesian", "irish",    "italian", "lithuanian", "nepali",
                                    "norwegian", "portuguese", "romanian", "russian", "serbian",    "spanish",
                                    "swedish",   "tamil",      "turkish",  "yiddish"};

static struct str trim(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s = (struct str){s.p + 1, s.n - 1};
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}

static const char *find(struct str name)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (str_is(name, known[i]))
            return known[i];
    return NULL;
}

bool search_languages_parse(struct str list, struct search_languages *languages_r, struct str *bad_r)
{
    *languages_r = (struct search_languages){0};
    while (list.n > 0) {
        struct str name;
        list = str_cut(list, ',', &name);
        name = trim(name);
        if (name.n == 0 || str_is(name, "simple"))
            continue;
        const char *language = find(name);
        if (language == NULL || languages_r->n == SEARCH_LANGUAGES_MAX) {
            *bad_r = name;
            return false;
        }
        languages_r->names[languages_r->n++] = language;
    }
    return true;
}
