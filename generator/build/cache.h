/* cache.h - what was installed, kept outside of build trees: one folder for each key.
 *
 * The cache is GORDON_CACHE_DIR, else `gordon` under XDG_CACHE_HOME or ~/.cache. Several builds may
 * use it at once, and each may be killed: a folder is written under its lock, which ends with its
 * process, and what counts in it is written beside and renamed. */
#ifndef BUILD_CACHE_H
#define BUILD_CACHE_H
#include <stdbool.h>

struct arena;

/* The cache's folder; `otherwise` where there is no home, or nothing can be made in it. */
const char *cache_dir(struct arena *arena, const char *otherwise);

struct cache_entry {
    const char *folder; /* for the caller's files */
    int lock;
};

/* Makes the folder of a key and locks it, waiting for others. False with errno. */
bool cache_lock(struct arena *arena, const char *dir, const char *key, struct cache_entry *entry);
/* Notes that it was used now, and unlocks it. */
void cache_unlock(struct cache_entry *entry);
/* Takes away folders that were not used for CACHE_DAYS, but for those in use. */
enum { CACHE_DAYS = 90 };
void cache_trim(struct arena *arena, const char *dir);

#endif
