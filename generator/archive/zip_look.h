/* zip_look.h - looks into a zip in memory that another tool may have written, such as a jar.
 * Reports nothing: what it cannot read, it says it cannot read. */
#ifndef ARCHIVE_ZIP_LOOK_H
#define ARCHIVE_ZIP_LOOK_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

enum {
    ZIP_DEFLATE_MOST = 1032
}; /* a packed byte is at most so many (zlib's "Technical Details") */

struct zip_look {
    const unsigned char *data;
    size_t len;
    size_t at, end; /* of the rest of the central directory */
    uint64_t shift; /* bytes before the zip, such as a script: its offsets do not count them */
};

/* An entry of the directory. */
struct zip_seen {
    const char *name; /* not NUL-terminated */
    size_t name_len;
    unsigned method;
    uint32_t compressed, size, offset;
};

/* Begins at the first entry. Returns false if this is no zip, or a zip64. */
bool zip_look_begin(struct zip_look *look, const void *data, size_t len);
/* Takes the next entry. Returns false behind the last one, and at a broken one. */
bool zip_look_next(struct zip_look *look, struct zip_seen *seen);
/* Inflates `packed` bytes to `size`; NULL as zip_look_content. */
const unsigned char *zip_look_inflate(struct arena *arena, const unsigned char *data, size_t packed,
                                      size_t size);
/* The content of an entry, of `seen->size` bytes; NULL if it is broken, has over 1 GB, or a method
 * other than "stored" and "deflated". */
const unsigned char *zip_look_content(struct arena *arena, const struct zip_look *look,
                                      const struct zip_seen *seen);

#endif
