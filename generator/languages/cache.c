#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/diag.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/lock.h"
#include "base/own.h"
#include "base/removal.h"
#include "base/util.h"
#include "languages/cache.h"

enum { TRIES = 100 }; /* to lock a folder that other processes remove */

static const char lock_name[] = "lock"; /* its modification time is that of the last use */

/* Only folders with such names, and those that end in .gone, are ever removed. */
static bool is_key(const char *name)
{
    return strlen(name) == SHA256_HEX - 1 && strspn(name, "0123456789abcdef") == SHA256_HEX - 1;
}

/* `*named`: the user has named it. */
static const char *wanted_dir(struct arena *arena, bool *named)
{
    const char *own = getenv("GORDON_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    *named = own && *own;
    if (*named)
        return path_absolute(arena, own);
    if (xdg && xdg[0] == '/') /* XDG Base Directory Specification: a relative one is ignored */
        return path_join(arena, xdg, "gordon");
    return home && home[0] == '/' ? path_join(arena, home, ".cache/gordon") : NULL;
}

/* The cache, as far as it can be used. */
struct found {
    const char *installs; /* NULL: it cannot be used */
    const char *folder;   /* the one that others may change, or NULL */
    const char *fault;    /* of that folder */
    const char *doubt;    /* a fault of the folders above one that is used although; or NULL */
    bool named;           /* by GORDON_CACHE_DIR */
};

static void find(struct arena *arena, struct found *found)
{
    static const char *const names[] = {"installs", "versions", NULL};
    const char *dir = found->folder = wanted_dir(arena, &found->named);
    if (!dir || (found->fault = own_link_fault(arena, dir)))
        return;
    const char *above = own_above_fault(arena, dir);
    *(found->named ? &found->doubt : &found->fault) = above;
    if (found->fault)
        return;
    char *real = realpath(dir, NULL); /* the user may have made a link of it */
    found->folder = dir = real ? arena_strdup(arena, real) : dir;
    free(real);
    bool ok = own_folder(arena, dir, names, &found->fault);
    for (size_t i = 0; ok && names[i]; i++)
        ok =
            own_folder(arena, found->folder = path_join(arena, dir, names[i]), NULL, &found->fault);
    if (ok)
        found->installs = path_join(arena, dir, names[0]);
}

/* Looks once in each process, and keeps what it found. */
static const struct found *cache(void)
{
    static struct arena *arena;
    static struct found found;
    if (!arena)
        find(arena = arena_new(), &found);
    return &found;
}

#define ANOTHER ", or name another folder with GORDON_CACHE_DIR"

static bool refuse(const struct found *found, enum exit_code code)
{
    return diag_error(code, (struct pos){.file = found->folder},
                      "the cache of dependencies %s" ANOTHER, found->fault);
}

bool cache_dir(const char **dir)
{
    static bool warned;
    const struct found *found = cache();
    if (found->fault && found->named)
        return refuse(found, EXIT_BUILD);
    if (!warned && found->fault)
        diag_warning((struct pos){.file = found->folder},
                     "the cache of dependencies is not used: it %s" ANOTHER, found->fault);
    else if (!warned && found->doubt && found->installs)
        diag_warning((struct pos){.file = found->folder}, "the cache of dependencies %s" ANOTHER,
                     found->doubt);
    warned = true;
    *dir = found->installs;
    return true;
}

const char *cache_locks(struct arena *arena, const char *otherwise)
{
    const char *fault = NULL;
    const struct found *found = cache();
    if (found->fault && found->named) {
        refuse(found, EXIT_OTHER);
        return NULL;
    }
    const char *folder = found->installs ? found->installs : otherwise;
    bool ok = found->installs || own_folder(arena, folder, NULL, &fault);
    if (ok && own_folder(arena, folder = path_join(arena, folder, "locks"), NULL, &fault))
        return folder;
    if (fault)
        diag_error(EXIT_OTHER, (struct pos){.file = folder}, "the folder of locks %s" ANOTHER,
                   fault);
    else
        diag_error(EXIT_OTHER, (struct pos){.file = folder}, "cannot be made: %s", strerror(errno));
    return NULL;
}

/* Moves a folder of another user out of the way; cache_trim removes what it can. */
static bool make_own(struct arena *arena, const char *folder)
{
    return file_mkdirs(folder) &&
           (own_is_mine(folder) ||
            (rename(folder, arena_printf(arena, "%s.gone", folder)) == 0 && file_mkdirs(folder)));
}

bool cache_lock(struct arena *arena, const char *dir, const char *key, struct cache_entry *entry)
{
    entry->folder = path_join(arena, dir, key);
    const char *path = path_join(arena, entry->folder, lock_name);
    struct stat locked, there;
    for (int tries = 0; tries < TRIES; tries++) {
        entry->lock = make_own(arena, entry->folder) ? lock_file(path) : -1;
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
