#ifndef JURAT_CUTF8PROC_H
#define JURAT_CUTF8PROC_H

#include <utf8proc.h>

#endif
