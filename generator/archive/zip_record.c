#include <string.h>

#include "archive/zip_record.h"

enum {
    VERSION = 20,          /* 4.4.3.2: deflated */
    MADE_BY_UNIX = 3 << 8, /* 4.4.2.2: external attributes hold a mode */
    UTF8_FLAG = 1 << 11,   /* 4.4.4 */
    STORED = 0,            /* 4.4.5 */
    DEFLATED = 8,
    DATE = 1 << 5 | 1, /* 1980-01-01, 4.4.6; the time is 0 */
};

uint32_t zip_get16(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

uint32_t zip_get32(const unsigned char *p)
{
    return zip_get16(p) | zip_get16(p + 2) << 16;
}

uint64_t zip_get64(const unsigned char *p)
{
    return zip_get32(p) | (uint64_t)zip_get32(p + 4) << 32;
}

const unsigned char *zip_extra(const unsigned char *central, uint32_t id, size_t *len)
{
    const unsigned char *p = central + CENTRAL_SIZE + zip_get16(central + CENTRAL_NAME_LEN);
    for (size_t left = zip_get16(central + CENTRAL_EXTRA_LEN); left >= 4; p += *len, left -= *len) {
        uint32_t found = zip_get16(p);
        *len = zip_get16(p + 2);
        p += 4, left -= 4;
        if (*len > left)
            return NULL;
        if (found == id)
            return p;
    }
    return NULL;
}

unsigned char *zip_put16(unsigned char *p, uint32_t value)
{
    *p++ = (unsigned char)value;
    *p++ = (unsigned char)(value >> 8);
    return p;
}

unsigned char *zip_put32(unsigned char *p, uint32_t value)
{
    return zip_put16(zip_put16(p, value & 0xFFFF), value >> 16);
}

static bool is_ascii(const char *name)
{
    for (; *name; name++)
        if ((unsigned char)*name >= 0x80)
            return false;
    return true;
}

unsigned char *zip_put_sums(unsigned char *p, const struct zip_header *header)
{
    return zip_put32(zip_put32(zip_put32(p, header->crc), header->compressed), header->size);
}

/* The fields from "version needed to extract" to "extra field length", 4.3.7. */
static unsigned char *put_common(unsigned char *p, const struct zip_header *header)
{
    p = zip_put16(p, VERSION);
    p = zip_put16(p, is_ascii(header->name) ? 0 : UTF8_FLAG);
    p = zip_put16(p, header->deflated ? DEFLATED : STORED);
    p = zip_put16(p, 0); /* time */
    p = zip_put16(p, DATE);
    p = zip_put_sums(p, header);
    p = zip_put16(p, (uint32_t)strlen(header->name));
    return zip_put16(p, 0); /* no extra field */
}

void zip_put_local(unsigned char local[LOCAL_SIZE], const struct zip_header *header)
{
    put_common(zip_put32(local, LOCAL_SIGNATURE), header);
}

void zip_put_central(unsigned char central[CENTRAL_SIZE], const struct zip_header *header)
{
    unsigned char *p = zip_put32(central, CENTRAL_SIGNATURE);
    p = put_common(zip_put16(p, MADE_BY_UNIX | VERSION), header);
    p = zip_put16(p, 0); /* no comment */
    p = zip_put16(p, 0); /* the first disk */
    p = zip_put16(p, 0); /* no internal attributes */
    p = zip_put32(p, (header->executable ? 0100755u : 0100644u) << 16);
    zip_put32(p, header->offset);
}

void zip_put_end(unsigned char end[END_SIZE], size_t count, uint32_t len, uint32_t offset)
{
    memset(end, 0, END_SIZE);
    zip_put32(end, END_SIGNATURE);
    zip_put16(zip_put16(end + 8, (uint32_t)count), (uint32_t)count);
    zip_put32(zip_put32(end + 12, len), offset);
}
