/* Attempts to leave the sandbox, one a name. */
#include "mischief.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

static bool opens_a_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 || socket(AF_UNIX, SOCK_STREAM, 0) >= 0;
}
static bool opens_a_file(void)
{
    return open("/etc/passwd", O_RDONLY) >= 0;
}
static bool makes_a_file(void)
{
    return open("/tmp", O_TMPFILE | O_WRONLY, 0600) >= 0;
}
static bool forks(void)
{
    pid_t child = fork();

    if (child == 0)
        _exit(0);
    return child > 0;
}
static bool starts_a_program(void)
{
    execl("/bin/false", "false", (char *)NULL);
    /* Not reached when it works, and then the status is that of false. */
    return false;
}
static bool signals_its_parent(void)
{
    return kill(getppid(), 0) == 0;
}
static bool makes_code(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static bool takes_memory(void)
{
    return mmap(NULL, (size_t)2 << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}
static bool hangs(void)
{
    while (sleep(1000) == 0)
        ;
    return true;
}
static bool works_for_ever(void)
{
    static volatile unsigned long rounds;

    while (rounds + 1 > 0)
        rounds++;
    return true;
}
static bool floods(void)
{
    static char block[1 << 16];

    while (write(STDOUT_FILENO, block, sizeof(block)) > 0)
        ;
    return true;
}

static const struct {
    const char *name;
    bool (*works)(void);
} all[] = {
    {"test/socket", opens_a_socket},
    {"test/open", opens_a_file},
    {"test/make", makes_a_file},
    {"test/fork", forks},
    {"test/exec", starts_a_program},
    {"test/signal", signals_its_parent},
    {"test/code", makes_code},
    {"test/memory", takes_memory},
    {"test/hang", hangs},
    {"test/work", works_for_ever},
    {"test/flood", floods},
};

bool mischief_is(int argc, char **argv)
{
    return argc == 2 && strncmp(argv[1], "test/", 5) == 0;
}

int mischief_do(const char *name)
{
    for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
        if (strcmp(all[i].name, name) == 0)
            return all[i].works() ? 1 : 0;
    return 1;
}
