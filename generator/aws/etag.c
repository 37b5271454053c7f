#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aws/etag.h"
#include "base/digest.h"
#include "base/util.h"

enum { MIB = 1024 * 1024 };

/* Adds at most `len` bytes of the file to the digest; returns how many were added. */
static size_t add_part(FILE *in, struct digest *digest, size_t len)
{
    char data[16384];
    size_t done = 0;
    while (done < len) {
        size_t want = len - done < sizeof data ? len - done : sizeof data;
        size_t n = fread(data, 1, want, in);
        md5_add(digest, data, n);
        done += n;
        if (n < want)
            break;
    }
    return done;
}

/* Sets `tag` to the hexadecimal digits in the tag of the file if it is uploaded in parts of `part`
 * bytes, or in one piece if `part` is 0. False if the file cannot be read. */
static bool compute(const char *path, size_t part, char tag[MD5_HEX])
{
    FILE *in = fopen(path, "rbe");
    struct digest whole, one;
    unsigned char md5[MD5_SIZE];
    size_t n;
    if (!in)
        return false;
    md5_init(&whole);
    if (!part)
        add_part(in, &whole, SIZE_MAX);
    do {
        if (!part)
            break;
        md5_init(&one);
        n = add_part(in, &one, part);
        md5_end(&one, md5);
        if (n)
            md5_add(&whole, md5, sizeof md5);
    } while (n == part);
    md5_end(&whole, md5);
    digest_hex(md5, sizeof md5, tag);
    bool ok = !ferror(in);
    fclose(in);
    return ok;
}

bool etag_matches(const char *path, const char *tag)
{
    /* in MiB: the CLI's default, and usual values of multipart_chunksize */
    static const size_t parts[] = {8, 5, 16, 32, 64, 100, 128};
    char hex[MD5_HEX];
    struct stat st;
    tag += *tag == '"';
    if (stat(path, &st) != 0 || strlen(tag) < MD5_HEX - 1)
        return false;
    if (tag[MD5_HEX - 1] != '-')
        return compute(path, 0, hex) && strncmp(tag, hex, MD5_HEX - 1) == 0;
    long count = strtol(tag + MD5_HEX, NULL, 10);
    for (size_t i = 0; i < countof(parts); i++) {
        size_t size = parts[i] * MIB;
        if (count < 1 || ((size_t)st.st_size + size - 1) / size != (size_t)count)
            continue;
        if (compute(path, size, hex) && strncmp(tag, hex, MD5_HEX - 1) == 0)
            return true;
    }
    return false;
}
