#ifndef JURAT_CARCHIVE_H
#define JURAT_CARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <locale.h>

// libarchive returns no name at all for names that the locale's character set lacks, and programs start in the C
// locale. The locale is set for the calling thread alone, so that no other code sees it.
static inline locale_t jurat_archive_enter_utf8_locale(void) {
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return utf8 == (locale_t)0 ? (locale_t)0 : uselocale(utf8);
}

static inline void jurat_archive_leave_utf8_locale(locale_t previous) {
    if (previous == (locale_t)0) return;
    locale_t utf8 = uselocale(previous);
    if (utf8 != LC_GLOBAL_LOCALE && utf8 != previous) freelocale(utf8);
}

// libarchive takes an ENOMEM that anything else left behind for its own when a name cannot be converted, and then ends the
// whole process: both calls begin without one.
static inline int jurat_archive_next_header(struct archive *archive, struct archive_entry **entry) {
    errno = 0;
    return archive_read_next_header(archive, entry);
}

static inline const char *jurat_archive_entry_pathname(struct archive_entry *entry) {
    errno = 0;
    return archive_entry_pathname(entry);
}

#endif
