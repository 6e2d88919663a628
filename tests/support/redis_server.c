/* Starts, asks, crashes and removes a Redis for a test. */
#include "redis_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "free_port.h"

enum { START_MS = 20000, STOP_MS = 20000, ANSWER_S = 10, STEP_US = 2000, PORTS = 10, MAX_WORDS = 64 };

struct redis_server {
    char dir[64]; /* of its socket and log */
    char url[160], unix_url[160];
    char *password;
    const char *const *more; /* further options, NULL-ended; or NULL */
    int port;
    pid_t pid;
};

static struct sockaddr_in loopback(int port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* In the child. The package redis-tools alone brings the whole server, as redis-check-rdb: one program that looks at
 * the name it was called by. */
__attribute__((noreturn)) static void run(const struct redis_server *s)
{
    char port[16], name[] = "redis-server", p[] = "--port", bind_to[] = "--bind", host[] = "127.0.0.1",
                   save[] = "--save", none[] = "", aof[] = "--appendonly", no[] = "no", dir[] = "--dir", in[64],
                   sock[] = "--unixsocket", path[80], pass[] = "--requirepass", secret[64], log[80],
                   full[] = "--maxmemory-policy", refuse[] = "noeviction", limit[] = "--client-output-buffer-limit",
                   pubsub[] = "pubsub 32mb 8mb 60";
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    snprintf(port, sizeof port, "%d", s->port);
    snprintf(in, sizeof in, "%s", s->dir);
    snprintf(path, sizeof path, "%s/redis.sock", s->dir);
    snprintf(log, sizeof log, "%s/log", s->dir);
    snprintf(secret, sizeof secret, "%s", s->password ? s->password : "");
    int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(out, 1);
    dup2(out, 2);
    char *argv[MAX_WORDS] = {name, p,    port, bind_to, host,   save, none,   aof,   no,    dir,
                             in,   sock, path, pass,    secret, full, refuse, limit, pubsub};
    size_t n = 0;
    while (argv[n])
        n++;
    for (const char *const *word = s->more; word && *word && n < MAX_WORDS - 1; word++)
        argv[n++] = strdup(*word);
    execvp("redis-server", argv);
    execvp("redis-check-rdb", argv);
    execv("/usr/bin/redis-check-rdb", argv);
    _exit(127);
}

/* ---- asking ---- */

static FILE *dial(const struct redis_server *s)
{
    struct sockaddr_in a = loopback(s->port);
    struct timeval limit = {.tv_sec = ANSWER_S};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        DIE("socket: %s", strerror(errno));
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    if (connect(fd, (struct sockaddr *)&a, sizeof a)) {
        close(fd);
        return NULL;
    }
    return fdopen(fd, "r");
}

/* One answer as text. False: the connection ended. */
static bool read_answer(FILE *f, FILE *out)
{
    char line[1024];
    if (!fgets(line, sizeof line, f))
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    long n = strtol(line + 1, NULL, 10);
    if (line[0] == '$' && n >= 0) {
        for (long i = 0; i < n + 2; i++) {
            int c = fgetc(f);
            if (c == EOF)
                return false;
            if (i < n)
                fputc(c, out);
        }
    } else if (line[0] == '*' && n >= 0) {
        for (long i = 0; i < n; i++) {
            if (i > 0)
                fputc('\n', out);
            if (!read_answer(f, out))
                return false;
        }
    } else if (n < 0 && (line[0] == '$' || line[0] == '*')) {
        fputs("(nil)", out);
    } else {
        fputs(line[0] == '-' ? line : line + 1, out);
    }
    return true;
}

/* NULL: nobody answered. */
static char *ask(const struct redis_server *s, const char *command)
{
    char *text = NULL, *skipped = NULL;
    size_t n = 0, skipped_n = 0;
    FILE *f = dial(s);
    if (!f)
        return NULL;
    FILE *out = open_memstream(&text, &n), *drop = open_memstream(&skipped, &skipped_n);
    bool ok = true;
    /* Written past the stream: it is for reading only. */
    if (s->password)
        ok = dprintf(fileno(f), "AUTH %s\r\n", s->password) > 0 && read_answer(f, drop);
    ok = ok && dprintf(fileno(f), "%s\r\n", command) > 0 && read_answer(f, out);
    fclose(out);
    fclose(drop);
    fclose(f);
    free(skipped);
    if (ok)
        return text;
    free(text);
    return NULL;
}

char *redis_server_command(struct redis_server *s, const char *command)
{
    char *text = ask(s, command);
    if (!text)
        DIE("no answer to %s", command);
    return text;
}

/* ---- lifetime ---- */

/* It answers, and it is ours: another test's server may have taken the port. */
static bool answers(const struct redis_server *s)
{
    char mark[40];
    char *info = ask(s, "INFO server");
    snprintf(mark, sizeof mark, "process_id:%d\r", (int)s->pid);
    bool ours = info && strstr(info, mark);
    free(info);
    return ours;
}

/* False: it ended by itself. */
static bool try_start(struct redis_server *s)
{
    s->pid = fork();
    if (s->pid < 0)
        DIE("fork: %s", strerror(errno));
    if (s->pid == 0)
        run(s);
    for (int64_t end = clock_mono_ms() + START_MS; !answers(s); usleep(STEP_US)) {
        if (waitpid(s->pid, NULL, WNOHANG) == s->pid)
            return false;
        if (clock_mono_ms() > end)
            DIE("Redis does not answer");
    }
    return true;
}

static void set_port(struct redis_server *s)
{
    const char *p = s->password;
    s->port = free_port();
    snprintf(s->url, sizeof s->url, "redis://%s%s%s127.0.0.1:%d", p ? ":" : "", p ? p : "", p ? "@" : "", s->port);
}

struct redis_server *redis_server_start(const char *password)
{
    return redis_server_start_with(password, NULL);
}

struct redis_server *redis_server_start_with(const char *password, const char *const *options)
{
    struct redis_server *s = calloc(1, sizeof *s);
    if (!s)
        DIE("out of memory");
    s->more = options;
    snprintf(s->dir, sizeof s->dir, "/tmp/parley-redis-XXXXXX");
    if (!mkdtemp(s->dir))
        DIE("%s: %s", s->dir, strerror(errno));
    s->password = password ? strdup(password) : NULL;
    snprintf(s->unix_url, sizeof s->unix_url, "unix://%s/redis.sock%s%s", s->dir, password ? "?" : "",
             password ? password : "");
    bool up = false;
    for (int tries = 0; tries < PORTS && !up; tries++) {
        set_port(s);
        up = try_start(s);
    }
    if (!up)
        DIE("Redis ends at its start; see %s/log. Is the package redis-server or redis-tools there?", s->dir);
    return s;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

void redis_server_stop(struct redis_server **server)
{
    struct redis_server *s = *server;
    if (!s)
        return;
    *server = NULL;
    redis_server_kill(s, SIGKILL);
    nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(s->password);
    free(s);
}

void redis_server_kill(struct redis_server *s, int signum)
{
    if (s->pid <= 0)
        return;
    kill(s->pid, signum);
    for (int64_t end = clock_mono_ms() + STOP_MS; waitpid(s->pid, NULL, WNOHANG) == 0; usleep(STEP_US))
        if (clock_mono_ms() > end)
            DIE("Redis did not stop");
    s->pid = 0;
}

void redis_server_restart(struct redis_server *s)
{
    redis_server_kill(s, SIGKILL);
    if (!try_start(s))
        DIE("Redis ended at its start; see %s/log", s->dir);
}

int redis_server_port(const struct redis_server *s)
{
    return s->port;
}

pid_t redis_server_pid(const struct redis_server *s)
{
    return s->pid;
}

const char *redis_server_url(const struct redis_server *s)
{
    return s->url;
}

const char *redis_server_unix_url(const struct redis_server *s)
{
    return s->unix_url;
}
