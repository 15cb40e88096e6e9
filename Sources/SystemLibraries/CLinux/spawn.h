#ifndef JURAT_CLINUX_SPAWN_H
#define JURAT_CLINUX_SPAWN_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

// The most descriptors that one child can be given.
enum { jurat_spawn_max_descriptors = 16 };

// Named here because Swift sees some of the macros as an enumeration, some as numbers, and one not at all.
enum {
    jurat_limit_address_space = RLIMIT_AS,
    jurat_limit_cpu = RLIMIT_CPU,
    jurat_limit_file_size = RLIMIT_FSIZE,
    jurat_limit_open_files = RLIMIT_NOFILE,
    jurat_limit_core = RLIMIT_CORE,
    jurat_limit_processes = RLIMIT_NPROC,
};

struct jurat_spawn_descriptor {
    int source;
    int target;
};

struct jurat_spawn_limit {
    int resource;
    unsigned long soft;
    unsigned long hard;
};

// Everything that the child needs, made before the fork: between fork and exec nothing may allocate or lock.
struct jurat_spawn_request {
    const char *executable;
    char *const *arguments;
    char *const *environment;
    const char *directory;
    // Ascending by target.
    const struct jurat_spawn_descriptor *descriptors;
    int descriptor_count;
    const struct jurat_spawn_limit *limits;
    int limit_count;
    int dies_with_parent;
};

enum jurat_spawn_step {
    jurat_spawn_fork = 1,
    jurat_spawn_parent_gone,
    jurat_spawn_privileges,
    jurat_spawn_directory,
    jurat_spawn_descriptors,
    jurat_spawn_limits,
    jurat_spawn_execute,
};

struct jurat_spawn_result {
    pid_t pid;
    // The step that failed and why; 0 when the program runs.
    volatile int step;
    volatile int code;
};

static inline void jurat_spawn_fail(struct jurat_spawn_result *result, enum jurat_spawn_step step, int code) {
    result->code = code;
    result->step = step;
    _exit(127);
}

static inline int jurat_spawn_close(unsigned int first, unsigned int last) {
    return first > last ? 0 : (int)syscall(SYS_close_range, first, last, 0u);
}

// Puts each descriptor in its place, /dev/null in the unused standard places, and closes every other one.
static inline int jurat_spawn_arrange(const struct jurat_spawn_request *request) {
    int moved[jurat_spawn_max_descriptors];
    int base = 3;
    for (int i = 0; i < request->descriptor_count; i++) {
        if (request->descriptors[i].source >= base) base = request->descriptors[i].source + 1;
        if (request->descriptors[i].target >= base) base = request->descriptors[i].target + 1;
    }
    // First out of the way, so that no target overwrites a source that is still needed.
    for (int i = 0; i < request->descriptor_count; i++) {
        moved[i] = fcntl(request->descriptors[i].source, F_DUPFD, base);
        if (moved[i] < 0) return -1;
    }
    for (int i = 0; i < 3; i++) {
        int null = open("/dev/null", i == 0 ? O_RDONLY : O_WRONLY);
        if (null < 0) return -1;
        if (null != i && dup2(null, i) < 0) return -1;
    }
    for (int i = 0; i < request->descriptor_count; i++)
        if (dup2(moved[i], request->descriptors[i].target) < 0) return -1;
    unsigned int next = 3;
    for (int i = 0; i < request->descriptor_count; i++) {
        int target = request->descriptors[i].target;
        if (target < 3) continue;
        if (jurat_spawn_close(next, (unsigned int)target - 1) != 0) return -1;
        next = (unsigned int)target + 1;
    }
    return jurat_spawn_close(next, ~0u);
}

static inline void jurat_spawn_child(
    const struct jurat_spawn_request *request, struct jurat_spawn_result *result, pid_t parent) {
    // An ignored signal would stay ignored across exec; the program begins with the defaults and nothing blocked.
    // The kernel's own call, since the C library's keeps its hands off two of them. All zeroes is the default.
    const unsigned long defaults[4] = {0, 0, 0, 0};
    for (int number = 1; number < 65; number++) syscall(SYS_rt_sigaction, number, defaults, (void *)0, 8ul);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, 0);
    // Its own group: Ctrl-C at the terminal is for the parent, which decides what becomes of its children.
    setpgid(0, 0);
    if (request->dies_with_parent) {
        if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
            jurat_spawn_fail(result, jurat_spawn_parent_gone, errno);
        if (getppid() != parent) jurat_spawn_fail(result, jurat_spawn_parent_gone, ESRCH);
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) jurat_spawn_fail(result, jurat_spawn_privileges, errno);
    if (request->directory && chdir(request->directory) != 0)
        jurat_spawn_fail(result, jurat_spawn_directory, errno);
    if (jurat_spawn_arrange(request) != 0) jurat_spawn_fail(result, jurat_spawn_descriptors, errno);
    for (int i = 0; i < request->limit_count; i++) {
        struct rlimit limit = {request->limits[i].soft, request->limits[i].hard};
        if (setrlimit(request->limits[i].resource, &limit) != 0)
            jurat_spawn_fail(result, jurat_spawn_limits, errno);
    }
    execve(request->executable, request->arguments, request->environment);
    jurat_spawn_fail(result, jurat_spawn_execute, errno);
}

// Starts a program and returns when it runs or failed to. vfork: the child borrows our memory until it execs, so that
// starting costs the same however much memory we use, and so that it can report failures by writing to *result.
static inline void jurat_spawn(const struct jurat_spawn_request *request, struct jurat_spawn_result *result) {
    sigset_t all, previous;
    result->step = 0;
    result->code = 0;
    // No handler of ours may run in the child while it shares our memory.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &previous);
    pid_t parent = getpid();
    pid_t pid = vfork();
    if (pid == 0) jurat_spawn_child(request, result, parent);
    int code = errno;
    pthread_sigmask(SIG_SETMASK, &previous, 0);
    result->pid = pid;
    if (pid < 0) {
        result->code = code;
        result->step = jurat_spawn_fork;
    }
}

static inline int jurat_pidfd_open(pid_t pid) {
    // The kernel sets close-on-exec on every pidfd.
    return (int)syscall(SYS_pidfd_open, pid, 0);
}

static inline int jurat_pidfd_send_signal(int descriptor, int number) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, number, (void *)0, 0);
}

#endif
