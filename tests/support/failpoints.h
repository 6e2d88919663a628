/* The directory of a test's failpoints: common/failpoint.h says what they do. */
#ifndef PARLEY_TEST_FAILPOINTS_H
#define PARLEY_TEST_FAILPOINTS_H

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct failpoints {
    char dir[64];
    char env[96]; /* for the environment of programs */
};

static inline void failpoints_init(struct failpoints *f)
{
    snprintf(f->dir, sizeof f->dir, "/tmp/parley-failpoints-XXXXXX");
    cr_assert_not_null(mkdtemp(f->dir));
    snprintf(f->env, sizeof f->env, "PARLEY_FAILPOINT_DIR=%s", f->dir);
}

/* Arm one: under another name first, so that nobody finds it empty. */
static inline void failpoints_arm(const struct failpoints *f, const char *name, const char *what)
{
    char draft[256], path[256];
    snprintf(draft, sizeof draft, "%s/draft", f->dir);
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    FILE *file = fopen(draft, "w");
    cr_assert_not_null(file);
    fputs(what, file);
    cr_assert_eq(fclose(file), 0);
    cr_assert_eq(rename(draft, path), 0);
}

/* It is armed, and has not struck. */
static inline bool failpoints_armed(const struct failpoints *f, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", f->dir, name);
    return access(path, F_OK) == 0;
}

static inline void failpoints_fini(struct failpoints *f)
{
    DIR *dir = opendir(f->dir);
    for (struct dirent *e; dir != NULL && (e = readdir(dir)) != NULL;) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", f->dir, e->d_name);
        if (e->d_name[0] != '.')
            unlink(path);
    }
    if (dir != NULL)
        closedir(dir);
    rmdir(f->dir);
}

#endif
