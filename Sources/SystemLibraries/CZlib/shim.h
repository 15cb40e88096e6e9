#ifndef JURAT_CZLIB_H
#define JURAT_CZLIB_H

#include <zlib.h>

#endif
