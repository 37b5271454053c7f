#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "digest.h"
#include "file.h"
#include "pack.h"
#include "zip.h"

enum { BLOCK = 64 * 1024, NAME_MAX_BYTES = 65535 };

struct writer {
    const struct pack_format *format;
    struct archive *archive;
    struct archive_entry *entry; /* one for all, cleared between them */
    const char *path;            /* of the archive, for errors */
    int fd, error;               /* error: of the first write that failed */
    uint64_t content;            /* bytes of all files so far */
    struct digest written;       /* of what went into the file, where there is a seal */
    char block[BLOCK];
};

/* libarchive (3.6 as well as 3.8) leaks its compressor when a write fails in the middle of an
 * entry. So it is not told: the error is kept here, and nothing more is written. */
static la_ssize_t write_block(struct archive *archive, void *data, const void *bytes, size_t len)
{
    struct writer *w = data;
    const char *rest = bytes;
    (void)archive;
    for (size_t left = len; left && !w->error;) {
        ssize_t n = write(w->fd, rest, left);
        if (n < 0 && errno != EINTR)
            w->error = errno;
        else if (n > 0)
            rest += n, left -= (size_t)n;
    }
    if (w->format->seal)
        sha256_add(&w->written, bytes, len);
    return (la_ssize_t)len;
}

const char *pack_name_fault(const char *name)
{
    for (const char *part = name;; part++) {
        size_t len = strcspn(part, "/");
        if (len == 0)
            return "is empty, absolute, or has an empty part";
        if (part[0] == '.' && (len == 1 || (len == 2 && part[1] == '.')))
            return "has a part '.' or '..'";
        part += len;
        if (!*part)
            break;
    }
    for (const char *c = name; *c;) {
        size_t len = str_utf8(c);
        if (!len)
            return "is not UTF-8";
        c += len;
    }
    return strlen(name) > NAME_MAX_BYTES ? "is longer than 65535 bytes" : NULL;
}

static bool fail(const struct writer *w, const char *path, const char *what)
{
    return diag_error(w->format->code, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

/* An error of libarchive itself; one of write_block is reported at the end. */
static bool fail_archive(const struct writer *w, const char *path)
{
    const char *text = archive_error_string(w->archive);
    if (w->error)
        return false;
    return diag_error(w->format->code, (struct pos){.file = path}, "cannot be %s: %s",
                      w->format->verb, text ? text : "libarchive does not say why");
}

static bool check_entries(const struct pack_format *format, const char *path,
                          const struct zip_entry *entries, size_t n)
{
    bool ok = true;
    if (n > format->entries_max)
        return diag_error(format->code, (struct pos){.file = path},
                          "would have %zu files; a %s takes %zu", n, format->noun,
                          format->entries_max);
    for (size_t i = 0; i < n; i++) {
        struct pos pos = {.file = entries[i].source};
        const char *fault = pack_name_fault(entries[i].name);
        if (fault)
            ok = diag_error(format->code, pos, "its name in the %s %s", format->noun, fault);
        else if (i && strcmp(entries[i - 1].name, entries[i].name) >= 0)
            ok = diag_error(format->code, pos, "'%s' comes twice or out of order in the %s",
                            entries[i].name, format->noun);
    }
    return ok;
}

/* A file descriptor, or -1 after an error that was reported. */
static int open_source(struct writer *w, const char *source, uint64_t *size)
{
    const struct pack_format *format = w->format;
    struct pos pos = {.file = source};
    struct stat st;
    /* O_NONBLOCK: a FIFO is to be refused, not waited for. */
    int fd = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    if (!ok)
        fail(w, source, "cannot be read");
    else if (!S_ISREG(st.st_mode))
        ok = diag_error(format->code, pos, "is %s, not a file",
                        S_ISDIR(st.st_mode) ? "a folder" : "a device or a pipe");
    else if ((uint64_t)st.st_size > format->content_max - w->content)
        ok = diag_error(format->code, pos, "makes the %s larger than %s", format->noun,
                        format->content_text);
    if (ok) {
        *size = (uint64_t)st.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool fail_changed(const struct writer *w, const char *source, const char *what)
{
    return diag_error(w->format->code, (struct pos){.file = source}, "changed%s while it was %s",
                      what, w->format->verb);
}

/* Copies what is in `fd`, which must be `size` bytes: that is what the header says. */
static bool add_content(struct writer *w, const struct zip_entry *entry, int fd, uint64_t size)
{
    struct digest digest;
    char sha256[SHA256_HEX];
    sha256_init(&digest);
    for (uint64_t left = size; !w->error;) {
        ssize_t n = read(fd, w->block, BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(w, entry->source, "cannot be read");
        if ((uint64_t)n > left || (n == 0 && left))
            return fail_changed(w, entry->source, " its size");
        if (n == 0)
            break;
        if (archive_write_data(w->archive, w->block, (size_t)n) != n)
            return fail_archive(w, entry->source);
        if (entry->sha256)
            sha256_add(&digest, w->block, (size_t)n);
        left -= (uint64_t)n;
    }
    if (w->error || !entry->sha256)
        return !w->error;
    sha256_hex(&digest, sha256);
    return strcmp(sha256, entry->sha256) == 0 || fail_changed(w, entry->source, "");
}

static bool add_header(struct writer *w, const struct zip_entry *entry, uint64_t size)
{
    archive_entry_clear(w->entry);
    archive_entry_set_pathname(w->entry, entry->name);
    archive_entry_set_size(w->entry, (la_int64_t)size);
    w->format->head(w->entry, entry);
    return archive_write_header(w->archive, w->entry) == ARCHIVE_OK ||
           fail_archive(w, entry->source);
}

static bool add_entry(struct writer *w, const struct zip_entry *entry)
{
    uint64_t size;
    int fd = open_source(w, entry->source, &size);
    if (fd < 0)
        return false;
    bool ok = add_header(w, entry, size) && add_content(w, entry, fd, size);
    ok = archive_write_finish_entry(w->archive) == ARCHIVE_OK && ok;
    w->content += size;
    close(fd);
    return ok;
}

/* Every entry is tried, so that one run shows all files that cannot be read. */
static bool add_entries(struct writer *w, const struct zip_entry *entries, size_t n)
{
    bool ok = w->format->open(w->archive) &&
              archive_write_set_bytes_in_last_block(w->archive, 1) == ARCHIVE_OK && /* no padding */
              archive_write_open(w->archive, w, NULL, write_block, NULL) == ARCHIVE_OK;
    if (!ok)
        return fail_archive(w, w->path);
    for (size_t i = 0; i < n && !w->error; i++)
        ok = add_entry(w, &entries[i]) && ok;
    if (archive_write_close(w->archive) != ARCHIVE_OK)
        ok = ok && fail_archive(w, w->path);
    return ok && !w->error;
}

static void add_seal(struct writer *w, struct arena *arena)
{
    char sha256[SHA256_HEX];
    size_t len;
    sha256_hex(&w->written, sha256);
    const char *seal = w->format->seal(arena, sha256, &len);
    write_block(NULL, w, seal, len);
}

struct pack_utf8 pack_utf8_begin(void)
{
    struct pack_utf8 utf8 = {.ours = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0)};
    if (utf8.ours)
        utf8.before = uselocale(utf8.ours);
    return utf8;
}

void pack_utf8_end(struct pack_utf8 utf8)
{
    if (!utf8.ours)
        return;
    uselocale(utf8.before);
    freelocale(utf8.ours);
}

static bool write_entries(struct writer *w, struct arena *arena, const struct zip_entry *entries,
                          size_t n)
{
    struct pack_utf8 utf8 = pack_utf8_begin();
    w->archive = archive_write_new();
    w->entry = archive_entry_new();
    if (!w->archive || !w->entry)
        fatal("out of memory");
    bool ok = add_entries(w, entries, n);
    archive_entry_free(w->entry);
    archive_write_free(w->archive);
    pack_utf8_end(utf8);
    if (ok && w->format->seal)
        add_seal(w, arena);
    return ok && !w->error;
}

bool pack_write(const struct pack_format *format, const char *path, const struct zip_entry *entries,
                size_t n)
{
    if (!check_entries(format, path, entries, n))
        return false;
    struct arena *arena = arena_new();
    struct writer *w = arena_alloc(arena, sizeof *w);
    const char *temporary = file_temporary(arena, path);
    w->format = format;
    w->path = path;
    w->fd = -1;
    sha256_init(&w->written);
    if (file_mkdirs(path_dir(arena, path)))
        w->fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (w->fd < 0)
        w->error = errno;
    bool ok = w->fd >= 0 && write_entries(w, arena, entries, n);
    if (ok && fchmod(w->fd, 0644) != 0) /* whatever the umask */
        w->error = errno;
    if (w->fd >= 0 && close(w->fd) != 0 && !w->error)
        w->error = errno;
    ok = ok && !w->error;
    if (!ok && w->fd >= 0)
        unlink(temporary);
    if (ok && !file_replace(temporary, path))
        w->error = errno;
    errno = w->error;
    if (w->error)
        ok = fail(w, path, "cannot be written");
    arena_free(arena);
    return ok;
}
