#define ZLIB_CONST /* stream.next_in is a pointer to const */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "archive/entry.h"
#include "archive/zip_in.h"
#include "archive/zip_record.h"
#include "archive/zip_take.h"
#include "base/diag.h"
#include "base/file.h"
#include "base/printable.h"
#include "base/util.h"

enum {
    ENCRYPTED = 1 << 0 | 1 << 6 | 1 << 13, /* flags, 4.4.4 */
    UTF8_NAME = 1 << 11,
    STORED = 0, /* methods, 4.4.5 */
    DEFLATED = 8,
    MADE_ON_UNIX = 3, /* 4.4.2.2 */
    MADE_ON_MACOS = 19,
    UNICODE_PATH = 0x7075, /* 4.6.9: the name in UTF-8, if the header has it otherwise */
};

/* Four times what Lambda takes, so that a small zip cannot unpack to one without end. */
enum { UNZIPPED_BYTES_MAX = 1 << 30 };

struct take {
    struct arena *arena;
    struct zip_in in;
    struct table names; /* of files and folders */
    const char **all;   /* the same, in their order */
    size_t nall;
    uint64_t size; /* of the contents */
    bool ok;
};

static const char a_file[] = "file", a_folder[] = "folder"; /* in the table */

static void refuse(struct take *take, const char *name, const char *why)
{
    take->ok = diag_error(take->in.code, (struct pos){.file = take->in.path}, "its entry '%s' %s",
                          name, why);
}

/* --- names -------------------------------------------------------------------------------- */

/* The name in UTF-8, which is in an extra field if the maker's own encoding is another one. */
static const char *name_of(struct arena *arena, const struct zip_item *item, size_t *len)
{
    const char *raw = zip_item_name(item, len);
    size_t extra_len;
    const unsigned char *extra = zip_extra(item->central, UNICODE_PATH, &extra_len);
    bool utf8 = zip_get16(item->central + CENTRAL_FLAGS) & UTF8_NAME;
    if (!utf8 && extra && extra_len > 5 && extra[0] == 1 &&
        zip_get32(extra + 1) == crc32(0, (const Bytef *)raw, (uInt)*len)) {
        raw = (const char *)extra + 5;
        *len = extra_len - 5;
    }
    return arena_strndup(arena, raw, *len);
}

/* What is wrong with a name, or NULL. A folder's name has no '/' at its end here. */
static const char *name_fault(const char *name, size_t len)
{
    if (memchr(name, '\0', len))
        return "has a NUL in its name";
    if (strchr(name, '\\'))
        return "has a '\\' in its name, which is no separator on Lambda; make the zip with another "
               "tool";
    if (len >= PATH_MAX)
        return "has a name that is longer than a path can be";
    return path_relative_fault(name);
}

/* Whether one of the folders that hold `name` is a file. */
static bool is_in_file(const struct take *take, const char *name)
{
    char folder[PATH_MAX]; /* names are shorter */
    bool found = false;
    memcpy(folder, name, strlen(name) + 1);
    for (char *slash = folder; !found && (slash = strchr(slash, '/')); slash++) {
        *slash = '\0';
        found = table_get(&take->names, folder) == a_file;
        *slash = '/';
    }
    return found;
}

static bool add_name(struct take *take, const char *name, const char *what)
{
    const char *before = table_set(take->arena, &take->names, name, (char *)what);
    array_push(take->arena, take->all, take->nall, name);
    if (before && before != what)
        refuse(take, name, "is a file and a folder at once");
    else if (before && what == a_file)
        refuse(take, name, "comes twice");
    return !before;
}

/* --- entries ------------------------------------------------------------------------------ */

/* The mode of Unix, or 0 if the maker knows none. */
static unsigned mode_of(const struct zip_item *item)
{
    return zip_get32(item->central + CENTRAL_ATTRIBUTES) >> 16;
}

static bool is_executable(const struct zip_item *item, const char *name)
{
    unsigned host = item->central[CENTRAL_MADE_BY + 1];
    bool unix_like = host == MADE_ON_UNIX || host == MADE_ON_MACOS;
    return (mode_of(item) & S_IXUSR) || (!unix_like && strcmp(name, "bootstrap") == 0);
}

static const char *content_fault(const struct zip_item *item)
{
    unsigned type = mode_of(item) & S_IFMT;
    uint32_t method = zip_get16(item->central + CENTRAL_METHOD);
    if (type == S_IFLNK)
        return "is a symbolic link; pack the file that it leads to";
    if (type && type != S_IFREG)
        return "is neither a file nor a folder";
    if (zip_get16(item->central + CENTRAL_FLAGS) & ENCRYPTED)
        return "is encrypted, and Lambda has no password for it";
    if (method != STORED && method != DEFLATED)
        return "is compressed by a method that Lambda cannot read; use deflate, the usual one";
    if (method == STORED && item->packed != item->size)
        return "has two sizes";
    return NULL;
}

static void take_file(struct take *take, const struct zip_item *item, const char *name,
                      struct pack_entry **entries, size_t *n)
{
    const char *fault = content_fault(item);
    if (fault) {
        refuse(take, name, fault);
        return;
    }
    if (!add_name(take, name, a_file))
        return;
    take->size += item->size < UNZIPPED_BYTES_MAX ? item->size : UNZIPPED_BYTES_MAX + 1ULL;
    struct zipped *zipped = arena_alloc(take->arena, sizeof *zipped);
    *zipped = (struct zipped){name,
                              item->end - item->packed,
                              item->packed,
                              item->size,
                              zip_get32(item->central + CENTRAL_CRC),
                              zip_get16(item->central + CENTRAL_METHOD) == DEFLATED};
    const struct pack_entry entry = {name, take->in.path, is_executable(item, name), NULL, zipped};
    array_push(take->arena, *entries, *n, entry);
}

static void take_item(struct take *take, const struct zip_item *item, struct pack_entry **entries,
                      size_t *n)
{
    size_t len;
    char *name = (char *)name_of(take->arena, item, &len);
    bool folder = len && name[len - 1] == '/';
    if (folder)
        name[--len] = '\0';
    const char *fault = name_fault(name, len);
    if (fault)
        refuse(take, name, fault);
    else if (!folder)
        take_file(take, item, name, entries, n);
    else
        add_name(take, name, a_folder);
}

static void check_names(struct take *take)
{
    for (size_t i = 0; i < take->nall; i++)
        if (is_in_file(take, take->all[i]))
            refuse(take, take->all[i], "is a file and a folder at once");
}

static void check_size(struct take *take)
{
    if (take->size > UNZIPPED_BYTES_MAX)
        take->ok = diag_error(take->in.code, (struct pos){.file = take->in.path},
                              "its files have more than %d MB unzipped", UNZIPPED_BYTES_MAX >> 20);
}

bool zip_take(struct arena *arena, const char *path, struct pack_entry **entries, size_t *n)
{
    struct take take = {.arena = arena};
    take.ok = zip_in_open_any(&take.in, arena, path, EXIT_BUILD);
    for (size_t i = 0, count = take.ok ? take.in.count : 0; i < count; i++)
        take_item(&take, &take.in.items[i], entries, n);
    check_names(&take);
    check_size(&take);
    zip_in_close(&take.in);
    return take.ok;
}

/* --- contents ----------------------------------------------------------------------------- */

enum { PART = 64 * 1024 };

struct unzip {
    int fd;
    const struct zipped *zipped;
    uint64_t taken, given; /* of the packed bytes; of the content */
    uint32_t crc;
    z_stream inflater;
    bool ended; /* the inflater has */
};

/* One for all entries of a process, because making one costs more than reading a small file. */
static struct unzip *reader(void)
{
    static struct unzip unzip;
    static bool made;
    int status = made ? inflateReset(&unzip.inflater) : inflateInit2(&unzip.inflater, -MAX_WBITS);
    if (status != Z_OK) /* its arguments are valid, so memory is all that can be missing */
        fatal_memory();
    made = true;
    return &unzip;
}

struct unzip *unzip_begin(int fd, const struct zipped *zipped)
{
    struct unzip *unzip = reader();
    unzip->inflater.avail_in = 0;
    *unzip = (struct unzip){.fd = fd, .zipped = zipped, .inflater = unzip->inflater};
    return unzip;
}

static ssize_t is_broken(void)
{
    errno = EBADMSG;
    return -1;
}

/* Reads packed bytes. Returns 0 only at their end. */
static ssize_t read_packed(struct unzip *unzip, void *to, size_t len)
{
    uint64_t left = unzip->zipped->packed - unzip->taken;
    size_t want = left < len ? (size_t)left : len;
    ssize_t n;
    do
        n = want ? pread(unzip->fd, to, want, (off_t)(unzip->zipped->offset + unzip->taken)) : 0;
    while (n < 0 && errno == EINTR);
    if (n == 0 && want)
        return is_broken(); /* it is shorter than it was */
    unzip->taken += n > 0 ? (uint64_t)n : 0;
    return n;
}

/* Returns 0 only at the end. */
static ssize_t inflate_some(struct unzip *unzip, void *to, size_t len)
{
    static unsigned char part[PART];
    z_stream *stream = &unzip->inflater;
    stream->next_out = to;
    stream->avail_out = (uInt)len;
    while (stream->avail_out == len && !unzip->ended) {
        ssize_t n = stream->avail_in ? 0 : read_packed(unzip, part, sizeof part);
        if (n < 0)
            return -1;
        if (n > 0) {
            stream->next_in = part;
            stream->avail_in = (uInt)n;
        }
        int status = inflate(stream, Z_NO_FLUSH);
        unzip->ended = status == Z_STREAM_END;
        if (status != Z_OK && status != Z_STREAM_END)
            return is_broken(); /* also when the packed bytes end too early */
    }
    return (ssize_t)(len - stream->avail_out);
}

static ssize_t read_some(struct unzip *unzip, void *to, size_t len)
{
    return unzip->zipped->deflated ? inflate_some(unzip, to, len) : read_packed(unzip, to, len);
}

ssize_t unzip_read(struct unzip *unzip, void *to, size_t len)
{
    const struct zipped *zipped = unzip->zipped;
    size_t done = 0;
    ssize_t n = 1;
    while (done < len && (n = read_some(unzip, (char *)to + done, len - done)) > 0)
        done += (size_t)n;
    if (n < 0)
        return -1;
    unzip->given += done;
    unzip->crc = (uint32_t)crc32(unzip->crc, to, (uInt)done);
    bool end = done < len;
    if (unzip->given > zipped->size ||
        (end && (unzip->given != zipped->size || unzip->crc != zipped->crc)))
        return is_broken();
    return (ssize_t)done;
}
