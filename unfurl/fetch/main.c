/* parley-fetch page|image: asks the world for what descriptor 0 names: a URL in a line, or one and what it is seen from
 * there in a second. Answers with a line that is the content type, one that is where it was, and the bytes. Has no
 * secret, writes no file, starts no program, and reads nothing of what it brings. */
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fetch.h"
#include "fetch_filter.h"
#include "sandbox.h"
#include "target.h"

enum { MEMORY_MB = 512, CPU_S = 5, FILES = 64 };

static int limit(int resource, rlim_t value)
{
    const struct rlimit both = {.rlim_cur = value, .rlim_max = value};
    return setrlimit((__rlimit_resource_t)resource, &both);
}

/* Before the first thread. Of the file system it needs to find hosts, and whom to trust. */
static bool shut_in(void)
{
    static const char *const read[] = {"/etc/resolv.conf",
                                       "/etc/hosts",
                                       "/etc/nsswitch.conf",
                                       "/etc/host.conf",
                                       "/etc/gai.conf",
                                       "/etc/services",
                                       "/etc/ssl",
                                       "/etc/ca-certificates",
                                       "/etc/ld.so.cache",
                                       "/usr",
                                       "/lib",
                                       "/lib64",
                                       "/run/systemd/resolve",
                                       "/dev/urandom",
                                       NULL};
    return syscall(SYS_close_range, 3U, ~0U, 0U) == 0 && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 &&
           prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           limit(RLIMIT_AS, (rlim_t)MEMORY_MB << 20) == 0 && limit(RLIMIT_CPU, CPU_S) == 0 &&
           limit(RLIMIT_FSIZE, 0) == 0 && limit(RLIMIT_CORE, 0) == 0 && limit(RLIMIT_NOFILE, FILES) == 0 &&
           sandbox_read_only(read) == 0 && fetch_filter_install() == 0;
}

static bool read_all(char *text, size_t max)
{
    size_t n = 0;
    for (ssize_t got = 1; got > 0 && n < max - 1; n += (size_t)got) {
        got = read(STDIN_FILENO, text + n, max - 1 - n);
        if (got < 0)
            return false;
    }
    text[n] = '\0';
    return strlen(text) == n;
}

/* The line, its end cut off; what is behind it comes in *rest. */
static char *line(char **rest)
{
    char *begin = *rest, *end = strchr(begin, '\n');
    if (end == NULL)
        return NULL;
    *end = '\0';
    *rest = end + 1;
    return begin;
}

static bool write_all(const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t done = write(STDOUT_FILENO, bytes, n);
        if (done <= 0)
            return false;
        bytes += done;
        n -= (size_t)done;
    }
    return true;
}

static bool answer(const struct fetched *f)
{
    return write_all(f->type, strcspn(f->type, "\r\n")) && write_all("\n", 1) && write_all(f->url, strlen(f->url)) &&
           write_all("\n", 1) && write_all(f->bytes, f->n);
}

int main(int argc, char **argv)
{
    static char text[2 * TARGET_MAX + 16];
    struct fetched f;
    const char *allow = NULL;
    char *rest = text, *first, *second;
    bool image = argc == 2 && strcmp(argv[1], "image") == 0;
    if (argc != 2 || (!image && strcmp(argv[1], "page") != 0) || !shut_in())
        return FETCH_EXIT_SETUP;
    first = read_all(text, sizeof text) ? line(&rest) : NULL;
    if (first == NULL)
        return FETCH_EXIT_REFUSED;
    second = line(&rest);
#ifdef PARLEY_FAILPOINTS
    /* In what people run there is no such thing: it is not compiled. */
    allow = getenv("PARLEY_UNFURL_ALLOW");
#endif
    int rc = fetch(&f, image ? FETCH_IMAGE : FETCH_PAGE, second != NULL ? first : NULL, second != NULL ? second : first,
                   allow);
    if (rc == 0 && !answer(&f))
        rc = FETCH_EXIT_SETUP;
    fetch_fini(&f);
    _exit(rc);
}
