#ifndef JURAT_CSQLITE_H
#define JURAT_CSQLITE_H

#include <sqlite3.h>

// Swift can neither call variadic functions nor read macros that are casts of integers to function pointers
// (SQLITE_TRANSIENT), so both are wrapped here.

/// Switches a boolean connection option (SQLITE_DBCONFIG_...) and tells whether it took.
static inline int jurat_sqlite3_configure(sqlite3 *connection, int option, int value) {
    int now = -1;
    int code = sqlite3_db_config(connection, option, value, &now);
    return code == SQLITE_OK && now != value ? SQLITE_ERROR : code;
}

/// Binds a copy of `count` bytes of UTF-8.
static inline int jurat_sqlite3_bind_text(sqlite3_stmt *statement, int position, const void *bytes, sqlite3_uint64 count) {
    return sqlite3_bind_text64(statement, position, bytes == 0 ? "" : (const char *)bytes, count, SQLITE_TRANSIENT,
                               SQLITE_UTF8);
}

/// Binds a copy of `count` bytes; none at all is the empty blob, not NULL.
static inline int jurat_sqlite3_bind_blob(sqlite3_stmt *statement, int position, const void *bytes, sqlite3_uint64 count) {
    if (count == 0) return sqlite3_bind_zeroblob(statement, position, 0);
    return sqlite3_bind_blob64(statement, position, bytes, count, SQLITE_TRANSIENT);
}

#endif
