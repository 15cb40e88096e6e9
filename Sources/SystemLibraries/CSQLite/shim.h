#ifndef JURAT_CSQLITE_H
#define JURAT_CSQLITE_H

#include <sqlite3.h>

#endif
