#ifndef JURAT_CLINUX_EVENTS_H
#define JURAT_CLINUX_EVENTS_H

// Event notification and sockets: what Linux has beyond POSIX.

#include <stdint.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

int accept4(int descriptor, struct sockaddr *address, socklen_t *length, int flags);

static inline int jurat_epoll_control(int epoll, int operation, int descriptor, uint32_t events, uint64_t token) {
    struct epoll_event event = {.events = events, .data = {.u64 = token}};
    return epoll_ctl(epoll, operation, descriptor, &event);
}

static inline uint64_t jurat_epoll_token(const struct epoll_event *event) {
    return event->data.u64;
}

#endif
