#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive/entry.h"
#include "archive/pack.h"
#include "archive/zip_take.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/interrupt.h"

enum { BLOCK = 64 * 1024 };

struct pack {
    const struct pack_format *format;
    struct arena *arena;
    void *state;
    const char *path, *temporary;
    const char *source;  /* of the entry being added, or NULL */
    struct unzip *unzip; /* reads it, if it is in a zip */
    int fd, error;       /* fd: -1 while everything is in `kept`; error: errno or 0 */
    uint64_t flushed;    /* bytes in the file */
    size_t nkept;        /* bytes after those, in `kept` */
    uint64_t content;    /* bytes of all sources so far */
};

/* Static, because struct pack is zeroed for each of a thousand archives. Only one archive is
 * written at a time: parallel jobs are processes. */
static char block[BLOCK], kept[BLOCK];

/* --- the bytes ---------------------------------------------------------------------------- */

void *pack_state(struct pack *pack)
{
    return pack->state;
}

static void write_at(struct pack *pack, const char *data, size_t len, uint64_t offset)
{
    while (len && !pack->error) {
        ssize_t n = pwrite(pack->fd, data, len, (off_t)offset);
        if (n < 0 && errno != EINTR)
            pack->error = errno;
        else if (n > 0)
            data += n, len -= (size_t)n, offset += (uint64_t)n;
    }
}

/* Creates the temporary file only now, when the archive does not fit into `kept`. */
static void flush(struct pack *pack)
{
    if (pack->fd < 0 && !pack->error) {
        pack->fd = file_create(pack->arena, pack->path, &pack->temporary);
        if (pack->fd < 0)
            pack->error = errno;
    }
    write_at(pack, kept, pack->nkept, pack->flushed);
    pack->flushed += pack->nkept;
    pack->nkept = 0;
}

void *pack_room(struct pack *pack, size_t *len)
{
    if (pack->nkept == sizeof kept)
        flush(pack);
    *len = sizeof kept - pack->nkept;
    return kept + pack->nkept;
}

void pack_used(struct pack *pack, size_t len)
{
    pack->nkept += len;
}

void pack_put(struct pack *pack, const void *data, size_t len)
{
    for (const char *rest = data; len;) {
        size_t room;
        void *to = pack_room(pack, &room);
        size_t n = len < room ? len : room;
        memcpy(to, rest, n);
        pack_used(pack, n);
        rest += n, len -= n;
    }
}

uint64_t pack_offset(const struct pack *pack)
{
    return pack->flushed + pack->nkept;
}

void pack_patch(struct pack *pack, uint64_t offset, const void *data, size_t len)
{
    size_t in_file = 0;
    if (offset < pack->flushed)
        in_file = pack->flushed - offset < len ? (size_t)(pack->flushed - offset) : len;
    write_at(pack, data, in_file, offset);
    if (in_file < len)
        memcpy(kept + (offset + in_file - pack->flushed), (const char *)data + in_file,
               len - in_file);
}

bool pack_fail(const struct pack *pack, const char *format, ...)
{
    struct pos pos = {.file = pack->source ? pack->source : pack->path};
    va_list args;
    va_start(args, format);
    const char *text = arena_vprintf(pack->arena, format, args);
    va_end(args);
    return diag_error(pack->format->code, pos, "%s", text);
}

/* --- the entries -------------------------------------------------------------------------- */

static bool check_entries(const struct pack_format *format, const char *path,
                          const struct pack_entry *entries, size_t n)
{
    bool ok = true;
    if (n > format->entries_max)
        return diag_error(format->code, (struct pos){.file = path},
                          "would have %zu files; a %s takes %zu", n, format->noun,
                          format->entries_max);
    for (size_t i = 0; i < n; i++) {
        struct pos pos = {.file = entries[i].source};
        const char *fault = path_relative_fault(entries[i].name);
        if (fault)
            ok = diag_error(format->code, pos, "its name in the %s %s", format->noun, fault);
        else if (i && strcmp(entries[i - 1].name, entries[i].name) >= 0)
            ok = diag_error(format->code, pos, "'%s' comes twice or out of order in the %s",
                            entries[i].name, format->noun);
    }
    return ok;
}

/* Opens the source of an entry and sets `*size` to that of its content. Returns a file descriptor,
 * or -1 after reporting an error. */
static int open_source(struct pack *pack, const struct pack_entry *entry, uint64_t *size)
{
    const struct pack_format *format = pack->format;
    struct stat st;
    /* O_NONBLOCK: do not wait for the writer of a FIFO, which is refused below. */
    int fd = open(pack->source, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool ok = fd >= 0 && fstat(fd, &st) == 0;
    *size = 0;
    if (!ok)
        pack_fail(pack, "cannot be read: %s", strerror(errno));
    else if (!S_ISREG(st.st_mode))
        ok = pack_fail(pack, "is %s, not a file",
                       S_ISDIR(st.st_mode) ? "a folder" : "a device or a pipe");
    else
        *size = entry->zipped ? entry->zipped->size : (uint64_t)st.st_size;
    if (ok && *size > format->content_max - pack->content)
        ok = pack_fail(pack, "makes the %s larger than %s", format->noun, format->content_text);
    if (ok)
        return fd;
    if (fd >= 0)
        close(fd);
    return -1;
}

static bool fail_changed(const struct pack *pack, const char *what)
{
    return pack_fail(pack, "changed%s while it was %s", what, pack->format->verb);
}

static ssize_t read_block(const struct pack *pack, int fd)
{
    return pack->unzip ? unzip_read(pack->unzip, block, BLOCK) : read(fd, block, BLOCK);
}

static bool fail_read(const struct pack *pack, const struct pack_entry *entry)
{
    if (pack->unzip && errno == EBADMSG)
        return pack_fail(pack,
                         "its entry '%s' is broken: its bytes do not match its size or checksum",
                         entry->name);
    return pack_fail(pack, "cannot be read: %s", strerror(errno));
}

/* Adds the content of `fd`, which must have `size` bytes, as the entry's header says. A read that
 * returns less than a block has reached the end of the file. */
static bool add_content(struct pack *pack, const struct pack_entry *entry, int fd, uint64_t size)
{
    struct digest digest;
    char sha256[SHA256_HEX];
    uint64_t left = size;
    ssize_t n = BLOCK;
    sha256_init(&digest);
    while ((left || n == BLOCK) && !pack->error) {
        if (interrupt_came())
            return pack_fail(pack, "interrupted");
        n = read_block(pack, fd);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return fail_read(pack, entry);
        if ((uint64_t)n > left || (n == 0 && left))
            return fail_changed(pack, " its size");
        if (n && !pack->format->add(pack, block, (size_t)n))
            return false;
        if (entry->sha256)
            sha256_add(&digest, block, (size_t)n);
        left -= (uint64_t)n;
    }
    if (pack->error || !entry->sha256)
        return !pack->error;
    sha256_hex(&digest, sha256);
    return strcmp(sha256, entry->sha256) == 0 || fail_changed(pack, "");
}

static bool add_entry(struct pack *pack, const struct pack_entry *entry)
{
    uint64_t size;
    pack->source = entry->source;
    int fd = open_source(pack, entry, &size);
    if (fd < 0)
        return false;
    pack->unzip = entry->zipped ? unzip_begin(fd, entry->zipped) : NULL;
    bool ok = pack->format->begin_entry(pack, entry, size) && add_content(pack, entry, fd, size);
    ok = pack->format->end_entry(pack) && ok;
    pack->content += size;
    close(fd);
    return ok;
}

/* Tries every entry, so that one run reports all files that cannot be read. */
static bool add_entries(struct pack *pack, const struct pack_entry *entries, size_t n)
{
    bool ok = true;
    if (!pack->format->begin(pack))
        return false;
    for (size_t i = 0; i < n && !pack->error && !interrupt_signal(); i++)
        ok = add_entry(pack, &entries[i]) && ok;
    pack->source = NULL;
    return pack->format->finish(pack) && ok && !interrupt_signal();
}

/* --- the file ----------------------------------------------------------------------------- */

/* file_write compares an archive in memory with the existing file before it writes anything. */
static bool put_file(struct pack *pack)
{
    if (pack->fd < 0)
        return file_write(pack->path, kept, pack->nkept, pack->format->mode);
    flush(pack);
    if (!pack->error && fchmod(pack->fd, pack->format->mode) != 0) /* whatever the umask */
        pack->error = errno;
    if (close(pack->fd) != 0 && !pack->error)
        pack->error = errno;
    pack->fd = -1;
    if (!pack->error)
        return file_replace(pack->temporary, pack->path);
    file_discard(pack->temporary);
    errno = pack->error;
    return false;
}

static void drop_file(struct pack *pack)
{
    if (pack->fd < 0)
        return;
    close(pack->fd);
    file_discard(pack->temporary);
}

bool pack_write(const struct pack_format *format, const char *path,
                const struct pack_entry *entries, size_t n)
{
    if (!check_entries(format, path, entries, n))
        return false;
    struct arena *arena = arena_new();
    struct pack pack = {.format = format, .arena = arena, .path = path, .fd = -1};
    pack.state = arena_alloc(arena, format->state_size);
    bool ok = add_entries(&pack, entries, n);
    format->dispose(&pack);
    if (ok && !pack.error && !put_file(&pack))
        pack.error = errno;
    drop_file(&pack);
    if (pack.error)
        ok = pack_fail(&pack, "cannot be written: %s", strerror(pack.error));
    arena_free(arena);
    return ok;
}
