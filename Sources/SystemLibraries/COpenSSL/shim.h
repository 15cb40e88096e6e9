#ifndef JURAT_COPENSSL_H
#define JURAT_COPENSSL_H

#include <openssl/evp.h>

#endif
