/* zip_record.h - the records of a zip as bytes. Private to archive/zip*.c.
 *
 * Section numbers refer to PKWARE's APPNOTE.TXT, version 6.3.10. */
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
    LOCAL_CRC = 14,      /* fields of a local header: the checksum; both sizes follow */
    CENTRAL_MADE_BY = 4, /* fields of a central header */
    CENTRAL_FLAGS = 8,
    CENTRAL_METHOD = 10,
    CENTRAL_CRC = 16,
    CENTRAL_PACKED = 20,
    CENTRAL_UNPACKED = 24,
    CENTRAL_NAME_LEN = 28,
    CENTRAL_EXTRA_LEN = 30,
    CENTRAL_COMMENT_LEN = 32,
    CENTRAL_ATTRIBUTES = 38,
    CENTRAL_OFFSET = 42,
    END_COMMENT_LEN = 20, /* of the end record */
    ZIP_ENTRIES_MAX = 65534,
};
/* A zip and its offsets must be smaller than this; the number itself means zip64 (4.4.8). */
#define ZIP_SIZE_MAX 0xFFFFFFFF

/* Finds the extra field `id` in the extra fields of a central header (4.5.1). Returns its data and
 * sets `*len`, or returns NULL. */
const unsigned char *zip_extra(const unsigned char *central, uint32_t id, size_t *len);

/* Little-endian numbers. The put functions return the place after the number. */
uint32_t zip_get16(const unsigned char *p);
uint32_t zip_get32(const unsigned char *p);
uint64_t zip_get64(const unsigned char *p);
unsigned char *zip_put16(unsigned char *p, uint32_t value);
unsigned char *zip_put32(unsigned char *p, uint32_t value);

/* The fields of an entry's two headers that are not the same for all entries. */
struct zip_header {
    const char *name;
    bool deflated, executable;
    uint32_t crc, compressed, size;
    uint32_t offset; /* of the local header */
};

/* Write an entry's headers as Gordon makes them: fixed time, no user, no extra field. The caller
 * writes the name after each. */
void zip_put_local(unsigned char local[LOCAL_SIZE], const struct zip_header *header);
void zip_put_central(unsigned char central[CENTRAL_SIZE], const struct zip_header *header);
/* Writes the checksum and the sizes as in both headers. Returns the place after them. */
unsigned char *zip_put_sums(unsigned char *p, const struct zip_header *header);
enum { ZIP_SUMS_SIZE = 12 };
/* Writes the end record of `count` entries, whose directory of `len` bytes is at `offset`. */
void zip_put_end(unsigned char end[END_SIZE], size_t count, uint32_t len, uint32_t offset);

#endif
