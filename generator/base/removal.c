#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/removal.h"
#include "base/unfinished.h"
#include "base/util.h"

enum { FOLDER = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC };

static bool remove_at(int folder, const char *name);

/* Deletes everything in an open folder, which is closed. The listing starts again after each pass,
 * because readdir may miss entries while others are deleted. */
static bool empty(int fd)
{
    DIR *dir = fdopendir(fd);
    bool ok = dir, again = dir;
    if (!dir)
        close(fd);
    while (ok && again) {
        again = false;
        rewinddir(dir);
        for (struct dirent *entry; ok && (errno = 0, entry = readdir(dir));) {
            if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
                continue;
            ok = remove_at(dirfd(dir), entry->d_name) ||
                 (errno == EACCES && fchmod(dirfd(dir), S_IRWXU) == 0 && /* it was read-only */
                  remove_at(dirfd(dir), entry->d_name));
            again = true;
        }
        ok = ok && errno == 0;
    }
    int error = errno;
    if (dir)
        closedir(dir);
    errno = error;
    return ok;
}

/* Deletes one entry of an open folder. A folder cannot be unlinked: EISDIR on Linux, EPERM in
 * POSIX. */
static bool remove_at(int folder, const char *name)
{
    if (unlinkat(folder, name, 0) == 0 || errno == ENOENT)
        return true;
    if (errno != EISDIR && errno != EPERM)
        return false;
    int fd = openat(folder, name, FOLDER);
    if (fd < 0)
        return errno == ENOENT;
    return empty(fd) && (unlinkat(folder, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

/* Opens the folders of `path` one after the other, and deletes its last part. */
static bool walk(int folder, char *path)
{
    char *slash = strchr(path, '/');
    if (!slash)
        return remove_at(folder, path);
    *slash = '\0';
    int next = openat(folder, path, FOLDER);
    if (next < 0)
        return errno == ENOENT;
    bool ok = walk(next, slash + 1);
    int error = errno;
    close(next);
    errno = error;
    return ok;
}

bool remove_below(const char *root, const char *path)
{
    if (path_parts_fault(path)) {
        errno = EINVAL;
        return false;
    }
    int folder = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return errno == ENOENT;
    struct arena *arena = arena_new();
    bool ok = walk(folder, arena_strdup(arena, path));
    int error = errno;
    arena_free(arena);
    close(folder);
    errno = error;
    return ok;
}

bool remove_path(const char *path)
{
    struct arena *arena = arena_new();
    bool ok = remove_below(path_dir(arena, path), path_base(path));
    int error = errno;
    arena_free(arena);
    errno = error;
    return ok;
}

void remove_unfinished(const char *folder, const char *prefix)
{
    int fd = open(folder, FOLDER);
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    for (struct dirent *entry; dir && (entry = readdir(dir));) {
        pid_t writer = str_starts(entry->d_name, prefix) ? unfinished_writer(entry->d_name) : 0;
        if (writer && kill(writer, 0) != 0 && errno == ESRCH)
            unlinkat(dirfd(dir), entry->d_name, 0);
    }
    if (dir)
        closedir(dir);
    else if (fd >= 0)
        close(fd);
}
