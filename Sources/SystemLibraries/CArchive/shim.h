#ifndef JURAT_CARCHIVE_H
#define JURAT_CARCHIVE_H

#include <archive.h>
#include <archive_entry.h>

#endif
