#ifndef JURAT_CLINUX_H
#define JURAT_CLINUX_H

// Never define _GNU_SOURCE here: the toolchain's own Glibc module is compiled without it, and two modules that see
// different definitions of one struct do not compile together. GNU and Linux functions are declared below instead.

#include <pthread.h>
#include <stddef.h>
#include <sys/types.h>

#include "events.h"

ssize_t getrandom(void *buffer, size_t length, unsigned int flags);
int pthread_setname_np(pthread_t thread, const char *name);
int memfd_create(const char *name, unsigned int flags);

#include "attempts.h"
#include "forking.h"
#include "sandbox.h"
#include "spawn.h"

#endif
