/* Releases as tar files: the input is a tar, or a gzip file, to which the seal is added. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "archive/tar.h"
#include "base/diag.h"
#include "base/util.h"
#include "fuzz.h"
#include "seal.h"

/* The tar as a gzip file that is only stored, so that changes of bytes stay changes of bytes. */
static void add_stored(struct buf *out, const char *data, size_t len)
{
    unsigned char block[1024];
    z_stream z = {.next_in = (Bytef *)data, .avail_in = (uInt)len};
    int end = Z_OK;
    fuzz_expect(deflateInit2(&z, 0, Z_DEFLATED, MAX_WBITS + 16, 8, 0) == Z_OK, "zlib works");
    while (end == Z_OK) {
        z.next_out = block;
        z.avail_out = sizeof block;
        end = deflate(&z, Z_FINISH);
        buf_add(out, block, sizeof block - z.avail_out);
    }
    deflateEnd(&z);
}

void fuzz_target(const char *data, size_t len)
{
    struct buf file = {0};
    struct tar_file *files;
    size_t n;
    if (len > 1 && (unsigned char)data[0] == 0x1F && (unsigned char)data[1] == 0x8B)
        buf_add(&file, data, len);
    else
        add_stored(&file, len ? data : "", len);
    seal_add(&file);
    fuzz_write("r.tar.gz", file.data, file.len);
    buf_free(&file);
    mkdir("to", 0700);
    bool ok = tar_unpack(fuzz_arena, "r.tar.gz", "to", &files, &n);
    fuzz_expect(ok || diag_errors(), "a refusal is reported");
    for (size_t i = 0; ok && i < n; i++) {
        struct stat st;
        const char *path = arena_printf(fuzz_arena, "to/%s", files[i].name);
        fuzz_expect(lstat(path, &st) == 0 && S_ISREG(st.st_mode), "a file was unpacked");
        fuzz_expect((uint64_t)st.st_size == files[i].size, "it has its size");
        fuzz_expect((st.st_mode & 077) == 0, "nobody else can read it");
    }
}
