/* zip_unpack.h - unpacks a zip into a folder, read-only. */
#ifndef ARCHIVE_ZIP_UNPACK_H
#define ARCHIVE_ZIP_UNPACK_H
#include <stdbool.h>

#include "base/digest.h" /* for SHA256_HEX */

struct arena;

/* Unpacks all files of a zip, which nobody else writes to: a file that is there already is
 * replaced. Files get the modes 0444 or, if the zip says that they are programs, 0555. Folders stay
 * writable until zip_unpack_close. Returns false after an error at `zip` or at a file. */
bool zip_unpack(struct arena *arena, const char *zip, const char *folder);
/* Takes the right to write from a folder and those in it. Returns false with errno. */
bool zip_unpack_close(const char *folder);
/* The digest of the zip's directory, which has the names, sizes and checksums of its files. It is
 * read in a part of the time that its content takes. Returns false after an error at `zip`. */
bool zip_unpack_digest(const char *zip, char hex[SHA256_HEX]);

#endif
