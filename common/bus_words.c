/* The words of a command from a format. */
#include "bus_words.h"

#include <assert.h>
#include <string.h>

/* Append what the conversion at `f` (behind the %) stands for; returns the length of its name. */
static size_t convert(struct buf *text, const char *f, va_list *args)
{
    if (*f == 'b') {
        buf_str(text, *va_arg(*args, const struct str *));
        return 1;
    }
    if (*f == 's') {
        buf_cstr(text, va_arg(*args, const char *));
        return 1;
    }
    assert(strncmp(f, "lld", 3) == 0);
    buf_i64(text, va_arg(*args, long long));
    return 3;
}

size_t bus_words(struct buf *text, struct str argv[BUS_MAX_WORDS], const char *format, va_list args)
{
    size_t ends[BUS_MAX_WORDS], n = 0, begin = text->n;
    va_list copy;
    va_copy(copy, args);
    for (const char *f = format;; f++) {
        if (*f == ' ' || *f == '\0') {
            assert(n < BUS_MAX_WORDS);
            ends[n++] = text->n;
            if (*f == '\0')
                break;
        } else if (*f == '%') {
            f += convert(text, f + 1, &copy);
        } else {
            buf_char(text, *f);
        }
    }
    va_end(copy);
    /* The views come last: the bytes may have moved while they grew. */
    for (size_t i = 0; i < n; i++) {
        argv[i] = (struct str){text->p ? text->p + begin : "", ends[i] - begin};
        begin = ends[i];
    }
    return n;
}
