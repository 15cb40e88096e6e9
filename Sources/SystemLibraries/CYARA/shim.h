#ifndef JURAT_CYARA_H
#define JURAT_CYARA_H

#include <yara.h>

#endif
