#ifndef JURAT_CDEFLATE_H
#define JURAT_CDEFLATE_H

#include <libdeflate.h>

#endif
