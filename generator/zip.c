#include <archive.h>
#include <archive_entry.h>

#include "pack.h"
#include "util.h"
#include "zip.h"
#include "zip_in.h"

/* Level 6 is zlib's default. Level 9 takes three to four times as long and saves under one percent
 * (measured on Python's library and on an ELF program). */
static const char options[] = "zip:compression=deflate,zip:compression-level=6,"
                              "zip:hdrcharset=UTF-8";

static bool open_zip(struct archive *archive)
{
    return archive_write_set_format_zip(archive) == ARCHIVE_OK &&
           archive_write_set_options(archive, options) == ARCHIVE_OK;
}

/* No time is set: libarchive then leaves it out of its extra field, and writes the first one that a
 * DOS field can hold, 1980-01-01 00:00:00, whatever TZ is. With a time set it would write that in
 * local time. No user is set: its field says 0. */
static void head(struct archive_entry *entry, const struct zip_entry *from)
{
    archive_entry_set_mode(entry, AE_IFREG | (from->executable ? 0755 : 0644));
}

static bool write_empty(FILE *out, void *data)
{
    (void)data;
    zip_put_end(out, 0, 0, 0);
    return true;
}

bool zip_write(const char *path, const struct zip_entry *entries, size_t n)
{
    if (!n) { /* libarchive 3.6 leaks memory when it closes one */
        struct arena *arena = arena_new();
        bool ok = zip_replace(arena, path, write_empty, NULL);
        arena_free(arena);
        return ok;
    }
    static const struct pack_format format = {
        .code = EXIT_BUILD,
        .noun = "zip",
        .verb = "zipped",
        .entries_max = 65534,
        /* Above this libarchive begins to write zip64, which zip_add and some readers do not know.
         * It is far more than what Lambda takes ("Lambda quotas": 250 MB, unzipped). */
        .content_max = 0xF0000000,
        .content_text = "3.75 GiB; Lambda takes 250 MB, unzipped",
        .open = open_zip,
        .head = head,
    };
    return pack_write(&format, path, entries, n);
}

const char *zip_name_fault(const char *name)
{
    return pack_name_fault(name);
}

/* libarchive (3.6) makes the text anew with each call, and forgets the one before. */
const char *zip_library(void)
{
    static const char *library; /* libarchive makes the text anew each time, and loses the last */
    if (!library)
        library = archive_version_details();
    return library;
}
