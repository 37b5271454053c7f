/* lock.h - locks between processes, by flock(2): on a file of its own or on a folder. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

struct arena;

/* Opens a file, creates it if necessary, and waits for an exclusive lock on it. Returns a
 * descriptor, or -1 with errno. The lock ends when it is closed or the process ends. */
int lock_file(const char *path);
/* Like lock_file, but does not wait: -1 with EWOULDBLOCK if another process has the lock. `path` is
 * absolute; its folder is made. */
int lock_try(const char *path);
/* Like lock_file, for a folder. No lock file is needed, except on NFS: there it is `lock` in the
 * folder. */
int lock_folder(struct arena *arena, const char *path);

#endif
