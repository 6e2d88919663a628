/* What config.h promises. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"

struct settings {
    const char *name, *secret, *optional;
    int64_t port, any;
    bool loud;
};

static const struct config_row rows[] = {
    {"PARLEY_T_ANY", CONFIG_INT, offsetof(struct settings, any), "-3", 0, 0, 0, "Any number."},
    {"PARLEY_T_LOUD", CONFIG_BOOL, offsetof(struct settings, loud), "false", 0, 0, 0, "Noise | more."},
    {"PARLEY_T_PORT", CONFIG_INT, offsetof(struct settings, port), "8080", 0, 1, 65535, "Port."},
    {"PARLEY_T_NAME", CONFIG_STRING, offsetof(struct settings, name), "x", 0, 0, 0, "Name."},
    {"PARLEY_T_OPTIONAL", CONFIG_STRING, offsetof(struct settings, optional), NULL, 0, 0, 0, "May be absent."},
    {"PARLEY_T_SECRET", CONFIG_STRING, offsetof(struct settings, secret), NULL, CONFIG_SECRET | CONFIG_REQUIRED, 0, 0,
     "Secret."},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static struct settings s;
static char *said;
static int rc;

/* Loads into s; what was said is in `said`. */
static void load(void)
{
    size_t n;
    FILE *err = open_memstream(&said, &n);

    rc = config_load(rows, ROWS, &s, err);
    fclose(err);
}

static void done(void)
{
    if (rc == 0)
        config_free(rows, ROWS, &s);
    free(said);
    said = NULL;
}

Test(config, defaults_are_taken_where_the_environment_says_nothing)
{
    setenv("PARLEY_T_SECRET", "hush", 1);
    load();
    cr_assert_eq(rc, 0);
    cr_assert_str_eq(said, "");
    cr_assert_str_eq(s.name, "x");
    cr_assert_str_eq(s.secret, "hush");
    cr_assert_null(s.optional);
    cr_assert_eq(s.port, 8080);
    cr_assert_eq(s.any, -3);
    cr_assert_not(s.loud);
    done();
    cr_assert_null(s.name);
}

Test(config, the_environment_wins_over_defaults)
{
    setenv("PARLEY_T_SECRET", "hush", 1);
    setenv("PARLEY_T_NAME", "", 1);
    setenv("PARLEY_T_OPTIONAL", "there", 1);
    setenv("PARLEY_T_PORT", "65535", 1);
    setenv("PARLEY_T_ANY", "-9223372036854775807", 1);
    setenv("PARLEY_T_LOUD", "on", 1);
    load();
    cr_assert_eq(rc, 0);
    cr_assert_str_eq(s.name, "", "an empty text may be meant");
    cr_assert_str_eq(s.optional, "there");
    cr_assert_eq(s.port, 65535);
    cr_assert_eq(s.any, -INT64_MAX);
    cr_assert(s.loud);
    done();
}

Test(config, an_empty_number_or_switch_is_as_if_unset)
{
    setenv("PARLEY_T_SECRET", "hush", 1);
    setenv("PARLEY_T_PORT", "", 1);
    setenv("PARLEY_T_LOUD", "", 1);
    load();
    cr_assert_eq(rc, 0);
    cr_assert_eq(s.port, 8080);
    cr_assert_not(s.loud);
    done();
}

Test(config, every_wrong_variable_is_named_with_what_it_got_and_wants)
{
    setenv("PARLEY_T_PORT", "0", 1);
    setenv("PARLEY_T_ANY", "12x", 1);
    setenv("PARLEY_T_LOUD", "perhaps", 1);
    load();
    cr_assert_eq(rc, -1);
    cr_assert_not_null(strstr(said, "PARLEY_T_PORT: got \"0\", wants a whole number from 1 to 65535\n"));
    cr_assert_not_null(strstr(said, "PARLEY_T_ANY: got \"12x\", wants a whole number\n"));
    cr_assert_not_null(strstr(said, "PARLEY_T_LOUD: got \"perhaps\", wants true or false\n"));
    cr_assert_not_null(strstr(said, "PARLEY_T_SECRET: missing"));
    cr_assert_null(s.name, "nothing is left behind");
    done();
}

Test(config, numbers_are_whole_decimal_and_fit)
{
    static const char *const bad[] = {"1.5",   "0x10", " 1", "1 ", "--1", "-", "99999999999999999999",
                                      "65536", "-1",   "+1"};

    setenv("PARLEY_T_SECRET", "hush", 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        setenv("PARLEY_T_PORT", bad[i], 1);
        load();
        cr_assert_eq(rc, -1, "%s", bad[i]);
        done();
    }
}

Test(config, an_empty_secret_is_missing)
{
    setenv("PARLEY_T_SECRET", "", 1);
    load();
    cr_assert_eq(rc, -1);
    cr_assert_not_null(strstr(said, "PARLEY_T_SECRET: missing"));
    done();
}

static void secret_file(const char *content, size_t n, char path[static 32])
{
    int fd;

    snprintf(path, 32, "/tmp/parley-config-XXXXXX");
    fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, content, n), (ssize_t)n);
    close(fd);
    setenv("PARLEY_T_SECRET_FILE", path, 1);
}

Test(config, a_secret_may_be_the_first_line_of_a_file)
{
    char path[32];

    secret_file("from file\r\nsecond\n", 18, path);
    load();
    cr_assert_eq(rc, 0, "%s", said);
    cr_assert_str_eq(s.secret, "from file");
    done();
    unlink(path);
}

Test(config, a_secret_given_twice_is_refused_without_showing_it)
{
    char path[32];

    secret_file("one", 3, path);
    setenv("PARLEY_T_SECRET", "two", 1);
    load();
    cr_assert_eq(rc, -1);
    cr_assert_not_null(strstr(said, "PARLEY_T_SECRET"));
    cr_assert_null(strstr(said, "two"));
    done();
    unlink(path);
}

Test(config, a_secret_file_that_is_absent_empty_or_huge_is_named)
{
    char path[32];
    char *huge = calloc(1, 70000);

    setenv("PARLEY_T_SECRET_FILE", "/nonexistent/secret", 1);
    load();
    cr_assert_eq(rc, -1);
    cr_assert_not_null(strstr(said, "PARLEY_T_SECRET_FILE: cannot read \"/nonexistent/secret\""));
    done();
    secret_file("\nx", 2, path);
    load();
    cr_assert_eq(rc, -1);
    cr_assert_not_null(strstr(said, "is empty"));
    done();
    unlink(path);
    memset(huge, 'x', 70000);
    secret_file(huge, 70000, path);
    free(huge);
    load();
    cr_assert_eq(rc, -1);
    cr_assert_not_null(strstr(said, "longer than"));
    done();
    unlink(path);
    setenv("PARLEY_T_SECRET_FILE", "/tmp", 1);
    load();
    cr_assert_eq(rc, -1, "a directory");
    done();
}

Test(config, only_secrets_are_read_from_files)
{
    setenv("PARLEY_T_SECRET", "hush", 1);
    setenv("PARLEY_T_NAME_FILE", "/nonexistent", 1);
    load();
    cr_assert_eq(rc, 0);
    cr_assert_str_eq(s.name, "x");
    done();
}

Test(config, what_is_in_force_is_printed_in_alphabetical_order_and_secrets_are_not)
{
    char *out_text;
    size_t n;
    FILE *out = open_memstream(&out_text, &n);

    setenv("PARLEY_T_SECRET", "hush", 1);
    load();
    config_print(rows, ROWS, &s, out);
    fclose(out);
    cr_assert_str_eq(out_text, "PARLEY_T_ANY=-3\nPARLEY_T_LOUD=false\nPARLEY_T_NAME=x\nPARLEY_T_OPTIONAL=\n"
                               "PARLEY_T_PORT=8080\nPARLEY_T_SECRET=***\n");
    free(out_text);
    done();
}

Test(config, help_and_markdown_tell_name_default_and_meaning)
{
    char *out_text;
    size_t n;
    FILE *out = open_memstream(&out_text, &n);

    config_help(rows, ROWS, out);
    config_markdown(rows, ROWS, out);
    fclose(out);
    cr_assert_not_null(strstr(out_text, "  PARLEY_T_PORT=8080\n      Port.\n"));
    cr_assert_not_null(strstr(out_text, "  PARLEY_T_SECRET (required)\n"));
    cr_assert_not_null(strstr(out_text, "PARLEY_T_SECRET_FILE may name a file"));
    cr_assert_not_null(strstr(out_text, "| `PARLEY_T_PORT` | number | `8080` | Port. |\n"));
    cr_assert_not_null(strstr(out_text, "| `PARLEY_T_SECRET` | secret | required | Secret. |\n"));
    cr_assert_not_null(strstr(out_text, "| Noise \\| more. |\n"));
    cr_assert_lt(strstr(out_text, "| `PARLEY_T_NAME`"), strstr(out_text, "| `PARLEY_T_PORT`"));
    free(out_text);
}
