#ifndef JURAT_CLINUX_H
#define JURAT_CLINUX_H


#endif
