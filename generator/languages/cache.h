/* cache.h - the cache of installed dependencies, outside of build trees: one folder for each key.
 *
 * The cache is GORDON_CACHE_DIR, or else `gordon` in XDG_CACHE_HOME or in ~/.cache; installs are in
 * its folder `installs`. Only the user may change what is in it (own.h). Several builds may use it
 * at once, and each may be killed. So a folder is written only under its lock, which ends with the
 * process, and its result is written to a temporary file and renamed. */
#ifndef LANGUAGES_CACHE_H
#define LANGUAGES_CACHE_H
#include <stdbool.h>

struct arena;

/* Sets `*dir` to the folder of installs in the cache, which is made if it is missing. Sets it to
 * NULL if there is no home directory, if the folder cannot be written to, or, with a warning, if
 * others may change it. Returns false after reporting an error if others may change
 * GORDON_CACHE_DIR, because the user has named that; what is wrong with a folder above it is only a
 * warning. A process looks at the cache, and warns, once. */
bool cache_dir(const char **dir);
/* The folder for locks of the user's processes: `locks` in the folder of installs or, if that
 * cannot be used, in `otherwise`. Returns NULL after reporting an error if others may change it. */
const char *cache_locks(struct arena *arena, const char *otherwise);

struct cache_entry {
    const char *folder; /* for the caller's files */
    int lock;
};

/* Makes the folder of `key` and locks it, waiting for other processes. If it belongs to another
 * user, makes a new one. Returns false with errno. */
bool cache_lock(struct arena *arena, const char *dir, const char *key, struct cache_entry *entry);
/* Records that the folder was used now, and unlocks it. */
void cache_unlock(struct cache_entry *entry);
/* Removes folders that were not used for CACHE_DAYS, except locked ones. */
enum { CACHE_DAYS = 90 };
void cache_trim(struct arena *arena, const char *dir);

#endif
