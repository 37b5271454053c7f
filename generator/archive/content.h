/* content.h - a checksum of a file: shows that it is the same although its stamp is another. */
#ifndef ARCHIVE_CONTENT_H
#define ARCHIVE_CONTENT_H

#include <stdbool.h>

struct file_stamp;

enum { CONTENT_UNKNOWN = -1 };

/* Twice the CRC-32 of a file's bytes, or of the sorted names in a folder, and 1 more for a file
 * that its owner may execute, because a zip shows that. CONTENT_UNKNOWN if it cannot be read, or if
 * it has changed since `stamp` was taken, which may be NULL. */
long long content_of(const char *path, const struct file_stamp *stamp);

/* The same of a file that was read already, by the CRC-32 of its bytes. */
long long content_of_bytes(unsigned long crc, bool executable);

#endif
