/* Preloaded into PostgreSQL: each fsync and fdatasync takes as many milliseconds longer as the file named by
 * SLOW_FSYNC_FILE says; no file, no wait. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void wait_first(void)
{
    const char *path = getenv("SLOW_FSYNC_FILE");
    unsigned ms = 0;
    FILE *f = path ? fopen(path, "re") : NULL;
    if (!f)
        return;
    if (fscanf(f, "%u", &ms) != 1)
        ms = 0;
    fclose(f);
    usleep(ms * 1000);
}

int fsync(int fd)
{
    wait_first();
    return (int)syscall(SYS_fsync, fd);
}

int fdatasync(int fd)
{
    wait_first();
    return (int)syscall(SYS_fdatasync, fd);
}
