#include "file_rows.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

enum { WAIT_MS = 30000 };

char *file_sql(struct stack *stack, const char *format, const char *path)
{
    struct buf text = {0};
    const char *at = strstr(format, "%s");
    buf_put(&text, format, at ? (size_t)(at - format) : strlen(format));
    if (at) {
        buf_cstr(&text, path + strlen("/media/files/"));
        buf_cstr(&text, at + 2);
    }
    char *value = stack_sql(stack, buf_c(&text));
    buf_fini(&text);
    return value;
}

struct wanted {
    struct stack *stack;
    const char *format, *path, *value;
};

static bool is_so(void *arg)
{
    const struct wanted *w = arg;
    char *value = file_sql(w->stack, w->format, w->path);
    bool so = strcmp(value, w->value) == 0;
    free(value);
    return so;
}

void file_sql_until(struct stack *stack, const char *format, const char *path, const char *value)
{
    struct wanted w = {stack, format, path, value};
    bool so = stack_until(is_so, &w, WAIT_MS);
    char *now = so ? NULL : file_sql(stack, format, path);
    cr_assert(so, "%s: %s, not %s", format, now, value);
}

const char *file_row_id(unsigned n)
{
    static char ids[4][33];
    static unsigned next;
    char *text = ids[next++ % 4];
    snprintf(text, sizeof ids[0], "%024d%08x", 0, n);
    return text;
}

void file_row_put(struct stack *stack, const char *owner, unsigned n, enum file_row_state state, const char *name,
                  const char *what)
{
    char sql[600];
    snprintf(sql, sizeof sql,
             "INSERT INTO media.file (id, owner, name, size, received, state, kind, type, width, height, blurhash, "
             "previews) VALUES (decode('%s', 'hex'), %s, '%s', 2048, 2048, %d, %s)",
             file_row_id(n), owner, name, (int)state, what);
    free(stack_sql(stack, sql));
}
