/* A seccomp filter, made from a table: one row a call that is allowed, or allowed with one value of one argument. */
#include "syscall_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#else
#error "The numbers of the system calls of this architecture are not known here."
#endif

enum { MAX_INSTRUCTIONS = 512, X32_BIT = 0x40000000 };

/* A thread shares everything with its process; what shares less would be a process, or a namespace of its own. */
#define THREAD_MUST (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)
#define THREAD_MUST_NOT \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)
/* Of open(): anything that writes or makes. O_TMPFILE is a bit with O_DIRECTORY in it. */
#define OPEN_MUST_NOT (O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | O_EXCL | (O_TMPFILE & ~O_DIRECTORY))

/* Allowed when (argument & mask) == want; mask 0: always. */
struct rule {
    int call;
    unsigned arg;
    uint32_t mask, want;
};

static const struct rule rules[] = {
    /* The file and the answer; complaints go nowhere. */
    {SYS_read, 0, 0, 0},
    {SYS_pread64, 0, 0, 0},
    {SYS_lseek, 0, 0, 0},
    {SYS_fstat, 0, 0, 0},
    {SYS_newfstatat, 3, AT_EMPTY_PATH, AT_EMPTY_PATH},
    {SYS_write, 0, ~0U, STDOUT_FILENO},
    {SYS_close, 0, 0, 0},
    {SYS_dup, 0, 0, 0},
    {SYS_fcntl, 1, ~0U, F_GETFL},
    {SYS_fcntl, 1, ~0U, F_GETFD},
    {SYS_fcntl, 1, ~0U, F_SETFD},
    {SYS_fcntl, 1, ~0U, F_DUPFD_CLOEXEC},
    /* Memory that is never code. */
    {SYS_brk, 0, 0, 0},
    {SYS_mmap, 2, PROT_EXEC, 0},
    {SYS_mprotect, 2, PROT_EXEC, 0},
    {SYS_mremap, 0, 0, 0},
    {SYS_munmap, 0, 0, 0},
    {SYS_madvise, 0, 0, 0},
    /* Threads of this process. */
    {SYS_clone, 0, THREAD_MUST | THREAD_MUST_NOT, THREAD_MUST},
    {SYS_futex, 0, 0, 0},
    {SYS_set_robust_list, 0, 0, 0},
    {SYS_rseq, 0, 0, 0},
    {SYS_gettid, 0, 0, 0},
    {SYS_getpid, 0, 0, 0},
    {SYS_sched_yield, 0, 0, 0},
    {SYS_sched_getaffinity, 0, 0, 0},
    {SYS_prctl, 0, ~0U, PR_SET_NAME},
    {SYS_exit, 0, 0, 0},
    {SYS_exit_group, 0, 0, 0},
    /* Signals: to be handled, and none to be sent. abort() then ends by a trap. */
    {SYS_rt_sigprocmask, 0, 0, 0},
    {SYS_rt_sigaction, 0, 0, 0},
    {SYS_rt_sigreturn, 0, 0, 0},
    {SYS_sigaltstack, 0, 0, 0},
    /* What time it is, and chance. */
    {SYS_clock_gettime, 0, 0, 0},
    {SYS_clock_getres, 0, 0, 0},
    {SYS_clock_nanosleep, 0, 0, 0},
    {SYS_nanosleep, 0, 0, 0},
    {SYS_gettimeofday, 0, 0, 0},
    {SYS_getrandom, 0, 0, 0},
};

/* Only where Landlock says which files. */
static const struct rule reading_rules[] = {
    {SYS_openat, 2, OPEN_MUST_NOT, 0},
#ifdef SYS_open
    {SYS_open, 1, OPEN_MUST_NOT, 0},
#endif
    {SYS_newfstatat, 0, 0, 0},
    {SYS_faccessat, 0, 0, 0},
#ifdef SYS_access
    {SYS_access, 0, 0, 0},
#endif
};

struct program {
    struct sock_filter code[MAX_INSTRUCTIONS];
    unsigned short n;
};

static void put(struct program *p, struct sock_filter instruction)
{
    /* Too long is not installed, see below. */
    if (p->n < MAX_INSTRUCTIONS)
        p->code[p->n++] = instruction;
}
static void load(struct program *p, size_t offset)
{
    put(p, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}
static void answer(struct program *p, uint32_t verdict)
{
    put(p, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict));
}
/* Over the next `skip` instructions unless what is loaded is `value`. */
static void unless(struct program *p, uint32_t value, uint8_t skip)
{
    put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, skip));
}

static void put_rule(struct program *p, const struct rule *rule)
{
    load(p, offsetof(struct seccomp_data, nr));
    if (rule->mask == 0) {
        unless(p, (uint32_t)rule->call, 1);
    } else {
        unless(p, (uint32_t)rule->call, 4);
        /* The lower half of the argument, which comes first on both architectures. */
        load(p, offsetof(struct seccomp_data, args) + rule->arg * sizeof(uint64_t));
        put(p, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, rule->mask));
        unless(p, rule->want, 1);
    }
    answer(p, SECCOMP_RET_ALLOW);
}

int syscall_filter_install(bool reading)
{
    struct program p = {.n = 0};
    struct sock_fprog program;

    load(&p, offsetof(struct seccomp_data, arch));
    put(&p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, THIS_ARCH, 1, 0));
    answer(&p, SECCOMP_RET_KILL_PROCESS);
    load(&p, offsetof(struct seccomp_data, nr));
    put(&p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 1));
    answer(&p, SECCOMP_RET_KILL_PROCESS);
    /* Its flags are in memory, where no filter looks; the C library then uses clone(). */
    unless(&p, SYS_clone3, 1);
    answer(&p, SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++)
        put_rule(&p, &rules[i]);
    for (size_t i = 0; reading && i < sizeof(reading_rules) / sizeof(*reading_rules); i++)
        put_rule(&p, &reading_rules[i]);
    answer(&p, SECCOMP_RET_ERRNO | EPERM);
    if (p.n == MAX_INSTRUCTIONS)
        return -1;
    program = (struct sock_fprog){.len = p.n, .filter = p.code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0 ? 0 : -1;
}
