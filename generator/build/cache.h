/* cache.h - the cache of installed dependencies, outside of build trees: one folder for each key.
 *
 * The cache is GORDON_CACHE_DIR, or else `gordon` in XDG_CACHE_HOME or in ~/.cache; installs are in
 * its folder `installs`. Several builds may use it at once, and each may be killed. So a folder is
 * written only under its lock, which ends with the process, and its result is written to a
 * temporary file and renamed. */
#ifndef BUILD_CACHE_H
#define BUILD_CACHE_H
#include <stdbool.h>

struct arena;

/* The folder of installs in the cache, which is made if it is missing. Returns `otherwise` if there
 * is no home directory or the folder cannot be written to. */
const char *cache_dir(struct arena *arena, const char *otherwise);

struct cache_entry {
    const char *folder; /* for the caller's files */
    int lock;
};

/* Makes the folder of `key` and locks it, waiting for other processes. Returns false with errno. */
bool cache_lock(struct arena *arena, const char *dir, const char *key, struct cache_entry *entry);
/* Records that the folder was used now, and unlocks it. */
void cache_unlock(struct cache_entry *entry);
/* Removes folders that were not used for CACHE_DAYS, except locked ones. */
enum { CACHE_DAYS = 90 };
void cache_trim(struct arena *arena, const char *dir);

#endif
