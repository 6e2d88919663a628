/* Reads a table of settings from the environment and prints it for people. */
#include "config.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "alloc.h"
#include "buf.h"

enum { MAX_SECRET = 64 * 1024 };

static const char *const type_names[] = {"text", "number", "true or false"};

static void *field_of(const struct config_row *row, void *config)
{
    return (char *)config + row->offset;
}

static const void *field_in(const struct config_row *row, const void *config)
{
    return (const char *)config + row->offset;
}

/* ---- reading ---- */

static bool parse_int(const char *text, int64_t *value_r)
{
    bool negative = text[0] == '-';
    int64_t v;

    if (!str_i64(str_of(text + negative), &v))
        return false;
    *value_r = negative ? -v : v;
    return true;
}

static bool parse_bool(const char *text, bool *value_r)
{
    static const char *const yes[] = {"true", "1", "yes", "on"};
    static const char *const no[] = {"false", "0", "no", "off"};

    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *value_r = strcmp(text, yes[i]) == 0;
            return true;
        }
    }
    return false;
}

/* The first line of a secret's file; the caller frees it. NULL after saying why on `err`. */
static char *read_secret(const char *env, const char *path, FILE *err)
{
    FILE *file = fopen(path, "re");
    char *text = NULL;
    size_t n;

    if (file == NULL) {
        fprintf(err, "%s_FILE: cannot read \"%s\": %s\n", env, path, strerror(errno));
        return NULL;
    }
    text = xcalloc(1, MAX_SECRET + 1);
    n = fread(text, 1, MAX_SECRET + 1, file);
    if (ferror(file)) {
        fprintf(err, "%s_FILE: cannot read \"%s\"\n", env, path);
        goto fail;
    }
    if (n > MAX_SECRET) {
        fprintf(err, "%s_FILE: \"%s\" is longer than %d bytes\n", env, path, (int)MAX_SECRET);
        goto fail;
    }
    text[strcspn(text, "\r\n")] = '\0';
    if (text[0] == '\0') {
        fprintf(err, "%s_FILE: the first line of \"%s\" is empty\n", env, path);
        goto fail;
    }
    fclose(file);
    return text;
fail:
    fclose(file);
    free(text);
    return NULL;
}

/* What the row's text is: of the environment, of the secret's file, or the default. NULL and true: there is
 * none and none is needed. The caller frees it. */
static bool row_text(const struct config_row *row, char **text_r, FILE *err)
{
    const char *value = getenv(row->env);
    struct buf file_env = {0};
    const char *path = NULL;
    bool good = true;

    *text_r = NULL;
    if (row->flags & CONFIG_SECRET) {
        buf_printf(&file_env, "%s_FILE", row->env);
        path = getenv(buf_c(&file_env));
        buf_fini(&file_env);
    }
    /* An empty number or switch is what an unset variable of a compose file looks like; an empty text may be
     * meant. */
    if (value != NULL && value[0] == '\0' && (row->type != CONFIG_STRING || (row->flags & CONFIG_REQUIRED)))
        value = NULL;
    if (path != NULL && path[0] == '\0')
        path = NULL;
    if (value != NULL && value[0] != '\0' && path != NULL) {
        fprintf(err, "%s: set it or %s_FILE, not both\n", row->env, row->env);
        good = false;
    } else if (path != NULL) {
        *text_r = read_secret(row->env, path, err);
        good = *text_r != NULL;
    } else if (value != NULL || row->def != NULL) {
        *text_r = xstrdup(value != NULL ? value : row->def);
    } else if (row->flags & CONFIG_REQUIRED) {
        fprintf(err, "%s: missing%s; wants %s: %s\n", row->env,
                row->flags & CONFIG_SECRET ? ", and so is its _FILE form" : "", type_names[row->type], row->doc);
        good = false;
    }
    return good;
}

/* `got` is not shown of a secret. */
static void say_wrong(const struct config_row *row, const char *got, FILE *err)
{
    fprintf(err, "%s: ", row->env);
    if (!(row->flags & CONFIG_SECRET))
        fprintf(err, "got \"%s\", ", got);
    if (row->type == CONFIG_BOOL)
        fprintf(err, "wants true or false\n");
    else if (row->min == 0 && row->max == 0)
        fprintf(err, "wants a whole number\n");
    else
        fprintf(err, "wants a whole number from %" PRId64 " to %" PRId64 "\n", row->min, row->max);
}

static bool row_load(const struct config_row *row, void *config, FILE *err)
{
    char *text;
    int64_t number = 0;
    bool flag = false, good = true;

    if (!row_text(row, &text, err))
        return false;
    if (row->type == CONFIG_STRING) {
        *(const char **)field_of(row, config) = text;
        return true;
    }
    if (row->type == CONFIG_INT) {
        good = text == NULL || (parse_int(text, &number) &&
                                ((row->min == 0 && row->max == 0) || (number >= row->min && number <= row->max)));
        *(int64_t *)field_of(row, config) = number;
    } else {
        good = text == NULL || parse_bool(text, &flag);
        *(bool *)field_of(row, config) = flag;
    }
    if (!good)
        say_wrong(row, text, err);
    free(text);
    return good;
}

int config_load(const struct config_row *rows, size_t count, void *config, FILE *err)
{
    bool good = true;

    for (size_t i = 0; i < count; i++) {
        if (rows[i].type == CONFIG_STRING)
            *(const char **)field_of(&rows[i], config) = NULL;
    }
    for (size_t i = 0; i < count; i++)
        good = row_load(&rows[i], config, err) && good;
    if (!good)
        config_free(rows, count, config);
    return good ? 0 : -1;
}

void config_free(const struct config_row *rows, size_t count, void *config)
{
    for (size_t i = 0; i < count; i++) {
        const char **field = field_of(&rows[i], config);

        if (rows[i].type != CONFIG_STRING)
            continue;
        free((void *)(uintptr_t)*field);
        *field = NULL;
    }
}

/* ---- printing ---- */

static int by_name(const void *a, const void *b)
{
    const struct config_row *const *x = a, *const *y = b;

    return strcmp((*x)->env, (*y)->env);
}

/* The rows in alphabetical order, whatever tables they were put together from. The caller frees the array. */
static const struct config_row **sorted(const struct config_row *rows, size_t count)
{
    const struct config_row **order = xcalloc(count, sizeof(const struct config_row *));

    for (size_t i = 0; i < count; i++)
        order[i] = &rows[i];
    qsort(order, count, sizeof(const struct config_row *), by_name);
    return order;
}

static void free_sorted(const struct config_row **order)
{
    free((void *)(uintptr_t)order);
}

void config_help(const struct config_row *rows, size_t count, FILE *out)
{
    const struct config_row **order = sorted(rows, count);

    for (size_t i = 0; i < count; i++) {
        const struct config_row *row = order[i];

        fprintf(out, "  %s", row->env);
        if (row->flags & CONFIG_REQUIRED)
            fprintf(out, " (required)");
        else if (row->def != NULL && row->def[0] != '\0')
            fprintf(out, "=%s", row->def);
        fprintf(out, "\n      %s\n", row->doc);
        if (row->flags & CONFIG_SECRET)
            fprintf(out, "      Secret. %s_FILE may name a file whose first line it is.\n", row->env);
    }
    free_sorted(order);
}

void config_print(const struct config_row *rows, size_t count, const void *config, FILE *out)
{
    const struct config_row **order = sorted(rows, count);

    for (size_t i = 0; i < count; i++) {
        const struct config_row *row = order[i];
        const void *field = field_in(row, config);

        fprintf(out, "%s=", row->env);
        if (row->type == CONFIG_INT) {
            fprintf(out, "%" PRId64 "\n", *(const int64_t *)field);
        } else if (row->type == CONFIG_BOOL) {
            fprintf(out, "%s\n", *(const bool *)field ? "true" : "false");
        } else {
            const char *text = *(const char *const *)field;
            bool given = text != NULL && text[0] != '\0';

            fprintf(out, "%s\n", !given ? "" : row->flags & CONFIG_SECRET ? "***" : text);
        }
    }
    free_sorted(order);
}

void config_markdown(const struct config_row *rows, size_t count, FILE *out)
{
    const struct config_row **order = sorted(rows, count);

    fprintf(out, "| variable | type | default | meaning |\n|---|---|---|---|\n");
    for (size_t i = 0; i < count; i++) {
        const struct config_row *row = order[i];
        bool has_default = row->def != NULL && row->def[0] != '\0';

        fprintf(out, "| `%s` | %s | ", row->env, row->flags & CONFIG_SECRET ? "secret" : type_names[row->type]);
        if (row->flags & CONFIG_REQUIRED)
            fprintf(out, "required");
        else if (has_default)
            fprintf(out, "`%s`", row->def);
        fprintf(out, " | ");
        for (const char *c = row->doc; *c != '\0'; c++)
            fprintf(out, "%s%c", *c == '|' ? "\\" : "", *c);
        fprintf(out, " |\n");
    }
    free_sorted(order);
}
