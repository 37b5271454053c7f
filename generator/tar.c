#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"
#include "pack.h"
#include "run.h"
#include "tar.h"
#include "zip.h"

/* Limits that no release comes near: CloudFormation takes 500 resources, Lambda zips of 50 MB. */
enum { FILES_MAX = 10000, NAME_LENGTH_MAX = 1024, BLOCK = 64 * 1024 };
static const uint64_t content_max = 0x200000000;
#define CONTENT_TEXT "8 GiB"

static const time_t entry_time = 315532800; /* 1980-01-01 00:00 UTC, as in zips */

/* --- the seal ----------------------------------------------------------------------------- */

/* RFC 1952, 2.3: a member with a comment (FCOMMENT), no time and an unknown system, ... */
static const char seal_head[] = "\x1f\x8b\x08\x10\0\0\0\0\0\xff"
                                "sha256=";
/* ... the comment's NUL, and behind it no content: an empty block (RFC 1951, 3.2.6), CRC and size.
 */
static const char seal_end[] = "\0\x03\0\0\0\0\0\0\0\0\0";

enum {
    HEAD = sizeof seal_head - 1,
    DIGITS = SHA256_HEX - 1,
    END = sizeof seal_end - 1,
    SEAL = HEAD + DIGITS + END,
};

static const char *make_seal(struct arena *arena, const char *sha256, size_t *len)
{
    char *seal = arena_alloc(arena, SEAL);
    memcpy(seal, seal_head, HEAD);
    memcpy(seal + HEAD, sha256, DIGITS);
    memcpy(seal + HEAD + DIGITS, seal_end, END);
    *len = SEAL;
    return seal;
}

/* --- writing ------------------------------------------------------------------------------ */

/* pax, and where a name needs nothing of it, ustar. */
static bool open_tar(struct archive *archive)
{
    return archive_write_set_format_pax_restricted(archive) == ARCHIVE_OK &&
           archive_write_add_filter_gzip(archive) == ARCHIVE_OK &&
           archive_write_set_filter_option(archive, "gzip", "compression-level", "6") ==
               ARCHIVE_OK &&
           archive_write_set_filter_option(archive, "gzip", "timestamp", NULL) == ARCHIVE_OK;
}

static void head(struct archive_entry *entry, const struct zip_entry *from)
{
    archive_entry_set_mode(entry, AE_IFREG | (from->executable ? 0755 : 0644));
    archive_entry_set_mtime(entry, entry_time, 0);
}

bool tar_write(const char *path, const struct zip_entry *entries, size_t n)
{
    static const struct pack_format format = {
        .code = EXIT_OTHER,
        .noun = "tar",
        .verb = "packed",
        .entries_max = FILES_MAX,
        .content_max = content_max,
        .content_text = CONTENT_TEXT,
        .open = open_tar,
        .head = head,
        .seal = make_seal,
    };
    return pack_write(&format, path, entries, n);
}

/* --- reading ------------------------------------------------------------------------------ */

struct reader {
    struct arena *arena;
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

/* Reads `len` bytes at the file's place; a shorter file fails with EIO. */
static bool read_all(int fd, char *data, size_t len)
{
    while (len) {
        ssize_t n = read(fd, data, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = EIO;
        if (n <= 0)
            return false;
        data += n;
        len -= (size_t)n;
    }
    return true;
}

static bool check_seal(struct reader *r, uint64_t size)
{
    struct digest digest;
    char seal[SEAL], sha256[SHA256_HEX];
    size_t len;
    sha256_init(&digest);
    for (uint64_t left = size - SEAL; left; left -= len) {
        len = left < BLOCK ? (size_t)left : BLOCK;
        if (!read_all(r->fd, r->block, len))
            return fail_errno(r, r->path);
        sha256_add(&digest, r->block, len);
    }
    if (!read_all(r->fd, seal, SEAL))
        return fail_errno(r, r->path);
    sha256_hex(&digest, sha256);
    if (memcmp(seal, make_seal(r->arena, sha256, &len), SEAL) == 0)
        return true;
    if (memcmp(seal, seal_head, HEAD) != 0 || memcmp(seal + SEAL - END, seal_end, END) != 0 ||
        strspn(seal + HEAD, "0123456789abcdef") != DIGITS) /* nothing else gets to a terminal */
        return fail(r, "this is no release that gordon wrote, or not all of it: it does not end "
                       "with its seal");
    return diag_error(EXIT_OTHER, (struct pos){.file = r->path},
                      "this release has changed since gordon wrote it: the SHA-256 of its content "
                      "is %.16s..., and not %.16s...; copy it again from where it was made",
                      sha256, seal + HEAD);
}

static bool open_sealed(struct reader *r)
{
    struct stat st;
    /* O_NONBLOCK: a FIFO is to be refused, not waited for. */
    r->fd = open(r->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (r->fd < 0 || fstat(r->fd, &st) != 0)
        return fail_errno(r, r->path);
    if (!S_ISREG(st.st_mode))
        return fail(r, "this is no file");
    if (st.st_size < SEAL)
        return fail(r, "this is no release that gordon wrote, or not all of it: it is too short");
    return check_seal(r, (uint64_t)st.st_size) &&
           (lseek(r->fd, 0, SEEK_SET) == 0 || fail_errno(r, r->path));
}

/* What tar_write would not have written, in words; or NULL. */
static const char *entry_fault(const struct reader *r, struct archive_entry *entry)
{
    const char *name = archive_entry_pathname(entry);
    if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry) ||
        archive_entry_symlink(entry))
        return "is not a file";
    if (!name || strlen(name) > NAME_LENGTH_MAX)
        return "has no name that a file could have";
    if (!archive_entry_size_is_set(entry) || archive_entry_size(entry) < 0 ||
        (uint64_t)archive_entry_size(entry) > content_max - r->content)
        return "is too large; a release has at most " CONTENT_TEXT;
    if (r->n && strcmp(r->files[r->n - 1].name, name) >= 0)
        return "comes twice or out of order";
    return pack_name_fault(name);
}

static bool fail_archive(const struct reader *r)
{
    const char *text = archive_error_string(r->archive);
    return diag_error(EXIT_OTHER, (struct pos){.file = r->path}, "cannot be unpacked: %s",
                      text ? text : "libarchive does not say why");
}

static bool write_all(int fd, const char *data, size_t len)
{
    while (len) {
        ssize_t n = write(fd, data, len);
        if (n < 0 && errno != EINTR)
            return false;
        data += n > 0 ? n : 0;
        len -= n > 0 ? (size_t)n : 0;
    }
    return true;
}

static bool copy_content(struct reader *r, int fd, const char *path, struct tar_file *file)
{
    struct digest digest;
    uint64_t left = file->size;
    la_ssize_t n;
    sha256_init(&digest);
    while ((n = archive_read_data(r->archive, r->block, BLOCK)) > 0) {
        if ((uint64_t)n > left || run_signal())
            return fail(r, run_signal() ? "interrupted" : "has more in it than it says");
        if (!write_all(fd, r->block, (size_t)n))
            return fail_errno(r, path);
        sha256_add(&digest, r->block, (size_t)n);
        left -= (uint64_t)n;
    }
    if (n < 0)
        return fail_archive(r);
    sha256_hex(&digest, file->sha256);
    return !left || fail(r, "has less in it than it says");
}

static bool unpack_entry(struct reader *r, struct archive_entry *entry)
{
    const char *fault = entry_fault(r, entry);
    if (fault)
        return diag_error(EXIT_OTHER, (struct pos){.file = r->path},
                          "this is no release that gordon wrote: an entry %s", fault);
    struct tar_file file = {.name = arena_strdup(r->arena, archive_entry_pathname(entry)),
                            .size = (uint64_t)archive_entry_size(entry)};
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
    bool ok = archive_read_support_filter_gzip(r->archive) == ARCHIVE_OK &&
              archive_read_support_format_tar(r->archive) == ARCHIVE_OK &&
              archive_read_open_fd(r->archive, r->fd, BLOCK) == ARCHIVE_OK;
    if (!ok)
        return fail_archive(r);
    while (ok && (status = archive_read_next_header(r->archive, &entry)) == ARCHIVE_OK) {
        if (r->n == FILES_MAX)
            return fail(r, "has more entries than a release takes");
        ok = unpack_entry(r, entry);
    }
    return ok && (status == ARCHIVE_EOF || fail_archive(r));
}

bool tar_unpack(struct arena *arena, const char *path, const char *to, struct tar_file **files,
                size_t *n)
{
    struct reader *r = arena_alloc(arena, sizeof *r);
    *r = (struct reader){.arena = arena, .path = path, .to = to, .fd = -1};
    bool ok = open_sealed(r);
    if (ok) {
        struct pack_utf8 utf8 = pack_utf8_begin();
        r->archive = archive_read_new();
        if (!r->archive)
            fatal("out of memory");
        ok = unpack_entries(r);
        archive_read_free(r->archive);
        pack_utf8_end(utf8);
    }
    if (r->fd >= 0)
        close(r->fd);
    *files = r->files;
    *n = r->n;
    return ok;
}
