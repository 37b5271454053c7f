/* entry.h - a file that is to be packed into a zip or a tar. */
#ifndef ARCHIVE_ENTRY_H
#define ARCHIVE_ENTRY_H
#include <stdbool.h>

struct zipped;

struct pack_entry {
    const char *name;   /* in the archive: relative, '/' between parts, UTF-8 */
    const char *source; /* the file with its content; a link is followed */
    bool executable;    /* mode 0755, else 0644 */
    const char *sha256; /* of the content; any other content is an error. NULL: any */
    const struct zipped
        *zipped;        /* the content is a part of `source`, a zip (zip_take.h); or NULL */
    long long *content; /* gets the checksum of what was packed (content.h), by a zip; or NULL */
};

#endif
