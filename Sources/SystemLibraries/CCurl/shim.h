#ifndef JURAT_CCURL_H
#define JURAT_CCURL_H

#include <curl/curl.h>

#endif
