#ifndef JURAT_CLINUX_FORKING_H
#define JURAT_CLINUX_FORKING_H

// Descriptors that travel with a message, and processes that are copies of this one.

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

enum { jurat_message_descriptors = 2 };

// Sends one message with two descriptors, or with one when the second is -1; the count of its bytes, or -1 with errno
// set.
static inline ssize_t jurat_send_with_descriptors(
    int socket, const void *bytes, size_t count, int first, int second) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * jurat_message_descriptors)];
        struct cmsghdr alignment;
    } control;
    memset(&control, 0, sizeof control);
    struct iovec piece = {(void *)bytes, count};
    struct msghdr message = {0};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    size_t descriptorBytes = sizeof(int) * (second < 0 ? 1 : jurat_message_descriptors);
    message.msg_controllen = CMSG_SPACE(descriptorBytes);
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptorBytes);
    int descriptors[jurat_message_descriptors] = {first, second};
    memcpy(CMSG_DATA(header), descriptors, descriptorBytes);
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// Receives one message and up to two descriptors, -1 in the place of each that did not come. They close on exec.
static inline ssize_t jurat_receive_with_descriptors(
    int socket, void *bytes, size_t count, int *first, int *second) {
    union {
        char bytes[CMSG_SPACE(sizeof(int) * jurat_message_descriptors)];
        struct cmsghdr alignment;
    } control;
    struct iovec piece = {bytes, count};
    struct msghdr message = {0};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    *first = -1;
    *second = -1;
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        int found = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));
        for (int i = 0; i < found; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + sizeof(int) * (size_t)i, sizeof descriptor);
            if (*first < 0) *first = descriptor;
            else if (*second < 0) *second = descriptor;
            else close(descriptor);
        }
    }
    return received;
}

// Makes the calling process, a copy made by fork, die with the process that made it. 0, or an error number.
static inline int jurat_die_with_parent(pid_t parent) {
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
    return getppid() == parent ? 0 : ESRCH;
}

static inline int jurat_limit_itself(int resource, unsigned long soft, unsigned long hard) {
    struct rlimit limit = {soft, hard};
    return setrlimit(resource, &limit) == 0 ? 0 : errno;
}

// Closes every descriptor from this one on.
static inline int jurat_close_from(unsigned int first) {
    return syscall(SYS_close_range, first, ~0u, 0u) == 0 ? 0 : errno;
}

#endif
