#ifndef JURAT_CYAML_H
#define JURAT_CYAML_H

#include <yaml.h>

#endif
