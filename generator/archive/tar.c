#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "archive/entry.h"
#include "archive/libarchive.h"
#include "archive/pack.h"
#include "archive/tar.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/interrupt.h"

/* Far above any release: CloudFormation accepts 500 resources, Lambda zips of 50 MB. */
enum { FILES_MAX = 10000, NAME_LENGTH_MAX = 1024, BLOCK = 64 * 1024 };
static const uint64_t content_max = 0x200000000;
#define CONTENT_TEXT "8 GiB"

static const time_t entry_time = 315532800; /* 1980-01-01 00:00 UTC, as in zips */

/* --- the seal ----------------------------------------------------------------------------- */

/* RFC 1952, 2.3: a member with a comment (FCOMMENT), no time and an unknown system, ... */
static const char seal_head[] = "\x1f\x8b\x08\x10\0\0\0\0\0\xff"
                                "sha256=";
/* ... the comment's NUL, then no content: an empty block (RFC 1951, 3.2.6), CRC and size. */
static const char seal_end[] = "\0\x03\0\0\0\0\0\0\0\0\0";

enum {
    HEAD = sizeof seal_head - 1,
    DIGITS = SHA256_HEX - 1,
    END = sizeof seal_end - 1,
    SEAL = HEAD + DIGITS + END,
};

static void make_seal(char seal[SEAL], const char *sha256)
{
    memcpy(seal, seal_head, HEAD);
    memcpy(seal + HEAD, sha256, DIGITS);
    memcpy(seal + HEAD + DIGITS, seal_end, END);
}

/* --- writing ------------------------------------------------------------------------------ */

struct writer {
    const struct libarchive *lib;
    struct archive *archive;
    struct archive_entry *entry; /* one for all, cleared between them */
    struct libarchive_utf8 utf8;
    z_stream gzip;
    struct digest written; /* of all bytes so far */
};

/* libarchive (3.6) crashes in its own gzip filter when memory ends. */
static void begin_gzip(struct writer *w)
{
    enum { LEVEL = 6, GZIP_32K = 15 + 16, MEMORY = 8 };
    if (deflateInit2(&w->gzip, LEVEL, Z_DEFLATED, GZIP_32K, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
        fatal_memory();
}

/* deflate allocates nothing, and fails only for a stream that was not begun. */
static void compress_block(struct pack *pack, const void *bytes, size_t len, int flush)
{
    struct writer *w = pack_state(pack);
    unsigned char block[16 * 1024];
    w->gzip.next_in = (unsigned char *)bytes;
    w->gzip.avail_in = (uInt)len;
    do {
        w->gzip.next_out = block;
        w->gzip.avail_out = sizeof block;
        deflate(&w->gzip, flush);
        sha256_add(&w->written, block, sizeof block - w->gzip.avail_out);
        pack_put(pack, block, sizeof block - w->gzip.avail_out);
    } while (!w->gzip.avail_out);
}

/* Never fails: pack_put keeps the error. */
static la_ssize_t write_block(struct archive *archive, void *data, const void *bytes, size_t len)
{
    (void)archive;
    compress_block(data, bytes, len, Z_NO_FLUSH);
    return (la_ssize_t)len;
}

static bool check(struct pack *pack, int status)
{
    const struct writer *w = pack_state(pack);
    if (status == ARCHIVE_OK)
        return true;
    const char *text = w->lib->error_string(w->archive);
    return pack_fail(pack, "cannot be packed: %s", text ? text : "libarchive does not say why");
}

/* The format is pax for entries that need it, else ustar; without padding at the end. */
static bool open_tar(struct pack *pack, const struct libarchive *lib, struct archive *archive)
{
    return check(pack, lib->write_set_format_pax_restricted(archive)) &&
           check(pack, lib->write_set_bytes_in_last_block(archive, 1)) &&
           check(pack, lib->write_open(archive, pack, NULL, write_block, NULL));
}

static bool begin(struct pack *pack)
{
    struct writer *w = pack_state(pack);
    const char *missing;
    if (!(w->lib = libarchive_load(&missing)))
        return pack_fail(pack, "%s", missing);
    w->utf8 = libarchive_utf8_begin();
    w->archive = w->lib->write_new();
    w->entry = w->lib->entry_new();
    if (!w->archive || !w->entry)
        fatal_memory();
    begin_gzip(w);
    sha256_init(&w->written);
    return open_tar(pack, w->lib, w->archive);
}

static bool begin_entry(struct pack *pack, const struct pack_entry *from, uint64_t size)
{
    struct writer *w = pack_state(pack);
    w->lib->entry_clear(w->entry);
    w->lib->entry_set_pathname(w->entry, from->name);
    w->lib->entry_set_size(w->entry, (la_int64_t)size);
    w->lib->entry_set_mode(w->entry, AE_IFREG | (from->executable ? 0755 : 0644));
    w->lib->entry_set_mtime(w->entry, entry_time, 0);
    return check(pack, w->lib->write_header(w->archive, w->entry));
}

static bool add(struct pack *pack, const void *data, size_t len)
{
    struct writer *w = pack_state(pack);
    bool ok = w->lib->write_data(w->archive, data, len) == (la_ssize_t)len;
    return check(pack, ok ? ARCHIVE_OK : ARCHIVE_FATAL);
}

static bool end_entry(struct pack *pack)
{
    struct writer *w = pack_state(pack);
    return check(pack, w->lib->write_finish_entry(w->archive));
}

static bool finish(struct pack *pack)
{
    struct writer *w = pack_state(pack);
    char sha256[SHA256_HEX], seal[SEAL];
    if (!check(pack, w->lib->write_close(w->archive)))
        return false;
    compress_block(pack, "", 0, Z_FINISH);
    sha256_hex(&w->written, sha256);
    make_seal(seal, sha256);
    pack_put(pack, seal, sizeof seal);
    return true;
}

static void dispose(struct pack *pack)
{
    struct writer *w = pack_state(pack);
    if (!w->lib)
        return;
    w->lib->entry_free(w->entry);
    w->lib->write_free(w->archive);
    deflateEnd(&w->gzip);
    libarchive_utf8_end(w->utf8);
}

bool tar_write(const char *path, const struct pack_entry *entries, size_t n)
{
    static const struct pack_format format = {
        .code = EXIT_OTHER,
        .noun = "tar",
        .verb = "packed",
        .entries_max = FILES_MAX,
        .content_max = content_max,
        .content_text = CONTENT_TEXT,
        .mode = 0600,
        .state_size = sizeof(struct writer),
        .begin = begin,
        .begin_entry = begin_entry,
        .add = add,
        .end_entry = end_entry,
        .finish = finish,
        .dispose = dispose,
    };
    return pack_write(&format, path, entries, n);
}

/* --- reading ------------------------------------------------------------------------------ */

struct reader {
    struct arena *arena;
    const struct libarchive *lib;
    struct archive *archive;
    const char *path, *to;
    int fd;
    struct tar_file *files;
    size_t n;
    uint64_t content; /* bytes of all files so far */
    char block[BLOCK];
};

static bool fail(const struct reader *r, const char *what)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = r->path}, "%s", what);
}

static bool fail_errno(const struct reader *r, const char *path)
{
    return diag_error(EXIT_OTHER, (struct pos){.file = path}, "cannot be %s: %s",
                      path == r->path ? "read" : "written", strerror(errno));
}

/* Reads `len` bytes from the current offset; fails with EIO if the file is shorter. */
static bool read_all(int fd, char *data, size_t len)
{
    ssize_t n = fd_read(fd, data, len);
    if (n >= 0 && (size_t)n < len)
        errno = EIO;
    return n >= 0 && (size_t)n == len;
}

static bool check_seal(struct reader *r, uint64_t size)
{
    struct digest digest;
    char seal[SEAL], right[SEAL], sha256[SHA256_HEX];
    size_t len;
    sha256_init(&digest);
    for (uint64_t left = size - SEAL; left; left -= len) {
        len = left < BLOCK ? (size_t)left : BLOCK;
        if (interrupt_came())
            return fail(r, "interrupted");
        if (!read_all(r->fd, r->block, len))
            return fail_errno(r, r->path);
        sha256_add(&digest, r->block, len);
    }
    if (!read_all(r->fd, seal, SEAL))
        return fail_errno(r, r->path);
    sha256_hex(&digest, sha256);
    make_seal(right, sha256);
    if (memcmp(seal, right, SEAL) == 0)
        return true;
    if (memcmp(seal, seal_head, HEAD) != 0 || memcmp(seal + SEAL - END, seal_end, END) != 0 ||
        strspn(seal + HEAD, "0123456789abcdef") != DIGITS) /* no other characters may be printed */
        return fail(r, "this is no release that gordon wrote, or only a part of one: the seal at "
                       "its end is missing");
    return diag_error(EXIT_OTHER, (struct pos){.file = r->path},
                      "this release has changed since gordon wrote it: the SHA-256 of its content "
                      "is %.16s..., and not %.16s...; copy it again from where it was made",
                      sha256, seal + HEAD);
}

static bool open_sealed(struct reader *r)
{
    struct stat st;
    /* O_NONBLOCK: do not wait for the writer of a FIFO, which is refused below. */
    r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (r->fd < 0 || fstat(r->fd, &st) != 0)
        return fail_errno(r, r->path);
    if (!S_ISREG(st.st_mode))
        return fail(r, "is not a file");
    if (st.st_size < SEAL)
        return fail(r,
                    "this is no release that gordon wrote, or only a part of one: it is too short");
    return check_seal(r, (uint64_t)st.st_size) &&
           (lseek(r->fd, 0, SEEK_SET) == 0 || fail_errno(r, r->path));
}

/* What shows that tar_write did not write the entry, such as "is not a file"; or NULL. */
static const char *entry_fault(const struct reader *r, struct archive_entry *entry)
{
    const char *name = r->lib->entry_pathname(entry);
    if (r->lib->entry_filetype(entry) != AE_IFREG || r->lib->entry_hardlink(entry) ||
        r->lib->entry_symlink(entry))
        return "is not a file";
    if (!name || strlen(name) > NAME_LENGTH_MAX)
        return "has no name, or one that is too long";
    if (!r->lib->entry_size_is_set(entry) || r->lib->entry_size(entry) < 0 ||
        (uint64_t)r->lib->entry_size(entry) > content_max - r->content)
        return "is too large; a release has at most " CONTENT_TEXT;
    if (r->n && strcmp(r->files[r->n - 1].name, name) >= 0)
        return "comes twice or out of order";
    return path_relative_fault(name);
}

static bool fail_archive(const struct reader *r)
{
    const char *text = r->lib->error_string(r->archive);
    return diag_error(EXIT_OTHER, (struct pos){.file = r->path}, "cannot be unpacked: %s",
                      text ? text : "libarchive does not say why");
}

static bool copy_content(struct reader *r, int fd, const char *path, struct tar_file *file)
{
    struct digest digest;
    uint64_t left = file->size;
    la_ssize_t n;
    sha256_init(&digest);
    while ((n = r->lib->read_data(r->archive, r->block, BLOCK)) > 0) {
        if (interrupt_came())
            return fail(r, "interrupted");
        if ((uint64_t)n > left)
            return fail(r, "an entry is longer than its header says");
        if (!fd_write(fd, r->block, (size_t)n))
            return fail_errno(r, path);
        sha256_add(&digest, r->block, (size_t)n);
        left -= (uint64_t)n;
    }
    if (n < 0)
        return fail_archive(r);
    sha256_hex(&digest, file->sha256);
    return !left || fail(r, "an entry is shorter than its header says");
}

static bool unpack_entry(struct reader *r, struct archive_entry *entry)
{
    const char *fault = entry_fault(r, entry);
    if (fault)
        return diag_error(EXIT_OTHER, (struct pos){.file = r->path},
                          "this is no release that gordon wrote: an entry %s", fault);
    struct tar_file file = {.name = arena_strdup(r->arena, r->lib->entry_pathname(entry)),
                            .size = (uint64_t)r->lib->entry_size(entry)};
    const char *path = path_join(r->arena, r->to, file.name);
    int fd = -1;
    if (file_mkdirs(path_dir(r->arena, path)))
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail_errno(r, path);
    bool ok = copy_content(r, fd, path, &file);
    if (close(fd) != 0 && ok)
        ok = fail_errno(r, path);
    r->content += file.size;
    array_push(r->arena, r->files, r->n, file);
    return ok;
}

static bool unpack_entries(struct reader *r)
{
    struct archive_entry *entry;
    int status = ARCHIVE_OK;
    bool ok = r->lib->read_support_filter_gzip(r->archive) == ARCHIVE_OK &&
              r->lib->read_support_format_tar(r->archive) == ARCHIVE_OK &&
              r->lib->read_open_fd(r->archive, r->fd, BLOCK) == ARCHIVE_OK;
    if (!ok)
        return fail_archive(r);
    while (ok && (status = r->lib->read_next_header(r->archive, &entry)) == ARCHIVE_OK) {
        if (r->n == FILES_MAX)
            return fail(r, "has more entries than a release may have");
        if (interrupt_came())
            return fail(r, "interrupted");
        ok = unpack_entry(r, entry);
    }
    return ok && (status == ARCHIVE_EOF || fail_archive(r));
}

static bool unpack_archive(struct reader *r)
{
    const char *missing;
    if (!(r->lib = libarchive_load(&missing)))
        return fail(r, missing);
    struct libarchive_utf8 utf8 = libarchive_utf8_begin();
    r->archive = r->lib->read_new();
    if (!r->archive)
        fatal_memory();
    bool ok = unpack_entries(r);
    r->lib->read_free(r->archive);
    libarchive_utf8_end(utf8);
    return ok;
}

bool tar_unpack(struct arena *arena, const char *path, const char *to, struct tar_file **files,
                size_t *n)
{
    struct reader *r = arena_alloc(arena, sizeof *r);
    *r = (struct reader){.arena = arena, .path = path, .to = to, .fd = -1};
    bool ok = open_sealed(r) && unpack_archive(r);
    if (r->fd >= 0)
        close(r->fd);
    *files = r->files;
    *n = r->n;
    return ok;
}

const char *tar_library(void)
{
    static const char *library; /* each call of libarchive makes a new text, and leaks the old */
    const char *missing;
    const struct libarchive *lib = library ? NULL : libarchive_load(&missing);
    if (!library)
        library = lib ? lib->version_details() : "no libarchive";
    return library;
}
