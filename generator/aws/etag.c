#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aws/etag.h"
#include "base/digest.h"
#include "base/fd.h"
#include "base/util.h"

enum { MIB = 1024 * 1024 };

/* The digest of a file that is uploaded in parts. */
struct tag {
    struct digest parts, part; /* of the digests of the whole parts; of the bytes of the last one */
    size_t size, filled;       /* bytes of a whole part, and of the last one */
};

static void end_part(struct tag *tag)
{
    unsigned char md5[MD5_SIZE];
    md5_end(&tag->part, md5);
    md5_add(&tag->parts, md5, sizeof md5);
    md5_init(&tag->part);
    tag->filled = 0;
}

static void add_block(void *data, const void *block, size_t len)
{
    struct tag *tag = data;
    for (const char *rest = block; len;) {
        size_t room = tag->size - tag->filled, n = len < room ? len : room;
        md5_add(&tag->part, rest, n);
        tag->filled += n;
        rest += n, len -= n;
        if (tag->filled == tag->size)
            end_part(tag);
    }
}

/* Sets `hex` to the hexadecimal digits in the tag of the file if it is uploaded in parts of `size`
 * bytes, or in one piece if `size` is 0; to "" if a signal came meanwhile. */
static void compute(const char *path, size_t size, char hex[MD5_HEX])
{
    struct tag tag = {.size = size ? size : SIZE_MAX};
    unsigned char md5[MD5_SIZE];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    md5_init(&tag.parts);
    md5_init(&tag.part);
    hex[0] = '\0';
    bool ok = fd >= 0 && fd_each_block(fd, add_block, &tag);
    if (!ok && errno != EINTR)
        fatal("%s cannot be read:", path);
    fd_drop(fd);
    if (!ok)
        return;
    if (size && tag.filled)
        end_part(&tag);
    md5_end(size ? &tag.parts : &tag.part, md5);
    digest_hex(md5, sizeof md5, hex);
}

bool etag_matches(const char *path, const char *tag)
{
    /* in MiB: the CLI's default, and usual values of multipart_chunksize */
    static const size_t parts[] = {8, 5, 16, 32, 64, 100, 128};
    char hex[MD5_HEX];
    struct stat st;
    tag += *tag == '"';
    if (stat(path, &st) != 0)
        fatal("%s cannot be read:", path);
    if (strlen(tag) < MD5_HEX - 1)
        return false;
    if (tag[MD5_HEX - 1] != '-') {
        compute(path, 0, hex);
        return strncmp(tag, hex, MD5_HEX - 1) == 0;
    }
    long count = strtol(tag + MD5_HEX, NULL, 10);
    for (size_t i = 0; i < countof(parts); i++) {
        size_t size = parts[i] * MIB;
        if (count < 1 || ((size_t)st.st_size + size - 1) / size != (size_t)count)
            continue;
        compute(path, size, hex);
        if (strncmp(tag, hex, MD5_HEX - 1) == 0)
            return true;
    }
    return false;
}
