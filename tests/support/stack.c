/* The real system for one test: private PostgreSQL and Redis, the real programs, on free loopback ports. */
#include "stack.h"

#include <arpa/inet.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc.h"
#include "buf.h"
#include "clock.h"
#include "http_client.h"
#include "postgres_server.h"
#include "redis_cluster.h"
#include "redis_server.h"

enum { MAX_PROGRAMS = 16, MAX_GATEWAYS = 8, CLUSTER_MASTERS = 3, START_MS = 60000, READY_MS = 30000, END_MS = 15000 };

struct program {
    char name[24];   /* "gateway-0" */
    char binary[32]; /* "parley-gateway" */
    int port, admin_port;
    pid_t pid; /* 0: not running */
};

struct stack {
    char dir[64];
    struct postgres_server *postgres;
    struct redis_server *redis; /* one of these is there */
    struct redis_cluster *cluster;
    const char *const *env;
    struct program programs[MAX_PROGRAMS];
    int program_count;
    int ports[MAX_GATEWAYS];
    int gateways;
    int unfurl_port; /* 0: there is none */
};

/* Below the ephemeral range. */
int stack_free_port(void)
{
    static unsigned next;
    for (int tries = 0; tries < 1000; tries++) {
        int port = 12000 + (int)(((unsigned)getpid() * 37U + next++ * 7U) % 20000U);
        int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
        a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        int bound = bind(fd, (struct sockaddr *)&a, sizeof a);
        close(fd);
        if (bound == 0)
            return port;
    }
    cr_assert_fail("no free port");
    return 0;
}

static struct program *find(struct stack *s, const char *name)
{
    for (int i = 0; i < s->program_count; i++)
        if (strcmp(s->programs[i].name, name) == 0)
            return &s->programs[i];
    cr_assert_fail("no program %s", name);
    return NULL;
}

static void add_program(struct stack *s, const char *kind, int i)
{
    struct program *p = &s->programs[s->program_count++];
    cr_assert_leq(s->program_count, MAX_PROGRAMS);
    snprintf(p->name, sizeof p->name, "%s-%d", kind, i);
    snprintf(p->binary, sizeof p->binary, "parley-%s", kind);
    p->port = stack_free_port();
    p->admin_port = stack_free_port();
    if (strcmp(kind, "gateway") == 0)
        s->ports[s->gateways++] = p->port;
}

static void set_line(const char *line)
{
    char *copy = xstrdup(line), *eq = strchr(copy, '=');
    cr_assert_not_null(eq, "%s is no NAME=value", line);
    *eq = 0;
    setenv(copy, eq + 1, 1);
    free(copy);
}

static void set_port(const char *name, int port)
{
    char text[32];
    snprintf(text, sizeof text, "127.0.0.1:%d", port);
    setenv(name, text, 1);
}

/* In the child: what the program is configured with. Limits are out of the way but where a test sets them. */
static void set_environment(const struct stack *s, const struct program *p)
{
    setenv("PARLEY_REDIS_URL", s->cluster ? redis_cluster_url(s->cluster) : redis_server_url(s->redis), 1);
    setenv("PARLEY_AUTH_DATABASE_URL", postgres_server_url(s->postgres, "parley_auth"), 1);
    setenv("PARLEY_MSG_DATABASE_URL", postgres_server_url(s->postgres, "parley_msg"), 1);
    setenv("PARLEY_MEDIA_DATABASE_URL", postgres_server_url(s->postgres, "parley_media"), 1);
    setenv("PARLEY_KEY_SECRET", "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 1);
    setenv("PARLEY_REGISTER_PER_ADDRESS", "100000", 1);
    setenv("PARLEY_LOGIN_TRIES_PER_ADDRESS", "100000", 1);
    setenv("PARLEY_OPENAPI_FILE", PARLEY_SOURCE_DIR "/protocol/openapi.yaml", 1);
    setenv("PARLEY_DRAIN_MS", "3000", 1);
    set_port("PARLEY_LISTEN", p->port);
    set_port("PARLEY_ADMIN_LISTEN", p->admin_port);
    if (s->unfurl_port != 0)
        set_port("PARLEY_UNFURL_ADDRESS", s->unfurl_port);
    else
        setenv("PARLEY_UNFURL_ADDRESS", "", 1);
    set_port("PARLEY_UNFURL_LISTEN", p->port);
    for (const char *const *line = s->env; line && *line; line++)
        set_line(*line);
}

static void run(struct stack *s, struct program *p)
{
    char log[128], path[512];
    snprintf(log, sizeof log, "%s/%s.log", s->dir, p->name);
    snprintf(path, sizeof path, "%s/%s", PARLEY_BIN_DIR, p->binary);
    p->pid = fork();
    cr_assert_geq(p->pid, 0);
    if (p->pid > 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
    dup2(fd, 1);
    dup2(fd, 2);
    set_environment(s, p);
    execl(path, p->binary, (char *)NULL);
    _exit(127);
}

/* The end of a program's log, for the person who reads why a test failed. */
static void show_log(const struct stack *s, const struct program *p)
{
    char path[128], text[4096];
    snprintf(path, sizeof path, "%s/%s.log", s->dir, p->name);
    FILE *f = fopen(path, "r");
    if (!f)
        return;
    fseek(f, 0, SEEK_END);
    long size = ftell(f), from = size > (long)sizeof text - 1 ? size - (long)sizeof text + 1 : 0;
    fseek(f, from, SEEK_SET);
    size_t n = fread(text, 1, sizeof text - 1, f);
    text[n] = 0;
    fclose(f);
    fprintf(stderr, "---- %s ----\n%s\n", p->name, text);
}

static bool has_died(struct program *p)
{
    if (p->pid && waitpid(p->pid, NULL, WNOHANG) == p->pid)
        p->pid = 0;
    return p->pid == 0;
}

/* Or dead: there is no point in waiting on. */
static bool is_ready_or_dead(void *arg)
{
    struct program *p = arg;
    if (has_died(p))
        return true;
    struct http_answer a = http_ask(p->admin_port, "GET", "/readyz", NULL, NULL);
    bool ready = a.status == 200;
    http_answer_fini(&a);
    return ready;
}

static void wait_ready(struct stack *s, struct program *p, int timeout_ms)
{
    if (stack_until(is_ready_or_dead, p, timeout_ms) && p->pid)
        return;
    for (int i = 0; i < s->program_count; i++)
        show_log(s, &s->programs[i]);
    cr_assert_fail("%s is not ready", p->name);
}

struct stack *stack_start(const struct stack_options *options)
{
    struct stack_options o = options ? *options : (struct stack_options){0};
    struct stack *s = xcalloc(1, sizeof *s);
    strcpy(s->dir, "/tmp/parley-stack-XXXXXX");
    cr_assert_not_null(mkdtemp(s->dir));
    s->env = o.env;
    s->postgres = postgres_server_start(false);
    if (o.cluster)
        s->cluster = redis_cluster_start(CLUSTER_MASTERS, 1);
    else
        s->redis = redis_server_start(NULL);
    add_program(s, "auth-svc", 0);
    for (int i = 0; i < (o.msg_svcs ? o.msg_svcs : 1); i++)
        add_program(s, "msg-svc", i);
    add_program(s, "presence-svc", 0);
    for (int i = 0; i < o.media_svcs; i++)
        add_program(s, "media-svc", i);
    for (int i = 0; i < o.unfurls; i++) {
        add_program(s, "unfurl", i);
        s->unfurl_port = s->unfurl_port ? s->unfurl_port : s->programs[s->program_count - 1].port;
    }
    for (int i = 0; i < (o.gateways ? o.gateways : 2); i++)
        add_program(s, "gateway", i);
    for (int i = 0; i < s->program_count; i++)
        run(s, &s->programs[i]);
    for (int i = 0; i < s->program_count; i++)
        wait_ready(s, &s->programs[i], START_MS);
    return s;
}

static bool is_finding(const char *line)
{
    return strstr(line, "ERROR: AddressSanitizer") || strstr(line, "ERROR: LeakSanitizer") ||
           strstr(line, "runtime error:");
}

/* A sanitizer's report fails the test, whatever the test itself found. */
static void check_log(const struct stack *s, const struct program *p)
{
    char path[128], *line = NULL;
    size_t room = 0;
    bool found = false;
    snprintf(path, sizeof path, "%s/%s.log", s->dir, p->name);
    FILE *f = fopen(path, "r");
    while (f && !found && getline(&line, &room, f) >= 0)
        found = is_finding(line);
    free(line);
    if (f)
        fclose(f);
    if (!found)
        return;
    show_log(s, p);
    cr_expect_fail("%s: a sanitizer found something", p->name);
}

/* Wait for the death of a program that was told to end; what does not obey is a finding. */
static void end(struct stack *s, struct program *p)
{
    int64_t deadline = clock_mono_ms() + END_MS;
    while (stack_alive(s, p->name) && clock_mono_ms() < deadline)
        poll(NULL, 0, 10);
    if (!stack_alive(s, p->name))
        return;
    show_log(s, p);
    cr_expect_fail("%s does not end when told to", p->name);
    stack_kill(s, p->name, SIGKILL);
}

static bool is_msg_svc(const struct program *p)
{
    return strcmp(p->binary, "parley-msg-svc") == 0;
}

static void end_all(struct stack *s, bool msg_svcs)
{
    for (int i = 0; i < s->program_count; i++)
        if (s->programs[i].pid && is_msg_svc(&s->programs[i]) == msg_svcs)
            kill(s->programs[i].pid, SIGTERM);
    for (int i = 0; i < s->program_count; i++) {
        if (is_msg_svc(&s->programs[i]) != msg_svcs)
            continue;
        end(s, &s->programs[i]);
        check_log(s, &s->programs[i]);
    }
}

/* Last of all those whom presence-svc asks until it has told what it knows: it would wait a second for them. */
void stack_stop(struct stack **stack)
{
    struct stack *s = *stack;
    end_all(s, false);
    end_all(s, true);
    redis_server_stop(&s->redis);
    redis_cluster_stop(&s->cluster);
    postgres_server_stop(&s->postgres);
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", s->dir);
    if (system(command) != 0) // NOLINT(bugprone-command-processor,cert-env33-c)
        fprintf(stderr, "%s stays\n", s->dir);
    free(s);
    *stack = NULL;
}

int stack_port(const struct stack *stack, int i)
{
    return stack->ports[i];
}

const int *stack_ports(const struct stack *stack)
{
    return stack->ports;
}

int stack_unfurl_port(const struct stack *s)
{
    return s->unfurl_port;
}

int stack_media_port(const struct stack *stack, int i)
{
    char name[24];
    snprintf(name, sizeof name, "media-svc-%d", i);
    for (int k = 0; k < stack->program_count; k++)
        if (strcmp(stack->programs[k].name, name) == 0)
            return stack->programs[k].port;
    cr_assert_fail("no program %s", name);
    return 0;
}

int stack_gateways(const struct stack *stack)
{
    return stack->gateways;
}

int stack_admin_port(const struct stack *stack, const char *name)
{
    for (int i = 0; i < stack->program_count; i++)
        if (strcmp(stack->programs[i].name, name) == 0)
            return stack->programs[i].admin_port;
    cr_assert_fail("no program %s", name);
    return 0;
}

void stack_signal(struct stack *stack, const char *name, int signum)
{
    struct program *p = find(stack, name);
    cr_assert(p->pid && kill(p->pid, signum) == 0, "%s is not running", name);
}

void stack_kill(struct stack *stack, const char *name, int signum)
{
    struct program *p = find(stack, name);
    stack_signal(stack, name, signum);
    waitpid(p->pid, NULL, 0);
    p->pid = 0;
}

void stack_restart(struct stack *stack, const char *name)
{
    struct program *p = find(stack, name);
    cr_assert_eq(p->pid, 0);
    run(stack, p);
}

bool stack_alive(struct stack *stack, const char *name)
{
    return !has_died(find(stack, name));
}

void stack_wait_ready(struct stack *stack, const char *name)
{
    wait_ready(stack, find(stack, name), READY_MS);
}

pid_t stack_pid(const struct stack *stack, const char *name)
{
    for (int i = 0; i < stack->program_count; i++)
        if (strcmp(stack->programs[i].name, name) == 0)
            return stack->programs[i].pid;
    cr_assert_fail("no program %s", name);
    return 0;
}

struct redis_server *stack_redis(struct stack *stack)
{
    return stack->redis;
}

struct redis_cluster *stack_cluster(struct stack *stack)
{
    return stack->cluster;
}

struct postgres_server *stack_postgres(struct stack *stack)
{
    return stack->postgres;
}

int64_t stack_metric(const struct stack *stack, const char *name, const char *metric)
{
    struct http_answer a = http_ask(stack_admin_port(stack, name), "GET", "/metrics", NULL, NULL);
    struct buf line = {0};
    buf_printf(&line, "\n%s ", metric);
    const char *at = strstr(buf_c(&a.body), buf_c(&line));
    int64_t value = at ? strtoll(at + line.n, NULL, 10) : -1;
    buf_fini(&line);
    http_answer_fini(&a);
    return value;
}

char *stack_sql(struct stack *stack, const char *sql)
{
    return postgres_server_sql(stack->postgres, sql);
}

bool stack_until(stack_cond_fn *fn, void *arg, int timeout_ms)
{
    int64_t deadline = clock_mono_ms() + timeout_ms;
    for (;;) {
        if (fn(arg))
            return true;
        if (clock_mono_ms() >= deadline)
            return false;
        poll(NULL, 0, 20);
    }
}
