#ifndef JURAT_CSODIUM_H
#define JURAT_CSODIUM_H

#include <sodium.h>

#endif
