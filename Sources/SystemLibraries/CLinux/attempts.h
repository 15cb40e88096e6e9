#ifndef JURAT_CLINUX_ATTEMPTS_H
#define JURAT_CLINUX_ATTEMPTS_H

// What a confined process must not be able to do, tried in earnest and harmlessly: each answers the error number that
// refused it, or 0 when it went through. Called without the C library where that would refuse by itself.

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static inline int jurat_attempt_result(long result) { return result < 0 ? errno : 0; }

static inline int jurat_attempt_open(const char *path, int flags) {
    return jurat_attempt_result(syscall(SYS_openat, AT_FDCWD, path, flags, 0600));
}

static inline int jurat_attempt_unlink(const char *path) {
    return jurat_attempt_result(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}

static inline int jurat_attempt_socket(int family) {
    return jurat_attempt_result(syscall(SYS_socket, family, SOCK_STREAM, 0));
}

static inline int jurat_attempt_execute(void) {
    char *arguments[] = {(char *)"true", (char *)0};
    char *environment[] = {(char *)0};
    return jurat_attempt_result(syscall(SYS_execve, "/bin/true", arguments, environment));
}

// The copy, should there be one, ends at once.
static inline int jurat_attempt_fork(void) {
    long child = syscall(SYS_clone, (long)SIGCHLD, 0l, 0l, 0l, 0l);
    if (child == 0) syscall(SYS_exit_group, 0l);
    return jurat_attempt_result(child);
}

// 0x4206: PTRACE_SEIZE, which does not stop the other process.
static inline int jurat_attempt_trace(pid_t process) {
    return jurat_attempt_result(syscall(SYS_ptrace, 0x4206l, (long)process, 0l, 0l));
}

static inline int jurat_attempt_signal(pid_t process) {
    return jurat_attempt_result(syscall(SYS_kill, (long)process, 0l));
}

// The first step to a descriptor that signals another process when something arrives on it. 8: F_SETOWN.
static inline int jurat_attempt_signal_by_descriptor(int descriptor, pid_t process) {
    return jurat_attempt_result(syscall(SYS_fcntl, (long)descriptor, 8l, (long)process));
}

struct jurat_attempt_piece {
    void *base;
    unsigned long count;
};

static inline int jurat_attempt_read_memory(pid_t process) {
    char byte = 0;
    struct jurat_attempt_piece here = {&byte, 1}, there = {(void *)(uintptr_t)4096, 1};
    return jurat_attempt_result(syscall(SYS_process_vm_readv, (long)process, &here, 1l, &there, 1l, 0l));
}

static inline int jurat_attempt_executable_memory(void) {
    void *memory = mmap((void *)0, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? errno : 0;
}

static inline int jurat_attempt_ring(void) {
    char parameters[256];
    memset(parameters, 0, sizeof parameters);
    return jurat_attempt_result(syscall(SYS_io_uring_setup, 1l, parameters));
}

static inline int jurat_attempt_kernel_program(void) {
    char attributes[128];
    memset(attributes, 0, sizeof attributes);
    return jurat_attempt_result(syscall(SYS_bpf, 0l, attributes, sizeof attributes));
}

static inline int jurat_attempt_fault_handling(void) {
    return jurat_attempt_result(syscall(SYS_userfaultfd, 0l));
}

// 0: KEYCTL_GET_KEYRING_ID; -4: the user's keyring.
static inline int jurat_attempt_keyring(void) { return jurat_attempt_result(syscall(SYS_keyctl, 0l, -4l, 0l)); }

static inline int jurat_attempt_namespaces(void) {
    return jurat_attempt_result(syscall(SYS_unshare, 0x10000000l /* CLONE_NEWUSER */));
}

// Raises a limit of its own. 9: RLIMIT_AS.
static inline int jurat_attempt_limits(void) {
    uint64_t endless[2] = {~0ull, ~0ull};
    return jurat_attempt_result(syscall(SYS_prlimit64, 0l, 9l, endless, (void *)0));
}

#endif
