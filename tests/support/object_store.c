/* Starts, kills, counts and removes an object store for a test. */
#include "object_store.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "stack.h"

#define BUCKET "files"
#define ACCESS_KEY "test:tester"
#define SECRET_KEY "not/very+secret"

struct object_store {
    char dir[64], endpoint[64];
    int port;
    pid_t pid;
};

static void run(struct object_store *s)
{
    char log[80], port[16];
    snprintf(log, sizeof log, "%s/log", s->dir);
    snprintf(port, sizeof port, "%d", s->port);
    s->pid = fork();
    cr_assert_geq(s->pid, 0);
    if (s->pid > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    /* Debian's own, which has the package; another one may come first in PATH. */
    execl("/usr/bin/python3", "python3", PARLEY_SOURCE_DIR "/tests/support/object_store.py", s->dir, port, BUCKET,
          ACCESS_KEY, SECRET_KEY, (char *)NULL);
    _exit(127);
}

struct object_store *object_store_start(void)
{
    struct object_store *s = xcalloc(1, sizeof *s);
    strcpy(s->dir, "/tmp/parley-objects-XXXXXX");
    cr_assert_not_null(mkdtemp(s->dir));
    s->port = stack_free_port();
    snprintf(s->endpoint, sizeof s->endpoint, "PARLEY_S3_ENDPOINT=http://127.0.0.1:%d", s->port);
    run(s);
    return s;
}

void object_store_kill(struct object_store *s)
{
    cr_assert_eq(waitpid(s->pid, NULL, WNOHANG), 0, "the object store ended by itself: %s/log", s->dir);
    kill(s->pid, SIGKILL);
    waitpid(s->pid, NULL, 0);
    s->pid = 0;
}

void object_store_restart(struct object_store *s)
{
    run(s);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void object_store_stop(struct object_store **store)
{
    struct object_store *s = *store;
    *store = NULL;
    if (s->pid)
        object_store_kill(s);
    nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(s);
}

void object_store_refuse(const struct object_store *store, const char *text)
{
    char path[96];
    snprintf(path, sizeof path, "%s/refused", store->dir);
    FILE *f = fopen(path, "w");
    cr_assert_not_null(f);
    fputs(text, f);
    cr_assert_eq(fclose(f), 0);
}

void object_store_env(const struct object_store *store, const char *lines_r[OBJECT_STORE_LINES])
{
    const char *lines[OBJECT_STORE_LINES] = {"PARLEY_MEDIA_STORE=s3",
                                             store->endpoint,
                                             "PARLEY_S3_BUCKET=" BUCKET,
                                             "PARLEY_S3_ACCESS_KEY=" ACCESS_KEY,
                                             "PARLEY_S3_SECRET_KEY=" SECRET_KEY,
                                             "PARLEY_S3_PREFIX=media/"};
    memcpy(lines_r, lines, sizeof lines);
}

static int found;

/* Swift keeps each as a file with this ending; what is deleted leaves one with another. */
static int count_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    size_t n = strlen(path);
    (void)st;
    (void)at;
    found += type == FTW_F && n > 5 && strcmp(path + n - 5, ".data") == 0;
    return 0;
}

int object_store_count(const struct object_store *store)
{
    char dir[96];
    snprintf(dir, sizeof dir, "%s/devices/one/objects", store->dir);
    found = 0;
    nftw(dir, count_one, 16, FTW_PHYS);
    return found;
}
