/* The clients against the limit server, both as they are run: a whole run, in which nothing is lost, and one that
 * cannot succeed, which says so in time. */
#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "process_stat.h"

enum { WAIT_MS = 10000, OUTPUT = 4096 };

static struct sockaddr_in loopback(unsigned port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* Nobody listens there. */
static unsigned free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    cr_assert_eq(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    close(fd);
    return ntohs(address.sin_port);
}

static bool is_open(unsigned port)
{
    struct sockaddr_in address = loopback(port);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool open = connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return open;
}

static pid_t start_limit(unsigned port)
{
    char word[16];
    snprintf(word, sizeof(word), "%u", port);
    pid_t pid = fork();
    cr_assert_geq(pid, 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        execl(LIMIT_PROGRAM, LIMIT_PROGRAM, word, (char *)NULL);
        _exit(127);
    }
    for (int64_t end = clock_mono_ms() + WAIT_MS; !is_open(port); usleep(1000))
        cr_assert(clock_mono_ms() < end, "the limit server does not listen");
    return pid;
}

/* Its exit code; what it printed is in `output`. */
static int load(unsigned port, const char *words, char output[OUTPUT])
{
    char command[512];
    snprintf(command, sizeof(command), "%s fan --dialect limit --address 127.0.0.1:%u %s", LOAD_PROGRAM, port, words);
    FILE *pipe = popen(command, "re");
    cr_assert_not_null(pipe);
    output[fread(output, 1, OUTPUT - 1, pipe)] = '\0';
    int status = pclose(pipe);
    cr_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int64_t figure(const char *output, const char *name)
{
    const char *at = strstr(output, name);
    cr_assert_not_null(at, "%s in %s", name, output);
    return strtoll(at + strlen(name), NULL, 10);
}

/* So that it is in the midst of passing messages on. */
static void wait_until_busy(pid_t pid)
{
    struct process_stat stat = {0};
    const int64_t watched = pid;
    for (int64_t end = clock_mono_ms() + WAIT_MS; stat.user_s + stat.system_s < 0.05 && clock_mono_ms() < end;) {
        usleep(1000);
        process_stats_read(&watched, 1, &stat);
    }
}

Test(load, every_message_is_with_every_subscriber_once)
{
    static const char *const how[] = {"--clients 20 --warm 0 --run 300 --settle 0",
                                      "--clients 20 --warm 0 --run 300 --settle 0 --processes 3",
                                      "--clients 20 --warm 0 --run 300 --settle 0 --rate 200"};
    unsigned port = free_port();
    pid_t limit = start_limit(port);
    for (size_t i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
        char output[OUTPUT];
        cr_assert_eq(load(port, how[i], output), 0, "%s", output);
        cr_assert_gt(figure(output, "\"counted\":"), 0);
        cr_assert_eq(figure(output, "\"missing\":"), 0);
        cr_assert_eq(figure(output, "\"seen\":") % 20, 0);
    }
    kill(limit, SIGKILL);
    waitpid(limit, NULL, 0);
}

Test(load, where_nobody_listens_it_ends_in_time_and_says_why)
{
    char output[OUTPUT];
    cr_assert_eq(load(free_port(), "--clients 3 --limit 1000", output), 1);
    cr_assert_not_null(strstr(output, "\"good\":false"));
    cr_assert_not_null(strstr(output, "Connection refused"));
}

Test(load, a_server_that_dies_is_a_loss)
{
    char output[OUTPUT];
    unsigned port = free_port();
    pid_t limit = start_limit(port), killer = fork();
    cr_assert_geq(killer, 0);
    if (killer == 0) {
        wait_until_busy(limit);
        kill(limit, SIGKILL);
        _exit(0);
    }
    cr_assert_eq(load(port, "--clients 5 --warm 0 --settle 0 --run 60000 --limit 8000", output), 1);
    cr_assert_gt(figure(output, "\"unfinished\":"), 0);
    waitpid(limit, NULL, 0);
    waitpid(killer, NULL, 0);
}
