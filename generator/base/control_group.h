/* control_group.h - limits of memory by Linux's control groups, version 2 (the kernel's
 * "Control Group v2"), where the user may make them: as root, or below what systemd delegates.
 *
 * A group is a descriptor of its folder; -1 is none, which all functions take. */
#ifndef BASE_CONTROL_GROUP_H
#define BASE_CONTROL_GROUP_H
#include <stdbool.h>

/* Makes a group with a limit in MB; -1 if there can be none. `*path` is for control_group_remove.
 */
int control_group_new(long memory, char **path);
/* The same below the folder `root`, for a process whose /proc/self/cgroup has this text. */
int control_group_new_at(const char *root, const char *self, long memory, char **path);
/* Moves this process into the group. */
void control_group_enter(int group);
/* Kills all processes in it. */
void control_group_kill(int group);
/* The most memory that it had, in MB; -1 if it is not known. */
long control_group_memory(int group);
/* Whether a process was killed because it reached its limit. */
bool control_group_was_full(int group);
/* Closes it, and removes its folder. Frees `path`. */
void control_group_remove(int group, char *path);

#endif
