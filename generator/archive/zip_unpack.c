#include "archive/zip_unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "archive/zip_in.h"
#include "archive/zip_record.h"
#include "base/diag.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/util.h"

enum { STORED = 0, DEFLATED = 8, BLOCK = 64 * 1024, PROGRAM = 0111 };

/* An entry on its way to its file. */
struct writer {
    const struct zip_in *in;
    const char *path;
    int fd;
    uint64_t at, left; /* of the packed bytes */
    uint64_t size;     /* bytes written so far */
    uint32_t crc;
};

static bool fail(const char *path)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be written: %s",
                      strerror(errno));
}

static bool broken(const struct writer *w, const char *why)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = w->in->path}, "is a broken zip: %s: %s",
                      w->path, why);
}

static bool take_block(struct writer *w, unsigned char block[BLOCK], size_t *len)
{
    *len = w->left < BLOCK ? (size_t)w->left : BLOCK;
    if (interrupt_came() || !zip_in_read(w->in, block, *len, w->at))
        return false;
    w->at += *len, w->left -= *len;
    return true;
}

static bool put(struct writer *w, const unsigned char *data, size_t len)
{
    w->crc = (uint32_t)crc32(w->crc, data, (uInt)len);
    w->size += len;
    return fd_write(w->fd, data, len) || fail(w->path);
}

static bool copy(struct writer *w)
{
    unsigned char block[BLOCK];
    size_t len;
    while (w->left)
        if (!take_block(w, block, &len) || !put(w, block, len))
            return false;
    return true;
}

/* Inflates at most `size` bytes, which the directory says. */
static bool inflate_blocks(struct writer *w, z_stream *z, uint64_t size)
{
    unsigned char in[BLOCK], out[BLOCK];
    int result = Z_OK;
    while (result != Z_STREAM_END) {
        size_t len;
        if (!z->avail_in) {
            if (!w->left)
                return broken(w, "its data end too early");
            if (!take_block(w, in, &len))
                return false;
            z->next_in = in, z->avail_in = (uInt)len;
        }
        z->next_out = out, z->avail_out = BLOCK;
        result = inflate(z, Z_NO_FLUSH);
        size_t made = BLOCK - z->avail_out;
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR)
            return broken(w, "its data are no deflate stream");
        if (w->size + made > size)
            return broken(w, "it has more bytes than the directory says");
        if (!put(w, out, made))
            return false;
    }
    return true;
}

static bool inflate_all(struct writer *w, uint64_t size)
{
    z_stream z = {.next_in = NULL};
    if (inflateInit2(&z, -MAX_WBITS) != Z_OK)
        fatal_memory();
    bool ok = inflate_blocks(w, &z, size);
    inflateEnd(&z);
    return ok;
}

static bool write_content(struct writer *w, const struct zip_item *item)
{
    unsigned char local[LOCAL_SIZE];
    uint32_t method = zip_get16(item->central + CENTRAL_METHOD);
    if (!zip_in_read(w->in, local, sizeof local, item->offset))
        return false;
    w->at = item->offset + LOCAL_SIZE + zip_get16(local + 26) + zip_get16(local + 28);
    w->left = item->packed;
    w->crc = (uint32_t)crc32(0, NULL, 0);
    if (method != STORED && method != DEFLATED)
        return broken(w, "it is compressed in a way that Gordon does not know");
    if (!(method == STORED ? copy(w) : inflate_all(w, item->size)))
        return false;
    if (w->size != item->size || w->crc != zip_get32(item->central + CENTRAL_CRC))
        return broken(w, "its data are not those that were packed");
    return true;
}

static bool unpack_item(struct arena *arena, const struct zip_in *in, const struct zip_item *item,
                        const char *folder)
{
    size_t len;
    const char *name = zip_item_name(item, &len);
    if (len && name[len - 1] == '/') /* a folder, which its files make */
        return true;
    char *text = arena_strndup(arena, name, len);
    const char *fault = strlen(text) == len ? path_relative_fault(text) : "has a NUL";
    struct writer w = {.in = in, .path = text, .fd = -1};
    if (fault)
        return broken(&w, fault);
    w.path = path_join(arena, folder, text);
    bool program = (zip_get32(item->central + CENTRAL_ATTRIBUTES) >> 16) & PROGRAM;
    if (unlink(w.path) != 0 && errno != ENOENT)
        return fail(w.path);
    w.fd = open(w.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (w.fd < 0 && errno == ENOENT && file_mkdirs(path_dir(arena, w.path)))
        w.fd = open(w.path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (w.fd < 0)
        return fail(w.path);
    bool ok = write_content(&w, item);
    if (ok && fchmod(w.fd, program ? 0555 : 0444) != 0)
        ok = fail(w.path);
    return fd_close(w.fd, ok) || (ok && fail(w.path));
}

bool zip_unpack(struct arena *arena, const char *zip, const char *folder)
{
    struct zip_in in;
    bool ok = zip_in_open_any(&in, arena, zip, EXIT_OTHER);
    for (size_t i = 0; ok && i < in.count; i++)
        ok = unpack_item(arena, &in, &in.items[i], folder);
    zip_in_close(&in);
    return ok;
}

bool zip_unpack_close(const char *folder)
{
    struct arena *arena = arena_new();
    size_t n = 0;
    char **names = file_list(arena, folder, &n);
    bool ok = names;
    for (size_t i = 0; ok && i < n; i++) {
        const char *path = path_join(arena, folder, names[i]);
        enum file_kind kind = file_look(path);
        ok = kind == FILE_REGULAR || (kind == FILE_FOLDER && zip_unpack_close(path));
    }
    ok = ok && chmod(folder, 0555) == 0;
    int error = errno;
    arena_free(arena);
    errno = error;
    return ok;
}

bool zip_unpack_digest(const char *zip, char hex[SHA256_HEX])
{
    struct zip_in in;
    struct arena *arena = arena_new();
    struct digest digest;
    bool ok = zip_in_open_any(&in, arena, zip, EXIT_OTHER);
    sha256_init(&digest);
    for (size_t i = 0; ok && i < in.count; i++)
        sha256_add(&digest, in.items[i].central, in.items[i].central_len);
    sha256_hex(&digest, hex);
    zip_in_close(&in);
    arena_free(arena);
    return ok;
}
