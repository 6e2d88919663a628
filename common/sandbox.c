/* The sandbox: resource limits, Landlock where the kernel has it, and a list of the system calls that are left. */
#include "sandbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "syscall_filter.h"

/* The header of Debian 12 knows the first field only; a kernel is given as many as it knows. */
struct ruleset {
    uint64_t files;
    uint64_t network; /* since version 4: bind and connect by TCP */
    uint64_t scope;   /* since version 6: abstract sockets and signals */
};

enum {
    LANDLOCK_FILES_1 = (1 << 13) - 1, /* the rights of the first version; reading is two of them */
    LANDLOCK_FILES_2 = 1 << 13,       /* to link and rename between directories */
    LANDLOCK_FILES_3 = 1 << 14,       /* to truncate */
    LANDLOCK_FILES_5 = 1 << 15,       /* ioctl on devices */
    LANDLOCK_NETWORK = 3,
    LANDLOCK_SCOPE = 3
};

static int limit(int resource, rlim_t value)
{
    struct rlimit both = {.rlim_cur = value, .rlim_max = value};

    return setrlimit((__rlimit_resource_t)resource, &both);
}

int sandbox_limit(void)
{
    const struct rlimit cpu = {.rlim_cur = SANDBOX_CPU_S, .rlim_max = SANDBOX_CPU_S + 1};

    if (syscall(SYS_close_range, 3U, ~0U, 0U) != 0)
        return -1;
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_DUMPABLE, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return -1;
    /* No file can grow by a byte; an answer goes to a pipe, which this does not count. How many processes there may be
     * is counted per person by the kernel, so that the filter, which allows none, is what holds. */
    if (limit(RLIMIT_AS, (rlim_t)SANDBOX_MEMORY_MB << 20) != 0 || setrlimit(RLIMIT_CPU, &cpu) != 0 ||
        limit(RLIMIT_FSIZE, 0) != 0 || limit(RLIMIT_CORE, 0) != 0 || limit(RLIMIT_NOFILE, SANDBOX_FILES) != 0)
        return -1;
    return 0;
}

/* Landlock holds for the thread that asks for it and for its children, so there must be no other. */
static bool is_one_thread(void)
{
    DIR *dir = opendir("/proc/self/task");
    int threads = 0;

    if (dir == NULL)
        return false;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir))
        threads += entry->d_name[0] != '.';
    closedir(dir);
    return threads == 1;
}

static int allow_reading(int ruleset, const char *path)
{
    struct landlock_path_beneath_attr rule = {
        .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
        .parent_fd = open(path, O_PATH | O_CLOEXEC),
    };
    struct stat st;
    long rc;

    /* A directory that is not there needs no leave. */
    if (rule.parent_fd < 0)
        return 0;
    /* Of a file a right of directories is refused. */
    if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.allowed_access = LANDLOCK_ACCESS_FS_READ_FILE;
    rc = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return rc == 0 ? 0 : -1;
}

static struct ruleset ruleset_of(long version)
{
    struct ruleset all = {.files = LANDLOCK_FILES_1};

    if (version >= 2)
        all.files |= LANDLOCK_FILES_2;
    if (version >= 3)
        all.files |= LANDLOCK_FILES_3;
    if (version >= 4)
        all.network = LANDLOCK_NETWORK;
    if (version >= 5)
        all.files |= LANDLOCK_FILES_5;
    if (version >= 6)
        all.scope = LANDLOCK_SCOPE;
    return all;
}

static size_t ruleset_size(long version)
{
    if (version >= 6)
        return sizeof(struct ruleset);
    return version >= 4 ? offsetof(struct ruleset, scope) : offsetof(struct ruleset, network);
}

/* 1: it holds. 0: this kernel has it not, or not switched on. -1: it has, and it did not work. */
static int landlock(const char *const *paths, bool network)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct ruleset all = ruleset_of(version);
    int ruleset, rc = 0;

    if (version < 1)
        return 0;
    if (network)
        all.network = 0;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, ruleset_size(version), 0);
    if (ruleset < 0)
        return -1;
    for (; rc == 0 && *paths != NULL; paths++)
        rc = allow_reading(ruleset, *paths);
    if (rc == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        rc = -1;
    close(ruleset);
    return rc == 0 ? 1 : -1;
}

int sandbox_enter(enum sandbox_files files)
{
    static const char *const fonts[] = {"/usr/share/fonts",      "/usr/local/share/fonts", "/etc/fonts",
                                        "/var/cache/fontconfig", "/usr/share/poppler",     NULL};
    static const char *const none[] = {NULL};
    int locked;

    if (!is_one_thread())
        return -1;
    locked = landlock(files == SANDBOX_FONTS ? fonts : none, false);
    if (locked < 0)
        return -1;
    return syscall_filter_install(locked == 1 && files == SANDBOX_FONTS);
}

int sandbox_read_only(const char *const *paths)
{
    return is_one_thread() && landlock(paths, true) >= 0 ? 0 : -1;
}
