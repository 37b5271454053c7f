#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/interrupt.h"
#include "base/unfinished.h"
#include "base/utf8.h"
#include "base/util.h"

static enum file_kind kind_of(mode_t mode)
{
    return S_ISREG(mode) ? FILE_REGULAR : S_ISDIR(mode) ? FILE_FOLDER : FILE_OTHER;
}

enum file_kind file_look(const char *path)
{
    struct stat st;
    if (lstat(path, &st) != 0)
        return errno == ENOENT || errno == ENOTDIR ? FILE_MISSING : FILE_UNREADABLE;
    if (S_ISLNK(st.st_mode) && stat(path, &st) != 0)
        return FILE_UNREADABLE;
    return kind_of(st.st_mode);
}

/* O_NONBLOCK: does not wait for the writer of a FIFO. */
static int open_regular(const char *path, struct stat *st)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), error = 0;
    if (fd < 0)
        return -1;
    if (fstat(fd, st) != 0)
        error = errno;
    else if (!S_ISREG(st->st_mode))
        error = S_ISDIR(st->st_mode) ? EISDIR : ENXIO;
    if (!error)
        return fd;
    fd_drop(fd);
    errno = error;
    return -1;
}

const char *file_words(int error)
{
    return error == EISDIR  ? "it is a folder, not a file"
           : error == ENXIO ? "it is a pipe, a socket or a device, not a file"
           : error == EFBIG ? "it has more than 64 MB"
                            : strerror(error);
}

int file_open(const char *path)
{
    struct stat st;
    return open_regular(path, &st);
}

/* Reads to the end, but not more than `max` bytes: the file may grow, or have no end. Returns NULL
 * with EIO if the file ends before `expected` bytes: it was truncated meanwhile. */
static char *read_all(struct arena *arena, int fd, size_t expected, size_t max, size_t *len)
{
    size_t cap = expected + 1;
    *len = 0;
    if (expected > max) {
        errno = EFBIG;
        return NULL;
    }
    char *data = arena_alloc(arena, cap + 1);
    for (;;) {
        ssize_t n = fd_read(fd, data + *len, cap - *len);
        if (n < 0)
            return NULL;
        if (*len + (size_t)n > max) {
            errno = EFBIG;
            return NULL;
        }
        *len += (size_t)n;
        if (*len < cap)
            break;
        char *larger = arena_alloc(arena, 2 * cap + 1); /* it grew, or is not a regular file */
        memcpy(larger, data, *len);
        data = larger;
        cap *= 2;
    }
    data[*len] = '\0';
    if (*len < expected)
        errno = EIO;
    return *len < expected ? NULL : data;
}

static char *read_and_close(struct arena *arena, int fd, size_t expected, size_t max, size_t *len)
{
    char *data = read_all(arena, fd, expected, max, len);
    fd_drop(fd);
    return data;
}

char *file_read_most(struct arena *arena, const char *path, size_t max, size_t *len)
{
    struct stat st;
    int fd = open_regular(path, &st);
    return fd < 0 ? NULL : read_and_close(arena, fd, (size_t)st.st_size, max, len);
}

char *file_read(struct arena *arena, const char *path, size_t *len)
{
    return file_read_most(arena, path, SIZE_MAX, len);
}

char *file_read_stream(struct arena *arena, const char *path, size_t *len)
{
    static const size_t max = (size_t)64 << 20;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    return fd < 0 ? NULL : read_and_close(arena, fd, 0, max, len);
}

/* Whether two files hold the same bytes. */
static bool same_bytes(const char *a, const char *b)
{
    int x = open(a, O_RDONLY | O_CLOEXEC), y = open(b, O_RDONLY | O_CLOEXEC);
    bool same = x >= 0 && y >= 0, end = false;
    while (same && !end && !interrupt_came()) {
        char left[16384], right[16384];
        ssize_t n = fd_read(x, left, sizeof left), m = fd_read(y, right, sizeof right);
        same = n >= 0 && n == m && memcmp(left, right, (size_t)n) == 0;
        end = n < (ssize_t)sizeof left;
    }
    fd_drop(x);
    fd_drop(y);
    return same && end;
}

/* Whether a file may stay if its bytes are right: it has this mode and size. Whoever owns a secret
 * file can read it, so it must be ours. */
static bool may_stay(const struct stat *st, unsigned mode, uint64_t size)
{
    return S_ISREG(st->st_mode) && (st->st_mode & 07777) == mode && (uint64_t)st->st_size == size &&
           (mode & 077 || st->st_uid == geteuid());
}

/* Whether a rename would replace what a file is not: a device such as /dev/null, or a link to an
 * open file, such as /dev/stdout. */
static bool is_device(const char *path, mode_t mode)
{
    static const char files[] = "/proc/";
    char target[sizeof files];
    return S_ISCHR(mode) || S_ISBLK(mode) ||
           (S_ISLNK(mode) && readlink(path, target, sizeof target) > (ssize_t)strlen(files) &&
            memcmp(target, files, strlen(files)) == 0);
}

void file_discard(const char *temporary)
{
    int error = errno;
    unlink(temporary);
    unfinished_end();
    errno = error;
}

static bool replace_by(const char *temporary, const char *path)
{
    bool ok = rename(temporary, path) == 0;
    if (ok)
        unfinished_end();
    else
        file_discard(temporary);
    return ok;
}

bool file_replace(const char *temporary, const char *path)
{
    struct stat is, was;
    bool there = lstat(path, &was) == 0;
    bool stays = there && lstat(temporary, &is) == 0 &&
                 may_stay(&was, is.st_mode & 07777, (uint64_t)is.st_size) &&
                 same_bytes(temporary, path);
    if (!stays && !(there && is_device(path, was.st_mode)))
        return replace_by(temporary, path);
    errno = EOPNOTSUPP;
    file_discard(temporary);
    return stays;
}

/* Whether it is a regular file with these bytes and this mode. `found` gets the type and mode of
 * what is there, if that can be opened or is a link. */
static bool holds(const char *path, const char *data, size_t len, unsigned mode, mode_t *found)
{
    char block[16 * 1024];
    struct stat st = {0};
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    bool same = fd >= 0 && fstat(fd, &st) == 0 && may_stay(&st, mode, len);
    *found = fd < 0 && errno == ELOOP ? S_IFLNK : st.st_mode;
    while (same && len) {
        ssize_t n = fd_read(fd, block, sizeof block);
        same = n > 0 && (size_t)n <= len && memcmp(block, data, (size_t)n) == 0;
        data += n, len -= (size_t)n;
    }
    fd_drop(fd);
    return same;
}

/* Opens a file that nobody else has: neither a file nor a link that stands there already is written
 * to. */
static int create_new(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
}

/* Makes the folder only after open has failed, because a missing folder is rare. */
static int create(const char *path)
{
    int fd = create_new(path);
    if (fd >= 0 || (errno != ENOENT && errno != ENOTDIR))
        return fd;
    struct arena *arena = arena_new();
    fd = file_mkdirs(path_dir(arena, path)) ? create_new(path) : -1;
    int error = errno;
    arena_free(arena);
    errno = error;
    return fd;
}

int file_create(struct arena *arena, const char *path, const char **temporary)
{
    *temporary = unfinished_name(arena, path);
    if (!*temporary)
        return -1;
    unfinished_begin(*temporary);
    int fd = create(*temporary);
    if (fd < 0)
        unfinished_end();
    return fd;
}

bool file_write(const char *path, const void *data, size_t len, unsigned mode)
{
    mode_t found;
    if (holds(path, data, len, mode, &found))
        return true;
    if (is_device(path, found)) {
        errno = EOPNOTSUPP;
        return false;
    }
    struct arena *arena = arena_new();
    const char *temporary;
    int fd = file_create(arena, path, &temporary);
    bool ok = fd >= 0 && fd_write(fd, data, len) && fchmod(fd, mode) == 0;
    ok = fd >= 0 && fd_close(fd, ok);
    int error = errno;
    if (ok && !(ok = replace_by(temporary, path)))
        error = errno;
    else if (!ok && fd >= 0)
        file_discard(temporary);
    arena_free(arena);
    errno = error;
    return ok;
}

bool file_touch(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
    return fd >= 0 && fd_close(fd, futimens(fd, NULL) == 0);
}

/* Lets the kernel copy if it can, which may only share the blocks; copies the rest block by block.
 * `left` is the size of the file: if it ends before, it was truncated meanwhile. */
static bool copy_content(int in, int out, off_t left)
{
    static const size_t most = 64 << 20;
    char block[64 * 1024];
    ssize_t n = 0;
    while (!interrupt_came() && (n = copy_file_range(in, NULL, out, NULL, most, 0)) > 0)
        left -= n;
    if (interrupt_signal() || (n == 0 && left <= 0))
        return !interrupt_signal();
    for (; (n = fd_read(in, block, sizeof block)) > 0; left -= n)
        if (interrupt_came() || !fd_write(out, block, (size_t)n))
            return false;
    if (n == 0 && left > 0)
        errno = EIO;
    return n == 0 && left <= 0;
}

bool file_copy(struct arena *arena, const char *from, const char *to)
{
    struct stat st;
    const char *temporary;
    int in = open_regular(from, &st);
    int out = in >= 0 ? file_create(arena, to, &temporary) : -1;
    bool ok = out >= 0 && copy_content(in, out, st.st_size) &&
              fchmod(out, (st.st_mode & 0777) | S_IWUSR) == 0;
    ok = out >= 0 && fd_close(out, ok);
    fd_drop(in);
    if (ok)
        return file_replace(temporary, to);
    int error = errno;
    if (out >= 0)
        file_discard(temporary);
    errno = error;
    return false;
}

const char *file_temporary(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/tmp";
}

char *file_make_temporary_folder(struct arena *arena, const char *prefix, const char **path)
{
    char *folder = path_absolute(
        arena, path_join(arena, file_temporary(), arena_printf(arena, "%sXXXXXX", prefix)));
    *path = folder;
    return mkdtemp(folder);
}

bool file_mkdirs(const char *path)
{
    if (mkdir(path, 0777) == 0 || (errno == EEXIST && file_look(path) == FILE_FOLDER))
        return true;
    if (errno != ENOENT)
        return false;
    struct arena *arena = arena_new();
    char *parent = path_dir(arena, path);
    bool ok = strcmp(parent, path) != 0 && file_mkdirs(parent) &&
              (mkdir(path, 0777) == 0 || errno == EEXIST); /* another process may be first */
    int error = errno;
    arena_free(arena);
    errno = error;
    return ok;
}

char **file_list(struct arena *arena, const char *path, size_t *count)
{
    DIR *dir = opendir(path);
    *count = 0;
    if (!dir)
        return NULL;
    char **names = arena_alloc(arena, sizeof *names); /* not NULL, even when empty */
    char **list = NULL;
    for (struct dirent *entry; (errno = 0, entry = readdir(dir));)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            array_push(arena, list, *count, arena_strdup(arena, entry->d_name));
    int error = errno;
    closedir(dir);
    errno = error;
    if (error) {
        *count = 0; /* callers count on it, and would use names that are not there */
        return NULL;
    }
    if (*count)
        qsort(list, *count, sizeof *list, str_compare);
    return *count ? list : names;
}

char *path_join(struct arena *arena, const char *dir, const char *name)
{
    if (name[0] == '/' || dir[0] == '\0' || strcmp(dir, ".") == 0)
        return arena_strdup(arena, name);
    return arena_printf(arena, "%s%s%s", dir, str_ends(dir, "/") ? "" : "/", name);
}

char *path_dir(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return arena_strdup(arena, ".");
    return arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

char *path_above(struct arena *arena, const char *dir, const char *root)
{
    return path_within(dir, root) && strcmp(dir, root) != 0 ? path_dir(arena, dir) : NULL;
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

const char *path_extension(const char *path)
{
    const char *base = path_base(path), *dot = strrchr(base, '.');
    return dot && dot != base ? dot : "";
}

char *path_absolute(struct arena *arena, const char *path)
{
    char *cwd = path[0] == '/' ? NULL : getcwd(NULL, 0);
    if (path[0] != '/' && !cwd)
        fatal("cannot get the current directory:");
    char *full = arena_printf(arena, "%s/%s", cwd ? cwd : "", path);
    char *out = arena_alloc(arena, strlen(full) + 2), *end = out;
    free(cwd);
    for (char *part = strtok_r(full, "/", &full); part; part = strtok_r(NULL, "/", &full)) {
        if (strcmp(part, "..") == 0) {
            while (end > out && *--end != '/')
                ;
            *end = '\0';
        } else if (strcmp(part, ".") != 0) {
            *end++ = '/';
            end = stpcpy(end, part);
        }
    }
    if (end == out)
        memcpy(out, "/", sizeof "/");
    return out;
}

bool path_within(const char *path, const char *dir)
{
    size_t len = strlen(dir);
    if (len == 1) /* the root */
        return true;
    return strncmp(path, dir, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

const char *path_below(const char *dir, const char *path)
{
    size_t skipped = dir ? strlen(dir) + (strcmp(dir, "/") != 0) : 0;
    return dir && path_within(path, dir) && strlen(path) > skipped ? path + skipped : path;
}

enum { PATH_MAX_BYTES = 65535 }; /* zip stores the length in 2 bytes: APPNOTE.TXT, 4.4.10 */

const char *path_parts_fault(const char *path)
{
    for (const char *part = path;; part++) {
        size_t len = strcspn(part, "/");
        if (len == 0)
            return "is empty, absolute, or has an empty part";
        if (part[0] == '.' && (len == 1 || (len == 2 && part[1] == '.')))
            return "has a part '.' or '..'";
        part += len;
        if (!*part)
            return NULL;
    }
}

const char *path_relative_fault(const char *name)
{
    const char *fault = path_parts_fault(name);
    if (fault)
        return fault;
    for (const char *c = name; *c;) {
        size_t len = utf8_length(c);
        if (!len)
            return "is not UTF-8";
        c += len;
    }
    return strlen(name) > PATH_MAX_BYTES ? "is longer than 65535 bytes" : NULL;
}
