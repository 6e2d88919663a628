/* Scans texts for names behind an at sign. */
#include "mention.h"

#include "code_span.h"
#include "name_key.h"

/* Letters of any script, digits, and what may stand within a name. A byte at a time: those of other scripts are above
 * 0x7f. */
static bool of_name(unsigned char c)
{
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.';
}

static void add(struct mentions *m, struct str name)
{
    if (name.n == 0 || name.n > MENTION_NAME_MAX || m->count >= MENTIONS_MAX)
        return;
    for (size_t i = 0; i < m->count; i++)
        if (str_eq(m->names[i], name))
            return;
    m->names[m->count++] = name;
}

/* Scripts without spaces go on right behind a name: what is before their first letter may be all of it. */
static void add_with_start(struct mentions *m, struct str name)
{
    size_t plain = 0;
    while (plain < name.n && (unsigned char)name.p[plain] < 0x80)
        plain++;
    add(m, name);
    if (plain > 0 && plain < name.n)
        add(m, (struct str){name.p, plain});
}

static enum name_calls whom_it_calls(struct str name)
{
    struct buf key = {0};
    enum name_calls calls = NAME_CALLS_ONE;
    if (name.n <= MENTION_NAME_MAX && name_key(name, &key))
        calls = name_calls(buf_view(&key));
    buf_fini(&key);
    return calls;
}

static void take(struct mentions *m, struct str name)
{
    switch (whom_it_calls(name)) {
    case NAME_CALLS_ALL:
        m->all = true;
        break;
    case NAME_CALLS_HERE:
        m->here = true;
        break;
    case NAME_CALLS_ONE:
        add_with_start(m, name);
    }
}

void mentions_find(struct str text, struct mentions *m_r)
{
    *m_r = (struct mentions){0};
    /* Every run of backticks that closes nothing is looked for to the end: a text of many of them is not looked at. */
    size_t searches = 0;
    for (size_t at = 0; at < text.n && searches < 200;) {
        if (text.p[at] == '`') {
            at = code_span_end(text, at);
            searches++;
            continue;
        }
        bool begins =
            text.p[at] == '@' && (at == 0 || (!of_name((unsigned char)text.p[at - 1]) && text.p[at - 1] != '@'));
        size_t from = ++at;
        if (!begins)
            continue;
        while (at < text.n && of_name((unsigned char)text.p[at]))
            at++;
        struct str name = {text.p + from, at - from};
        while (name.n > 0 && (name.p[name.n - 1] == '.' || name.p[name.n - 1] == '-'))
            name.n--; /* the end of a sentence */
        take(m_r, name);
    }
}
