#ifndef JURAT_CLINUX_SANDBOX_H
#define JURAT_CLINUX_SANDBOX_H

// Landlock and seccomp, called without the C library's help, which has none. Constants that older kernel headers lack
// are written out; the kernel's numbers never change.

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define JURAT_LANDLOCK_CREATE 444
#define JURAT_LANDLOCK_RESTRICT 446

// The version of Landlock's interface, or -1 when the kernel has none or has it switched off.
static inline int jurat_landlock_version(void) {
    return (int)syscall(JURAT_LANDLOCK_CREATE, (void *)0, (size_t)0, 1u);
}

struct jurat_landlock_ruleset {
    uint64_t files;
    uint64_t network;
    uint64_t scopes;
};

// Denies the calling thread, and all that it will start, everything that this version of Landlock can deny.
// Returns 0 or an error number. No new privileges must be allowed before.
static inline int jurat_landlock_deny_all(int version) {
    struct jurat_landlock_ruleset ruleset = {0, 0, 0};
    // 13 kinds of file access in version 1, then linking across directories, truncating and device commands.
    int kinds = version >= 5 ? 16 : version >= 3 ? 15 : version == 2 ? 14 : 13;
    ruleset.files = (1ull << kinds) - 1;
    // TCP bind and connect.
    if (version >= 4) ruleset.network = 3;
    // Abstract sockets and signals to processes outside.
    if (version >= 6) ruleset.scopes = 3;
    size_t size = version >= 6 ? 24 : version >= 4 ? 16 : 8;
    int descriptor = (int)syscall(JURAT_LANDLOCK_CREATE, &ruleset, size, 0u);
    if (descriptor < 0) return errno;
    int code = syscall(JURAT_LANDLOCK_RESTRICT, descriptor, 0u) == 0 ? 0 : errno;
    close(descriptor);
    return code;
}

#if defined(__x86_64__)
#define JURAT_AUDIT_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define JURAT_AUDIT_ARCH AUDIT_ARCH_AARCH64
#else
#error "the sandbox knows the system calls of x86-64 and arm64 only"
#endif

#define JURAT_LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define JURAT_RETURN(value) BPF_STMT(BPF_RET | BPF_K, (value))
// When the loaded number is this one, return the value; otherwise go on.
#define JURAT_IF(number, value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (number), 0, 1), JURAT_RETURN(value)
#define JURAT_ALLOW(name) JURAT_IF(SYS_##name, SECCOMP_RET_ALLOW)
#define JURAT_KILL(name) JURAT_IF(SYS_##name, SECCOMP_RET_KILL_PROCESS)
#define JURAT_REFUSE(code) (SECCOMP_RET_ERRNO | (code))
// When the loaded number is this one, refuse it if any of these bits is set in the third argument, else allow it.
#define JURAT_ALLOW_WITHOUT_BITS(name, bits)                                                                          \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 4), JURAT_LOAD(args[2]),                                       \
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, (bits), 0, 1), JURAT_RETURN(JURAT_REFUSE(EPERM)),                        \
        JURAT_RETURN(SECCOMP_RET_ALLOW)

// When the loaded number is this one, allow it if that argument has one of three values, else refuse it.
#define JURAT_ALLOW_OF_THREE(name, argument, first, second, third)                                                    \
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 6), JURAT_LOAD(args[argument]),                                \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (first), 3, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (second), 2, 0),      \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (third), 1, 0), JURAT_RETURN(JURAT_REFUSE(EPERM)),                        \
        JURAT_RETURN(SECCOMP_RET_ALLOW)

// What a child that only computes needs: its memory, the clock, and the descriptors that it has. What only an attacker
// would try ends the process; everything else answers EPERM, so that a library that asks for more than it needs can go
// on without. One thread is enough for an analysis: nothing here makes another thread or process.
static inline int jurat_seccomp_apply(void) {
    struct sock_filter filter[] = {
        JURAT_LOAD(arch),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, JURAT_AUDIT_ARCH, 1, 0),
        JURAT_RETURN(SECCOMP_RET_KILL_PROCESS),
        JURAT_LOAD(nr),
#if defined(__x86_64__)
        // The x32 numbers are a second door to the same calls.
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000u, 0, 1),
        JURAT_RETURN(SECCOMP_RET_KILL_PROCESS),
#endif
        JURAT_ALLOW(pread64),
        JURAT_ALLOW(read),
        JURAT_ALLOW(write),
        JURAT_ALLOW(munmap),
        JURAT_ALLOW(mremap),
        JURAT_ALLOW(madvise),
        JURAT_ALLOW(brk),
        JURAT_ALLOW(futex),
        JURAT_ALLOW(clock_gettime),
        JURAT_ALLOW(clock_getres),
        JURAT_ALLOW(gettimeofday),
        JURAT_ALLOW(lseek),
        JURAT_ALLOW(close),
        JURAT_ALLOW(sendto),
        JURAT_ALLOW(recvfrom),
        JURAT_ALLOW(ppoll),
        JURAT_ALLOW(getrandom),
        JURAT_ALLOW(sched_yield),
        JURAT_ALLOW(sched_getaffinity),
        JURAT_ALLOW(getpid),
        JURAT_ALLOW(gettid),
        JURAT_ALLOW(getrusage),
        JURAT_ALLOW(sigaltstack),
        JURAT_ALLOW(rt_sigaction),
        JURAT_ALLOW(rt_sigprocmask),
        JURAT_ALLOW(rt_sigreturn),
        JURAT_ALLOW(restart_syscall),
        JURAT_ALLOW(exit),
        JURAT_ALLOW(exit_group),
#if defined(__x86_64__)
        JURAT_ALLOW(poll),
        JURAT_ALLOW(time),
#endif
        // A descriptor may not be made to send signals to other processes when something arrives on it.
        JURAT_ALLOW_OF_THREE(fcntl, 1, F_GETFD, F_SETFD, F_GETFL),
        // abort() signals its own process; nothing here may signal another.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_tgkill, 0, 4),
        JURAT_LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)getpid(), 1, 0),
        JURAT_RETURN(JURAT_REFUSE(EPERM)),
        JURAT_RETURN(SECCOMP_RET_ALLOW),
        // The system log is a local socket, which libraries may ask for; no library here asks for any other kind.
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 4),
        JURAT_LOAD(args[0]),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1u /* AF_UNIX */, 0, 1),
        JURAT_RETURN(JURAT_REFUSE(EPERM)),
        JURAT_RETURN(SECCOMP_RET_KILL_PROCESS),
        JURAT_KILL(execve),
        JURAT_KILL(execveat),
        JURAT_KILL(ptrace),
        JURAT_KILL(process_vm_readv),
        JURAT_KILL(process_vm_writev),
        JURAT_KILL(connect),
        JURAT_KILL(bpf),
        JURAT_KILL(mount),
        JURAT_KILL(unshare),
        JURAT_KILL(setns),
        JURAT_KILL(userfaultfd),
        JURAT_KILL(perf_event_open),
        JURAT_KILL(keyctl),
        JURAT_KILL(add_key),
        JURAT_KILL(io_uring_setup),
        JURAT_KILL(init_module),
        JURAT_KILL(finit_module),
        JURAT_KILL(kexec_load),
        // Memory that can be executed is not needed after start.
        JURAT_ALLOW_WITHOUT_BITS(mmap, PROT_EXEC),
        JURAT_ALLOW_WITHOUT_BITS(mprotect, PROT_EXEC),
        JURAT_RETURN(JURAT_REFUSE(EPERM)),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    // 1: all threads of the process, or none and their identifier.
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 1ul, &program);
    if (result < 0) return errno;
    return result == 0 ? 0 : ESRCH;
}

// Whether the kernel can end a whole process by a filter, which is the newest thing that the filter uses.
static inline int jurat_seccomp_available(void) {
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0ul, &action) == 0 ? 0 : errno;
}

// Gives up what root could do, and the ways to get it back.
static inline int jurat_forbid_new_privileges(void) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct none[2] = {{0, 0, 0}, {0, 0, 0}};
    return syscall(SYS_capset, &header, none) == 0 ? 0 : errno;
}

// Without this another process of the same user could read our memory, and a core file could be written.
static inline int jurat_forbid_inspection(void) {
    return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 ? 0 : errno;
}

#endif
