/* zip_record.h - the records that a zip consists of, as bytes. Private to the files zip*.c.
 *
 * Sections are those of PKWARE's APPNOTE.TXT, version 6.3.10. */
#ifndef ARCHIVE_ZIP_RECORD_H
#define ARCHIVE_ZIP_RECORD_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    LOCAL_SIGNATURE = 0x04034b50,   /* 4.3.7 */
    CENTRAL_SIGNATURE = 0x02014b50, /* 4.3.12 */
    END_SIGNATURE = 0x06054b50,     /* 4.3.16 */
    LOCAL_SIZE = 30,
    CENTRAL_SIZE = 46,
    END_SIZE = 22,
    LOCAL_CRC = 14,        /* fields of a local header: the checksum, and both sizes behind it */
    CENTRAL_NAME_LEN = 28, /* fields of a central header */
    CENTRAL_OFFSET = 42,
    END_COMMENT_LEN = 20, /* of the end record */
    ZIP_ENTRIES_MAX = 65534,
};
/* A zip is smaller than this, as are its offsets: the number itself means zip64 (4.4.8). */
#define ZIP_SIZE_MAX 0xFFFFFFFF

/* Little-endian numbers; the put functions give the place behind. */
uint32_t zip_get16(const unsigned char *p);
uint32_t zip_get32(const unsigned char *p);
unsigned char *zip_put16(unsigned char *p, uint32_t value);
unsigned char *zip_put32(unsigned char *p, uint32_t value);

/* What the two headers of an entry tell that is not the same for all. */
struct zip_header {
    const char *name;
    bool deflated, executable;
    uint32_t crc, compressed, size;
    uint32_t offset; /* of the local header */
};

/* The headers of an entry of Gordon's: times fixed, no user, no extra field. The name follows. */
void zip_put_local(unsigned char local[LOCAL_SIZE], const struct zip_header *header);
void zip_put_central(unsigned char central[CENTRAL_SIZE], const struct zip_header *header);
/* The checksum and the sizes alone, as they stand in both headers; gives the place behind. */
unsigned char *zip_put_sums(unsigned char *p, const struct zip_header *header);
enum { ZIP_SUMS_SIZE = 12 };
/* The end record: `count` entries whose directory of `len` bytes is at `offset`. */
void zip_put_end(unsigned char end[END_SIZE], size_t count, uint32_t len, uint32_t offset);

#endif
