#include "filled.h"

#include <string.h>

#include "buf.h"

char *filled(const char *text, const char *const names[][2])
{
    struct buf b = {0};
    while (*text) {
        size_t i = 0;
        while (names[i][0] && strncmp(text, names[i][0], strlen(names[i][0])) != 0)
            i++;
        if (names[i][0])
            buf_cstr(&b, names[i][1]);
        else
            buf_char(&b, *text);
        text += names[i][0] ? strlen(names[i][0]) : 1;
    }
    char *copy = strdup(buf_c(&b));
    buf_fini(&b);
    return copy;
}
