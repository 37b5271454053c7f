#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "diag.h"
#include "file.h"
#include "util.h"
#include "zip.h"

enum { BLOCK = 64 * 1024, NAME_MAX_BYTES = 65535, ENTRIES_MAX = 65534 };
/* Above this libarchive begins to write zip64, which zip_add and some readers do not know. It is
 * far more than what Lambda takes ("Lambda quotas": 250 MB, unzipped). */
static const uint64_t content_max = 0xF0000000;

/* Level 6 is zlib's default. Level 9 takes three to four times as long and saves under one percent
 * (measured on Python's library and on an ELF program). */
static const char options[] = "zip:compression=deflate,zip:compression-level=6,"
                              "zip:hdrcharset=UTF-8";

struct writer {
    struct archive *zip;
    struct archive_entry *entry; /* one for all, cleared between them */
    const char *path;            /* of the zip, for errors */
    int fd, error;               /* error: of the first write that failed */
    uint64_t content;            /* bytes of all files so far */
    char block[BLOCK];
};

/* libarchive (3.6 as well as 3.8) leaks its compressor when a write fails in the middle of an
 * entry. So it is not told: the error is kept here, and nothing more is written. */
static la_ssize_t write_block(struct archive *zip, void *data, const void *bytes, size_t len)
{
    struct writer *w = data;
    const char *rest = bytes;
    (void)zip;
    for (size_t left = len; left && !w->error;) {
        ssize_t n = write(w->fd, rest, left);
        if (n < 0 && errno != EINTR)
            w->error = errno;
        else if (n > 0)
            rest += n, left -= (size_t)n;
    }
    return (la_ssize_t)len;
}

/* RFC 3629, 4: the bytes of the UTF-8 character at `s`, 0 when there is none. */
static size_t utf8_length(const unsigned char *s)
{
    static const struct {
        unsigned char first, last, from, to; /* ranges of the first and the second byte */
        size_t length;
    } forms[] = {
        {0x01, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
        {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
        {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4},
    };
    size_t i = 0, n = 2;
    while (i < countof(forms) && (s[0] < forms[i].first || s[0] > forms[i].last))
        i++;
    if (i == countof(forms) ||
        (forms[i].length > 1 && (s[1] < forms[i].from || s[1] > forms[i].to)))
        return 0;
    while (n < forms[i].length && (s[n] & 0xC0) == 0x80)
        n++;
    return n >= forms[i].length ? forms[i].length : 0;
}

const char *zip_name_fault(const char *name)
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
        size_t len = utf8_length((const unsigned char *)c);
        if (!len)
            return "is not UTF-8";
        c += len;
    }
    return strlen(name) > NAME_MAX_BYTES ? "is longer than 65535 bytes" : NULL;
}

static bool fail(const char *path, const char *what)
{
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "%s: %s", what, strerror(errno));
}

/* An error of libarchive itself; one of write_block is reported at the end. */
static bool fail_zip(const struct writer *w, const char *path)
{
    const char *text = archive_error_string(w->zip);
    if (w->error)
        return false;
    return diag_error(EXIT_BUILD, (struct pos){.file = path}, "cannot be zipped: %s",
                      text ? text : "libarchive does not say why");
}

static bool check_entries(const char *path, const struct zip_entry *entries, size_t n)
{
    bool ok = true;
    if (n > ENTRIES_MAX)
        return diag_error(EXIT_BUILD, (struct pos){.file = path},
                          "would have %zu files; a zip takes %d", n, ENTRIES_MAX);
    for (size_t i = 0; i < n; i++) {
        struct pos pos = {.file = entries[i].source};
        const char *fault = zip_name_fault(entries[i].name);
        if (fault)
            ok = diag_error(EXIT_BUILD, pos, "its name in the zip %s", fault);
        else if (i && strcmp(entries[i - 1].name, entries[i].name) >= 0)
            ok = diag_error(EXIT_BUILD, pos, "'%s' comes twice or out of order in the zip",
                            entries[i].name);
    }
    return ok;
}

/* A file descriptor, or -1 after an error that was reported. */
static int open_source(struct writer *w, const char *source, uint64_t *size)
{
    struct pos pos = {.file = source};
    struct stat st;
    /* O_NONBLOCK: a FIFO is to be refused, not waited for. */
    int fd = open(source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    if (!ok)
        fail(source, "cannot be read");
    else if (!S_ISREG(st.st_mode))
        ok = diag_error(EXIT_BUILD, pos, "is %s, not a file",
                        S_ISDIR(st.st_mode) ? "a folder" : "a device or a pipe");
    else if ((uint64_t)st.st_size > content_max - w->content)
        ok = diag_error(EXIT_BUILD, pos,
                        "makes the zip larger than 3.75 GiB; Lambda takes 250 MB, unzipped");
    if (ok) {
        *size = (uint64_t)st.st_size;
        return fd;
    }
    if (fd >= 0)
        close(fd);
    return -1;
}

/* No time is set: libarchive then leaves it out of its extra field, and writes the first one that a
 * DOS field can hold, 1980-01-01 00:00:00, whatever TZ is. With a time set it would write that in
 * local time. No user is set: its field says 0. */
static bool add_header(struct writer *w, const struct zip_entry *entry, uint64_t size)
{
    archive_entry_clear(w->entry);
    archive_entry_set_pathname(w->entry, entry->name);
    archive_entry_set_mode(w->entry, AE_IFREG | (entry->executable ? 0755 : 0644));
    archive_entry_set_size(w->entry, (la_int64_t)size);
    return archive_write_header(w->zip, w->entry) == ARCHIVE_OK || fail_zip(w, entry->source);
}

/* Copies what is in `fd`, which must be `size` bytes: that is what the header says. */
static bool add_content(struct writer *w, const char *source, int fd, uint64_t size)
{
    for (uint64_t left = size; !w->error;) {
        ssize_t n = read(fd, w->block, BLOCK);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail(source, "cannot be read");
        if ((uint64_t)n > left || (n == 0 && left))
            return diag_error(EXIT_BUILD, (struct pos){.file = source},
                              "changed its size while it was zipped");
        if (n == 0)
            return true;
        if (archive_write_data(w->zip, w->block, (size_t)n) != n)
            return fail_zip(w, source);
        left -= (uint64_t)n;
    }
    return false;
}

static bool add_entry(struct writer *w, const struct zip_entry *entry)
{
    uint64_t size;
    int fd = open_source(w, entry->source, &size);
    if (fd < 0)
        return false;
    bool ok = add_header(w, entry, size) && add_content(w, entry->source, fd, size);
    ok = archive_write_finish_entry(w->zip) == ARCHIVE_OK && ok;
    w->content += size;
    close(fd);
    return ok;
}

/* Every entry is tried, so that one run shows all files that cannot be read. */
static bool add_entries(struct writer *w, const struct zip_entry *entries, size_t n)
{
    bool ok = archive_write_set_format_zip(w->zip) == ARCHIVE_OK &&
              archive_write_set_options(w->zip, options) == ARCHIVE_OK &&
              archive_write_set_bytes_in_last_block(w->zip, 1) == ARCHIVE_OK && /* no padding */
              archive_write_open(w->zip, w, NULL, write_block, NULL) == ARCHIVE_OK;
    if (!ok)
        return fail_zip(w, w->path);
    for (size_t i = 0; i < n && !w->error; i++)
        ok = add_entry(w, &entries[i]) && ok;
    if (archive_write_close(w->zip) != ARCHIVE_OK)
        ok = ok && fail_zip(w, w->path);
    return ok && !w->error;
}

/* libarchive converts names from the charset of the thread's locale; UTF-8 it leaves as it is. A
 * system without that locale can still zip names of ASCII. */
static bool write_entries(struct writer *w, const struct zip_entry *entries, size_t n)
{
    locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    locale_t before = utf8 ? uselocale(utf8) : (locale_t)0;
    w->zip = archive_write_new();
    w->entry = archive_entry_new();
    if (!w->zip || !w->entry)
        fatal("out of memory");
    bool ok = add_entries(w, entries, n);
    archive_entry_free(w->entry);
    archive_write_free(w->zip);
    if (utf8) {
        uselocale(before);
        freelocale(utf8);
    }
    return ok;
}

bool zip_write(const char *path, const struct zip_entry *entries, size_t n)
{
    if (!check_entries(path, entries, n))
        return false;
    struct arena *arena = arena_new();
    struct writer *w = arena_alloc(arena, sizeof *w);
    const char *temporary = file_temporary(arena, path);
    w->path = path;
    w->fd = -1;
    if (file_mkdirs(path_dir(arena, path)))
        w->fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (w->fd < 0)
        w->error = errno;
    bool ok = w->fd >= 0 && write_entries(w, entries, n);
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
        ok = fail(path, "cannot be written");
    arena_free(arena);
    return ok;
}

const char *zip_library(void)
{
    return archive_version_details();
}
