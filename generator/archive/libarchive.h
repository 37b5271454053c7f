/* libarchive.h - loads libarchive when a release is first packed or unpacked. The program is not
 * linked to it, because it brings a dozen libraries: starting with them takes several times as long
 * as packing a small lambda.
 *
 * Only archive/tar.c uses it. */
#ifndef ARCHIVE_LIBARCHIVE_H
#define ARCHIVE_LIBARCHIVE_H
#include <archive.h>
#include <archive_entry.h>

/* The functions that are used: libarchive->read_new is archive_read_new, and so on. */
#define LIBARCHIVE_FUNCTIONS(X)                                                                    \
    X(version_details)                                                                             \
    X(error_string)                                                                                \
    X(entry_new)                                                                                   \
    X(entry_free)                                                                                  \
    X(entry_clear)                                                                                 \
    X(entry_set_mode)                                                                              \
    X(entry_set_mtime)                                                                             \
    X(entry_set_pathname)                                                                          \
    X(entry_set_size)                                                                              \
    X(entry_filetype)                                                                              \
    X(entry_hardlink)                                                                              \
    X(entry_pathname)                                                                              \
    X(entry_size)                                                                                  \
    X(entry_size_is_set)                                                                           \
    X(entry_symlink)                                                                               \
    X(read_new)                                                                                    \
    X(read_free)                                                                                   \
    X(read_support_filter_gzip)                                                                    \
    X(read_support_format_tar)                                                                     \
    X(read_open_fd)                                                                                \
    X(read_next_header)                                                                            \
    X(read_data)                                                                                   \
    X(write_new)                                                                                   \
    X(write_free)                                                                                  \
    X(write_set_format_pax_restricted)                                                             \
    X(write_set_bytes_in_last_block)                                                               \
    X(write_open)                                                                                  \
    X(write_header)                                                                                \
    X(write_data)                                                                                  \
    X(write_finish_entry)                                                                          \
    X(write_close)

struct libarchive {
#define LIBARCHIVE_POINTER(name) __typeof__(archive_##name) *name;
    LIBARCHIVE_FUNCTIONS(LIBARCHIVE_POINTER)
#undef LIBARCHIVE_POINTER
};

/* Loads libarchive at the first call. Returns NULL if that fails; `*missing` is then a message that
 * names the package to install. */
const struct libarchive *libarchive_load(const char **missing);

/* libarchive converts names from and to the charset of the thread's locale. Between these two calls
 * that is UTF-8 (the locale C.UTF-8), so names stay as they are. On a system without this locale
 * only ASCII names work. libarchive_utf8_end takes the result of libarchive_utf8_begin. */
struct libarchive_utf8 {
    void *ours, *before; /* locale_t */
};
struct libarchive_utf8 libarchive_utf8_begin(void);
void libarchive_utf8_end(struct libarchive_utf8 utf8);

#endif
