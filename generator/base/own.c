#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"
#include "base/util.h"

enum { OTHERS_WRITE = S_IWGRP | S_IWOTH, PRIVATE = 0700 };

bool own_is_mine(const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && st.st_uid == geteuid();
}

static const char *fault_of_link(struct arena *arena, const char *path, const struct stat *st)
{
    if (!S_ISLNK(st->st_mode) || st->st_uid == 0 || st->st_uid == geteuid())
        return NULL;
    return arena_printf(arena, "is reached by a link of user %ld; replace %s by your own",
                        (long)st->st_uid, path);
}

static const char *fault_of_folder(struct arena *arena, const char *path, const struct stat *st)
{
    if (!S_ISDIR(st->st_mode) || !(st->st_mode & S_IWOTH) || (st->st_mode & S_ISVTX))
        return NULL;
    return arena_printf(arena,
                        "may be replaced by everybody who may write to %s; run chmod o-w or chmod "
                        "+t on that folder",
                        path);
}

typedef const char *fault_fn(struct arena *arena, const char *path, const struct stat *st);

/* The first fault of what stands on the way to an absolute path; its last part does not count. */
static const char *find_fault(struct arena *arena, const char *path, fault_fn *fault_of)
{
    struct stat st;
    const char *fault = NULL;
    for (const char *end = path; !fault && end; end = strchr(end + 1, '/')) {
        const char *part = end == path ? "/" : arena_strndup(arena, path, (size_t)(end - path));
        if (lstat(part, &st) == 0)
            fault = fault_of(arena, part, &st);
    }
    return fault;
}

/* Where the links in a path lead; of a path that is not there yet, where those of the nearest
 * folder above it lead, followed by "/.". */
static const char *resolve(struct arena *arena, const char *path, const char *end)
{
    char *real = realpath(path, NULL);
    if (!real)
        return strcmp(path, "/") == 0 ? path : resolve(arena, path_dir(arena, path), "/.");
    const char *resolved = arena_printf(arena, "%s%s", real, end);
    free(real);
    return resolved;
}

const char *own_link_fault(struct arena *arena, const char *path)
{
    return find_fault(arena, arena_printf(arena, "%s/", path), fault_of_link);
}

const char *own_above_fault(struct arena *arena, const char *path)
{
    const char *fault = find_fault(arena, path, fault_of_folder);
    return fault ? fault : find_fault(arena, resolve(arena, path, ""), fault_of_folder);
}

static bool is_among(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static bool holds_only(struct arena *arena, const char *path, const char *const *names)
{
    size_t n;
    char **there = names ? file_list(arena, path, &n) : NULL;
    for (size_t i = 0; there && i < n; i++)
        if (!is_among(there[i], names))
            return false;
    return there || !names;
}

/* Sets the mode of a folder that belongs to the user. */
static void make_private(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0 && fstat(fd, &st) == 0 && st.st_uid == geteuid())
        (void)!fchmod(fd, PRIVATE); /* own_folder looks at the mode again */
    if (fd >= 0)
        close(fd);
}

static bool make(struct arena *arena, const char *path)
{
    return mkdir(path, PRIVATE) == 0 || errno == EEXIST ||
           (errno == ENOENT && file_mkdirs(path_dir(arena, path)) &&
            (mkdir(path, PRIVATE) == 0 || errno == EEXIST));
}

bool own_folder(struct arena *arena, const char *path, const char *const *names, const char **fault)
{
    struct stat st;
    *fault = NULL;
    if (!make(arena, path) || lstat(path, &st) != 0)
        return false;
    if (st.st_uid == geteuid() && (st.st_mode & 07777) != PRIVATE && holds_only(arena, path, names))
        make_private(path);
    if (lstat(path, &st) != 0)
        return false;
    if (!S_ISDIR(st.st_mode))
        *fault = "is not a folder; remove it";
    else if (st.st_uid != geteuid())
        *fault = arena_printf(arena, "belongs to user %ld; give it to user %ld by chown",
                              (long)st.st_uid, (long)geteuid());
    else if (st.st_mode & OTHERS_WRITE)
        *fault = "may be changed by others; run chmod go-w on it";
    return !*fault && access(path, W_OK | X_OK) == 0;
}
