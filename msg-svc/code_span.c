/* Finds the ends of code. */
#include "code_span.h"

/* How many backticks stand here. */
static size_t ticks_at(struct str text, size_t at)
{
    size_t n = 0;
    while (at + n < text.n && text.p[at + n] == '`')
        n++;
    return n;
}

size_t code_span_end(struct str text, size_t at)
{
    size_t ticks = ticks_at(text, at);
    for (size_t i = at + ticks; i < text.n;) {
        size_t n = ticks_at(text, i);
        if (n == ticks)
            return i + n;
        i += n > 0 ? n : 1;
    }
    return at + ticks;
}
