/* Starts, fills, crashes and removes a PostgreSQL cluster for a test. */
#include "postgres_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "children.h"
#include "clock.h"
#include "die.h"
#include "free_port.h"

#if !defined(PARLEY_SOURCE_DIR) || !defined(PARLEY_CLUSTER_DIR)
#error "PARLEY_SOURCE_DIR is the top of the checkout, PARLEY_CLUSTER_DIR where a cluster is kept to be copied"
#endif

#define PREFIX "/parley-pg-"
#define MIGRATIONS PARLEY_SOURCE_DIR "/deploy/sql/[0-9]*.sql"
enum { START_MS = 60000, STOP_MS = 30000, STEP_US = 10000 };
/* A cluster has a thousand files, which a disk takes longer to make and remove than most tests take for all else. */
static const char MEMORY[] = "/dev/shm", DISK[] = "/tmp";
static const unsigned long long ROOM = 2ULL << 30; /* in bytes: of several clusters at once, filled by tests */

struct postgres_server {
    char dir[64];  /* data, log and socket */
    char bin[128]; /* of the PostgreSQL programs */
    char url[256];
    uid_t uid; /* 0: as who we are */
    gid_t gid;
    int port;
    pid_t pid;
    bool durable;
};

static void find_programs(struct postgres_server *s)
{
    glob_t found;
    int best = -1;
    if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            int version = atoi(found.gl_pathv[i] + strlen("/usr/lib/postgresql/"));
            if (version <= best)
                continue;
            best = version;
            snprintf(s->bin, sizeof(s->bin), "/usr/lib/postgresql/%d/bin", version);
        }
        globfree(&found);
    }
    if (best < 0)
        DIE("no PostgreSQL programs in /usr/lib/postgresql/*/bin: install the package postgresql");
}

/* In a child: become the cluster's user, leave our directory, write to the log, run. */
__attribute__((noreturn)) static void run(const struct postgres_server *s, int out, char *const argv[])
{
    if (s->uid && (setgroups(0, NULL) || setgid(s->gid) || setuid(s->uid)))
        _exit(126);
    /* After setuid, which would clear it. */
    prctl(PR_SET_PDEATHSIG, SIGQUIT);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 0);
    dup2(out, 1);
    dup2(out, 2);
    if (chdir("/") == 0)
        execv(argv[0], argv);
    _exit(127);
}

static int open_log(const struct postgres_server *s)
{
    char path[96];
    snprintf(path, sizeof(path), "%s/log", s->dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        DIE("%s: %s", path, strerror(errno));
    return fd;
}

static void print_log(const struct postgres_server *s)
{
    char path[96], line[512];
    snprintf(path, sizeof(path), "%s/log", s->dir);
    FILE *f = fopen(path, "r");
    while (f && fgets(line, sizeof(line), f))
        fputs(line, stderr);
    if (f)
        fclose(f);
}

/* Run a program to its end; what it wrote to stdout and stderr, the caller's to free, and its status. */
static char *capture(const struct postgres_server *as, char *const argv[], int *status_r)
{
    int fds[2];
    if (pipe2(fds, O_CLOEXEC))
        DIE("pipe: %s", strerror(errno));
    pid_t pid = fork();
    if (pid == 0)
        run(as, fds[1], argv);
    close(fds[1]);
    char *text = NULL;
    size_t n = 0;
    FILE *out = open_memstream(&text, &n);
    char chunk[4096];
    ssize_t got;
    while ((got = read(fds[0], chunk, sizeof(chunk))) > 0 || (got < 0 && errno == EINTR))
        if (got > 0)
            fwrite(chunk, 1, (size_t)got, out);
    close(fds[0]);
    fclose(out);
    while (waitpid(pid, status_r, 0) < 0 && errno == EINTR)
        ;
    return text;
}

static bool accepts(struct postgres_server *s)
{
    char program[160], port[16];
    snprintf(program, sizeof(program), "%s/pg_isready", s->bin);
    snprintf(port, sizeof(port), "%d", s->port);
    char host[] = "127.0.0.1", h[] = "-h", p[] = "-p", t[] = "-t1";
    int status = 0;
    free(capture(s, (char *[]){program, h, host, p, port, t, NULL}, &status));
    return status == 0;
}

/* False: it ended by itself. */
static bool try_start(struct postgres_server *s)
{
    char program[160], port[16], data[80], sockets[128];
    snprintf(program, sizeof(program), "%s/postgres", s->bin);
    snprintf(port, sizeof(port), "%d", s->port);
    snprintf(data, sizeof(data), "%s/data", s->dir);
    snprintf(sockets, sizeof(sockets), "unix_socket_directories=%s", s->dir);
    char d[] = "-D", p[] = "-p", c[] = "-c", listen[] = "listen_addresses=127.0.0.1", buffers[] = "shared_buffers=16MB",
         links[] = "max_connections=120", fsync_off[] = "fsync=off", lines[] = "log_statement=none";
    char *argv[] = {
        program, d, data, p, port, c, listen, c, sockets, c, buffers, c, links, c, s->durable ? lines : fsync_off,
        NULL};
    int log = open_log(s);
    s->pid = fork();
    if (s->pid == 0)
        run(s, log, argv);
    close(log);
    int64_t end = clock_mono_ms() + START_MS;
    while (!accepts(s)) {
        if (waitpid(s->pid, NULL, WNOHANG) == s->pid)
            return false;
        if (clock_mono_ms() > end)
            DIE("PostgreSQL does not accept connections");
        usleep(STEP_US);
    }
    return true;
}

/* After a crash the children of the old postmaster hold its shared memory for a moment: try until they are gone. */
static void start(struct postgres_server *s)
{
    for (int64_t end = clock_mono_ms() + STOP_MS; !try_start(s); usleep(STEP_US)) {
        if (clock_mono_ms() > end) {
            print_log(s);
            DIE("PostgreSQL did not start");
        }
    }
}

static void init_cluster(struct postgres_server *s)
{
    char program[160], data[80];
    snprintf(program, sizeof(program), "%s/initdb", s->bin);
    snprintf(data, sizeof(data), "%s/data", s->dir);
    char d[] = "-D", user[] = "-Uparley", trust[] = "-Atrust", enc[] = "-EUTF8", locale[] = "--locale=C.UTF-8",
         nosync[] = "-N", small[] = "--wal-segsize=1";
    int status = 0;
    char *said = capture(s, (char *[]){program, d, data, user, trust, enc, locale, nosync, small, NULL}, &status);
    if (status != 0)
        DIE("initdb failed:\n%s", said);
    free(said);
}

static char *psql(struct postgres_server *s, char *how, const char *what)
{
    char program[160], quiet[] = "-qXAt1", stop[] = "-vON_ERROR_STOP=1", url[256];
    snprintf(program, sizeof(program), "%s/psql", s->bin);
    snprintf(url, sizeof(url), "%s", postgres_server_url(s, NULL));
    struct postgres_server as_us = {.dir = ""};
    char *text = strdup(what);
    int status = 0;
    char *said = capture(&as_us, (char *[]){program, quiet, stop, url, how, text, NULL}, &status);
    if (status != 0)
        DIE("psql %s %s:\n%s", how, what, said);
    free(text);
    size_t n = strlen(said);
    if (n > 0 && said[n - 1] == '\n')
        said[n - 1] = '\0';
    return said;
}

static void migrate(struct postgres_server *s)
{
    char file[] = "-f", command[] = "-c";
    glob_t found;
    if (glob(MIGRATIONS, 0, NULL, &found))
        DIE("no migrations in deploy/sql");
    for (size_t i = 0; i < found.gl_pathc; i++)
        if (!strstr(found.gl_pathv[i], ".down.sql"))
            free(psql(s, file, found.gl_pathv[i]));
    globfree(&found);
    free(psql(s, command,
              "DO $$ DECLARE r name; BEGIN FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'parley\\_%' LOOP "
              "EXECUTE format('ALTER ROLE %I LOGIN', r); END LOOP; END $$"));
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

/* Where clusters lie: in memory, when there is room. */
static const char *place(void)
{
    struct statvfs st;
    bool roomy = statvfs(MEMORY, &st) == 0 && (unsigned long long)st.f_bavail * st.f_frsize >= ROOM;
    return roomy && access(MEMORY, W_OK | X_OK) == 0 ? MEMORY : DISK;
}

/* A test that crashed leaves its directory behind: the name tells whose it was. */
static void remove_left_over(const char *where)
{
    glob_t found;
    char pattern[32];
    size_t head = (size_t)snprintf(pattern, sizeof(pattern), "%s" PREFIX "*", where) - 1;
    if (glob(pattern, 0, NULL, &found))
        return;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        int owner = atoi(found.gl_pathv[i] + head);
        if (owner > 0 && kill(owner, 0) && errno == ESRCH)
            nftw(found.gl_pathv[i], remove_one, 16, FTW_DEPTH | FTW_PHYS);
    }
    globfree(&found);
}

/* Names what a cluster is made of (FNV-1a): the programs, the user, the migrations. */
static unsigned long long mix(unsigned long long key, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    for (size_t i = 0; i < n; i++)
        key = (key ^ p[i]) * 0x100000001b3ULL;
    return key;
}

static unsigned long long cluster_key(const struct postgres_server *s)
{
    unsigned long long key = mix(0xcbf29ce484222325ULL, s->bin, strlen(s->bin));
    key = mix(key, &s->uid, sizeof(s->uid));
    glob_t found;
    if (glob(MIGRATIONS, 0, NULL, &found))
        DIE("no migrations in deploy/sql");
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *f = fopen(found.gl_pathv[i], "r");
        if (!f)
            DIE("%s: %s", found.gl_pathv[i], strerror(errno));
        char chunk[4096];
        size_t n;
        while ((n = fread(chunk, 1, sizeof(chunk), f)) > 0)
            key = mix(key, chunk, n);
        fclose(f);
    }
    globfree(&found);
    return key;
}

static void copy(char *from, char *to)
{
    char program[] = "/bin/cp", all[] = "-a";
    struct postgres_server as_us = {.dir = ""};
    int status = 0;
    char *said = capture(&as_us, (char *[]){program, all, from, to, NULL}, &status);
    if (status != 0)
        DIE("cp %s %s:\n%s", from, to, said);
    free(said);
}

/* A cluster with the schema, stopped. */
static void make_cluster(struct postgres_server *s)
{
    init_cluster(s);
    s->port = free_port();
    start(s);
    migrate(s);
    postgres_server_kill(s, SIGINT);
}

/* Initialising and migrating takes longer than most tests: it is done once, kept, and copied. */
static void take_cluster(struct postgres_server *s)
{
    char kept[512], making[520], data[80];
    snprintf(kept, sizeof(kept), "%s/%016llx", PARLEY_CLUSTER_DIR, cluster_key(s));
    snprintf(making, sizeof(making), "%s.new", kept);
    snprintf(data, sizeof(data), "%s/data", s->dir);
    if (mkdir(PARLEY_CLUSTER_DIR, 0755) && errno != EEXIST)
        DIE("%s: %s", PARLEY_CLUSTER_DIR, strerror(errno));
    int lock = open(PARLEY_CLUSTER_DIR "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0 || flock(lock, LOCK_EX))
        DIE("%s/lock: %s", PARLEY_CLUSTER_DIR, strerror(errno));
    if (access(kept, F_OK) == 0) {
        close(lock);
        copy(kept, data);
        return;
    }
    make_cluster(s);
    nftw(making, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    copy(data, making);
    if (rename(making, kept))
        DIE("%s: %s", kept, strerror(errno));
    close(lock);
}

struct postgres_server *postgres_server_start(bool durable)
{
    struct postgres_server *s = calloc(1, sizeof(*s));
    s->durable = durable;
    find_programs(s);
    remove_left_over(MEMORY);
    remove_left_over(DISK);
    snprintf(s->dir, sizeof(s->dir), "%s" PREFIX "%d-XXXXXX", place(), (int)getpid());
    if (!mkdtemp(s->dir))
        DIE("%s: %s", s->dir, strerror(errno));
    if (geteuid() == 0) {
        struct passwd *pw = getpwnam("postgres");
        if (!pw || chown(s->dir, pw->pw_uid, pw->pw_gid))
            DIE("PostgreSQL does not run as root, and there is no user postgres");
        s->uid = pw->pw_uid;
        s->gid = pw->pw_gid;
    }
    take_cluster(s);
    s->port = free_port();
    start(s);
    return s;
}

void postgres_server_stop(struct postgres_server **server)
{
    struct postgres_server *s = *server;
    if (!s)
        return;
    *server = NULL;
    postgres_server_kill(s, SIGQUIT);
    nftw(s->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    free(s);
}

void postgres_server_kill(struct postgres_server *s, int signum)
{
    if (s->pid <= 0)
        return;
    kill(s->pid, signum);
    for (int64_t end = clock_mono_ms() + STOP_MS; waitpid(s->pid, NULL, WNOHANG) == 0; usleep(STEP_US))
        if (clock_mono_ms() > end)
            DIE("PostgreSQL did not stop");
    s->pid = 0;
}

void postgres_server_crash(struct postgres_server *s)
{
    pid_t pids[200];
    if (s->pid <= 0)
        return;
    kill(s->pid, SIGSTOP);
    size_t count = children_of(s->pid, pids, sizeof(pids) / sizeof(pids[0]));
    for (size_t i = 0; i < count; i++)
        kill(pids[i], SIGKILL);
    postgres_server_kill(s, SIGKILL);
    for (size_t i = 0; i < count; i++)
        for (int64_t end = clock_mono_ms() + STOP_MS; child_is_alive(pids[i]); usleep(STEP_US))
            if (clock_mono_ms() > end)
                DIE("a process of PostgreSQL did not end");
}

void postgres_server_restart(struct postgres_server *s)
{
    postgres_server_kill(s, SIGINT);
    start(s);
}

int postgres_server_port(const struct postgres_server *s)
{
    return s->port;
}

pid_t postgres_server_pid(const struct postgres_server *s)
{
    return s->pid;
}

const char *postgres_server_url(struct postgres_server *s, const char *role)
{
    snprintf(s->url, sizeof(s->url), "postgresql://%s@127.0.0.1:%d/postgres", role ? role : "parley", s->port);
    return s->url;
}

char *postgres_server_sql(struct postgres_server *s, const char *sql)
{
    char command[] = "-c";
    return psql(s, command, sql);
}
