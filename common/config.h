/* Configuration from environment variables, by one table a process. --help, --print-config and
 * docs/configuration.md come from the same rows. A secret has no default and is never printed.
 * NAME_FILE may stand for NAME when the row is a secret: the value is then that file's first line. */
#ifndef PARLEY_CONFIG_H
#define PARLEY_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum config_type { CONFIG_STRING, CONFIG_INT, CONFIG_BOOL };
enum { CONFIG_SECRET = 1, CONFIG_REQUIRED = 2 };

/* The order is for whoever reads the tables. */
/* NOLINTNEXTLINE(clang-analyzer-optin.performance.Padding) */
struct config_row {
    const char *env; /* PARLEY_… ; rows are in alphabetical order of it */
    enum config_type type;
    size_t offset;   /* of the field: const char *, int64_t or bool */
    const char *def; /* as text; NULL: none, the field is then NULL, 0 or false */
    int flags;
    int64_t min, max; /* for CONFIG_INT; both 0: any */
    const char *doc;  /* one line, ends with a full stop */
};

/* Fill *config from the environment. Strings live until config_free(). Returns 0, or -1 after naming
 * every wrong variable on `err`, one line each. */
int config_load(const struct config_row *rows, size_t count, void *config, FILE *err);
void config_free(const struct config_row *rows, size_t count, void *config);
/* Names, defaults and docs, for people. */
void config_help(const struct config_row *rows, size_t count, FILE *out);
/* NAME=value lines of what is in force; secrets as ***. */
void config_print(const struct config_row *rows, size_t count, const void *config, FILE *out);
/* The rows as a Markdown table. */
void config_markdown(const struct config_row *rows, size_t count, FILE *out);

#endif
