/* A seccomp filter of refusals: resolving names and speaking TLS take too many calls, and other ones with each C
 * library, for a list of what is allowed. */
#include "fetch_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define THIS_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define THIS_ARCH AUDIT_ARCH_AARCH64
#else
#error "The numbers of the system calls of this architecture are not known here."
#endif

enum { MAX_INSTRUCTIONS = 256, X32_BIT = 0x40000000 };

#define WRITES (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)

static const int refused[] = {
    SYS_execve,
    SYS_execveat,
    SYS_ptrace,
    SYS_process_vm_readv,
    SYS_process_vm_writev,
    SYS_kill,
    SYS_tkill,
    SYS_tgkill,
    SYS_mount,
    SYS_umount2,
    SYS_pivot_root,
    SYS_chroot,
    SYS_unshare,
    SYS_setns,
    SYS_bpf,
    SYS_perf_event_open,
    SYS_keyctl,
    SYS_add_key,
    SYS_request_key,
    SYS_userfaultfd,
    SYS_io_uring_setup,
    SYS_memfd_create,
    SYS_listen,
    SYS_accept,
    SYS_accept4,
    SYS_unlinkat,
    SYS_renameat2,
    SYS_linkat,
    SYS_symlinkat,
    SYS_mkdirat,
    SYS_mknodat,
    SYS_fchmodat,
    SYS_fchownat,
    SYS_truncate,
    SYS_init_module,
    SYS_finit_module,
    SYS_delete_module,
    SYS_kexec_load,
    SYS_reboot,
    SYS_open_by_handle_at,
    SYS_setuid,
    SYS_setgid,
    SYS_setresuid,
    SYS_setresgid,
    SYS_openat2,
    SYS_pidfd_getfd,
    SYS_pidfd_open,
    SYS_process_madvise,
#ifdef SYS_fork
    SYS_fork,
    SYS_vfork,
#endif
#ifdef SYS_unlink
    SYS_unlink,
    SYS_rename,
    SYS_link,
    SYS_symlink,
    SYS_mkdir,
    SYS_rmdir,
    SYS_chmod,
    SYS_chown,
    SYS_creat,
#endif
};

struct program {
    struct sock_filter code[MAX_INSTRUCTIONS];
    unsigned short n;
};

static void put(struct program *p, struct sock_filter instruction)
{
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

static void refuse(struct program *p, int call, uint32_t verdict)
{
    put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 1));
    answer(p, verdict);
}

/* The call, where its argument has (set) or lacks any of these bits. */
static void refuse_bits(struct program *p, int call, unsigned arg, uint32_t bits, bool set)
{
    load(p, offsetof(struct seccomp_data, nr));
    put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)call, 0, 3));
    load(p, offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t));
    put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, set ? 0 : 1, set ? 1 : 0));
    answer(p, SECCOMP_RET_ERRNO | EPERM);
}

/* A socket of a family that is none of these. */
static void refuse_families(struct program *p)
{
    static const uint32_t used[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK};
    const unsigned count = sizeof used / sizeof *used;
    load(p, offsetof(struct seccomp_data, nr));
    put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, (uint8_t)(count + 2)));
    load(p, offsetof(struct seccomp_data, args));
    for (unsigned i = 0; i < count; i++)
        put(p, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, used[i], (uint8_t)(count - i), 0));
    answer(p, SECCOMP_RET_ERRNO | EAFNOSUPPORT);
}

int fetch_filter_install(void)
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
    refuse(&p, SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        refuse(&p, refused[i], SECCOMP_RET_ERRNO | EPERM);
    refuse_bits(&p, SYS_clone, 0, CLONE_THREAD, false);
    refuse_bits(&p, SYS_openat, 2, WRITES, true);
#ifdef SYS_open
    refuse_bits(&p, SYS_open, 1, WRITES, true);
#endif
    refuse_families(&p);
    answer(&p, SECCOMP_RET_ALLOW);
    if (p.n == MAX_INSTRUCTIONS)
        return -1;
    program = (struct sock_fprog){.len = p.n, .filter = p.code};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0 ? 0 : -1;
}
