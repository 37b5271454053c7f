/* stamp.h - shows whether a file has changed, without reading it.
 *
 * The kernel sets the ctime at every change, to the time of its clock's last tick, and no program
 * can set it. So a file with another ctime may have changed, and one with the same ctime has not,
 * unless it changed again within the same tick. The mtime proves nothing: programs set it. */
#ifndef BASE_STAMP_H
#define BASE_STAMP_H
#include <stdbool.h>

/* mtime and ctime in nanoseconds, size in bytes, inode number. All are 0 for a missing file; the
 * size is -1 for one that cannot be looked at. */
struct file_stamp {
    long long modified, changed, size;
    unsigned long long number;
    bool settled; /* every later change will change the stamp */
};

/* The stamp of a file that is about to be read. Waits for the next tick if the file was changed in
 * this one. Not settled if the clock of the file system is ahead of ours or counts in seconds, or
 * if the file changes all the time: then only the content shows whether it is the same. */
struct file_stamp file_stamp(const char *path);
/* The stamp of a file that Gordon has written or will not read. Does not wait, and is not settled.
 */
struct file_stamp file_stamp_now(const char *path);
/* Whether the file is certainly the same as when `recorded` was taken. Does not wait. */
bool file_is_same(const struct file_stamp *recorded, const char *path);
/* Whether the fields except `settled` are the same. */
bool file_same_stamp(const struct file_stamp *a, const struct file_stamp *b);

#endif
