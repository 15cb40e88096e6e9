#ifndef JURAT_CZLIB_H
#define JURAT_CZLIB_H

#include <string.h>
#include <zlib.h>

/* inflateInit2 is a macro that Swift does not import; window bits choose the wrapper as zlib.h documents. */
static inline int jurat_inflate_start(z_stream *stream, int windowBits) {
    memset(stream, 0, sizeof *stream);
    return inflateInit2(stream, windowBits);
}

#endif
