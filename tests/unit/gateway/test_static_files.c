/* The web client's files, from a directory made for the test. */
#include <criterion/criterion.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "log.h"
#include "static_files.h"

static char dir[] = "/tmp/parley-static-XXXXXX";
static struct static_files *files;

static void put(const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    fclose(f);
}

static void setup(void)
{
    char assets[256];
    log_init("test", LOG_ERROR);
    cr_assert_not_null(mkdtemp(dir));
    snprintf(assets, sizeof(assets), "%s/assets", dir);
    cr_assert_eq(mkdir(assets, 0700), 0);
    put("index.html", "<html>");
    put(".hidden", "no");
    put("assets/app-1a2b.js", "plain");
    put("assets/app-1a2b.js.br", "brotli");
    put("assets/app-1a2b.js.gz", "gzip");
    put("assets/only.css.gz", "gzip alone");
    static_files_create(&files, dir);
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

static void teardown(void)
{
    static_files_destroy(&files);
    nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

TestSuite(static_files, .init = setup, .fini = teardown);

static struct static_choice choose(const char *path, const char *accept)
{
    struct static_choice c = {0};
    cr_assert(static_files_find(files, str_of(path), str_of(accept), &c), "nothing at %s", path);
    return c;
}

Test(static_files, are_given_in_the_best_encoding_the_client_takes)
{
    struct static_choice c = choose("/assets/app-1a2b.js", "gzip, deflate, br");
    cr_assert(str_is(c.body, "brotli"));
    cr_assert(str_is(c.encoding, "br"));
    cr_assert(str_is(c.type, "text/javascript; charset=utf-8"));
    cr_assert(c.immutable && c.varies);
    cr_assert(str_is(choose("/assets/app-1a2b.js", "gzip").body, "gzip"));
    cr_assert(str_is(choose("/assets/app-1a2b.js", "").body, "plain"));
    cr_assert(str_is(choose("/assets/app-1a2b.js", "br;q=0, gzip;q=0.5").body, "gzip"));
    cr_assert(str_is(choose("/assets/app-1a2b.js", "br; q=0.000, gzip;q=0").body, "plain"));
}

Test(static_files, have_a_tag_for_each_encoding)
{
    struct str plain = choose("/assets/app-1a2b.js", "").etag, br = choose("/assets/app-1a2b.js", "br").etag;
    cr_assert(plain.n > 2 && plain.p[0] == '"' && plain.p[plain.n - 1] == '"');
    cr_assert_not(str_eq(plain, br));
}

Test(static_files, give_the_page_for_paths_of_the_client)
{
    cr_assert(str_is(choose("/", "").body, "<html>"));
    cr_assert(str_is(choose("/rooms/7", "").body, "<html>"));
    cr_assert_not(choose("/", "").immutable);
}

Test(static_files, are_not_there_when_they_are_not_there)
{
    struct static_choice c;
    cr_assert_not(static_files_find(files, STR("/missing.js"), STR("br"), &c));
    cr_assert_not(static_files_find(files, STR("/assets/app-9"), STR("br"), &c));
    cr_assert_not(static_files_find(files, STR("/.hidden"), STR("br"), &c));
    cr_assert_not(static_files_find(files, STR("/assets/only.css"), STR(""), &c));
}

static void cut(const char *name)
{
    char path[256];
    snprintf(path, sizeof(path), "%s/%s", dir, name);
    cr_assert_eq(truncate(path, 0), 0);
}

Test(static_files, stay_as_they_were_when_others_take_their_place)
{
    char path[256];
    put("index.html", "<other>");
    cr_assert(str_is(choose("/", "").body, "<html>"));
    snprintf(path, sizeof(path), "%s/assets/app-1a2b.js", dir);
    cr_assert_eq(unlink(path), 0);
    put("assets/app-1a2b.js", "other");
    cr_assert(str_is(choose("/assets/app-1a2b.js", "").body, "plain"));
}

Test(static_files, that_are_written_over_are_no_longer_given)
{
    struct static_choice c;
    char path[256];
    snprintf(path, sizeof(path), "%s/assets/app-1a2b.js.gz", dir);
    cr_assert_eq(truncate(path, 1), 0);
    cr_assert_not(static_files_find(files, STR("/assets/app-1a2b.js"), STR("gzip"), &c));
    cr_assert(str_is(choose("/assets/app-1a2b.js", "br").body, "brotli"));
    put("assets/app-1a2b.js.br", "BROTLI");
    cr_assert_not(static_files_find(files, STR("/assets/app-1a2b.js"), STR("br"), &c));
}

/* Whoever copies a new client over the one that is served must not end the gateway. */
Test(static_files, that_are_cut_while_they_are_served_end_the_answer_alone)
{
    int pair[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct str body = choose("/assets/app-1a2b.js", "").body;
    cut("assets/app-1a2b.js");
    cr_assert_eq(send(pair[0], body.p, body.n, MSG_NOSIGNAL), -1);
    cr_assert_eq(errno, EFAULT);
    close(pair[0]);
    close(pair[1]);
    cut("index.html");
    cr_assert(str_is(choose("/", "").body, "<html>"));
}

Test(static_files, may_be_empty)
{
    struct static_files *some;
    struct static_choice c;
    put("assets/empty-3c4d.css", "");
    static_files_create(&some, dir);
    cr_assert(static_files_find(some, STR("/assets/empty-3c4d.css"), STR(""), &c));
    cr_assert_eq(c.body.n, 0);
    static_files_destroy(&some);
}

Test(static_files, without_a_directory_are_none)
{
    struct static_files *none;
    struct static_choice c;
    static_files_create(&none, "/nonexistent");
    cr_assert_not(static_files_find(none, STR("/"), STR(""), &c));
    static_files_destroy(&none);
}
