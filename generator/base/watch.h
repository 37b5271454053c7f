/* watch.h - waits until files change, by inotify (man 7 inotify).
 *
 * The kernel watches folders: that of each file, and each folder whose names count. A file may be
 * missing, and may be written, replaced or removed by any program. */
#ifndef BASE_WATCH_H
#define BASE_WATCH_H
#include <stdbool.h>
#include <stddef.h>

struct watch;

/* Returns NULL after reporting that the system watches too much already. */
struct watch *watch_open(void);
void watch_close(struct watch *watch);
/* Changes in this folder count as none. The path must be absolute and outlive the watch. */
void watch_leave_out(struct watch *watch, const char *folder);
/* Watches a file, a folder with the names in it, or one of these that is missing. The path must be
 * absolute and outlive the watch. Returns false after reporting that the system's limit of watched
 * folders is reached (fs.inotify.max_user_watches); what cannot be read is watched no further. */
bool watch_add(struct watch *watch, const char *path);
/* Watches a folder with all below it, but not the folders of tools: .git, node_modules and such. */
bool watch_add_tree(struct watch *watch, const char *folder);
/* The number of folders that are watched. */
size_t watch_count(const struct watch *watch);
/* A descriptor that becomes readable when something has changed, for poll. */
int watch_fd(const struct watch *watch);
/* Reads what has changed, without waiting. Returns whether any of it counts. */
bool watch_changed(struct watch *watch);
/* Waits until something has changed, and then until nothing more changes for `quiet` milliseconds,
 * but not longer than `most` milliseconds. Returns false if a signal comes (interrupt.h). */
bool watch_wait(struct watch *watch, long quiet, long most);

#endif
