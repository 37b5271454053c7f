#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/removal.h"
#include "base/util.h"
#include "build/cache.h"

enum { TRIES = 100 }; /* to lock a folder that other processes remove */

static const char lock_name[] = "lock"; /* its modification time is that of the last use */

/* Only folders with such names, and those that end in .gone, are ever removed. */
static bool is_key(const char *name)
{
    return strlen(name) == SHA256_HEX - 1 && strspn(name, "0123456789abcdef") == SHA256_HEX - 1;
}

static const char *wanted_dir(struct arena *arena)
{
    const char *own = getenv("GORDON_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    if (own && *own)
        return path_absolute(arena, own);
    if (xdg && xdg[0] == '/') /* XDG Base Directory Specification: a relative one is ignored */
        return path_join(arena, xdg, "gordon");
    return home && home[0] == '/' ? path_join(arena, home, ".cache/gordon") : NULL;
}

const char *cache_dir(struct arena *arena, const char *otherwise)
{
    const char *dir = wanted_dir(arena);
    dir = dir ? path_join(arena, dir, "installs") : NULL;
    return dir && file_mkdirs(dir) && access(dir, W_OK | X_OK) == 0 ? dir : otherwise;
}

bool cache_lock(struct arena *arena, const char *dir, const char *key, struct cache_entry *entry)
{
    entry->folder = path_join(arena, dir, key);
    const char *path = path_join(arena, entry->folder, lock_name);
    struct stat locked, there;
    for (int tries = 0; tries < TRIES; tries++) {
        entry->lock = file_mkdirs(entry->folder) ? file_lock(path) : -1;
        if (entry->lock < 0 && errno != ENOENT)
            return false;
        /* the other process may have run cache_trim: then this lock is of a removed folder */
        if (entry->lock >= 0 && fstat(entry->lock, &locked) == 0 && stat(path, &there) == 0 &&
            locked.st_ino == there.st_ino)
            return true;
        if (entry->lock >= 0)
            close(entry->lock);
    }
    errno = EBUSY;
    return false;
}

void cache_unlock(struct cache_entry *entry)
{
    futimens(entry->lock, NULL);
    close(entry->lock);
}

static void trim_one(struct arena *arena, const char *folder, time_t oldest)
{
    int lock = open(path_join(arena, folder, lock_name), O_RDWR | O_CLOEXEC);
    struct stat st;
    if (lock < 0)
        return;
    /* renaming is atomic: a process that comes now makes a new folder */
    const char *gone = arena_printf(arena, "%s.gone", folder);
    if (flock(lock, LOCK_EX | LOCK_NB) == 0 && fstat(lock, &st) == 0 && st.st_mtime < oldest &&
        rename(folder, gone) == 0)
        remove_path(gone);
    close(lock);
}

/* Whether trim_one made this name. */
static bool is_gone(struct arena *arena, const char *name)
{
    static const char ending[] = ".gone";
    return str_ends(name, ending) &&
           is_key(arena_strndup(arena, name, strlen(name) - strlen(ending)));
}

void cache_trim(struct arena *arena, const char *dir)
{
    size_t n;
    char **names = file_list(arena, dir, &n);
    time_t oldest = time(NULL) - (time_t)CACHE_DAYS * 24 * 60 * 60;
    for (size_t i = 0; names && i < n; i++)
        if (is_gone(arena, names[i])) /* left by a process that was killed */
            remove_path(path_join(arena, dir, names[i]));
        else if (is_key(names[i]))
            trim_one(arena, path_join(arena, dir, names[i]), oldest);
}
