#include <zlib.h>

#include "archive/gzip.h"
#include "base/util.h"

void gzip_text(const char *text, size_t len, struct buf *out)
{
    enum { LEVEL = 6, GZIP_32K = 15 + 16, MEMORY = 8 };
    z_stream stream = {.next_in = (unsigned char *)text, .avail_in = (uInt)len};
    unsigned char part[4096];
    int status;
    if (deflateInit2(&stream, LEVEL, Z_DEFLATED, GZIP_32K, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        fatal_memory();
    do {
        stream.next_out = part;
        stream.avail_out = sizeof part;
        status = deflate(&stream, Z_FINISH);
        buf_add(out, part, sizeof part - stream.avail_out);
    } while (status == Z_OK);
    deflateEnd(&stream);
}
